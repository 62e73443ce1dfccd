"""One settings file, read from the environment; safe when nothing is set.

A secret NAME may also come from the file named in NAME_FILE (Docker and systemd credentials).
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """Give the value of NAME, or the content of the file in NAME_FILE, or the default; raise when there is none."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if default is None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE in the environment.")
    return default


def flag(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


VAR = Path(env("KCC_VAR", str(BASE_DIR / "var")))  # where a local installation keeps its data

# ── Identity of the installation ──────────────────────────────────────────────────────────────────
VERSION = "0.1.0"
MUNICIPALITY = env("KCC_MUNICIPALITY", "Duinmeer")
SERVICE_DESK = env("KCC_SERVICE_DESK", "")  # shown on the login page, e.g. "Servicedesk, toestel 4357"
THEME_CSS = env("KCC_THEME_CSS", "")  # path below static/ of the municipality's own tokens
LOGO = env("KCC_LOGO", "")
DEMO = flag("KCC_DEMO")
PUBLIC_KNOWLEDGE = flag("KCC_PUBLIC_KNOWLEDGE", default=True)  # whether citizens may read the knowledge base: /kennis/

# ── Safety ────────────────────────────────────────────────────────────────────────────────────────
DEBUG = flag("KCC_DEBUG")
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
# Personal numbers have keys of their own, outside the database and its backups (docs/decisions/0004).
BSN_KEYS = words("KCC_BSN_KEYS")  # "kid:base64 of 32 bytes", the first one encrypts
BSN_INDEX_KEY = env("KCC_BSN_INDEX_KEY", "")
ALLOWED_HOSTS = words("KCC_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("KCC_ORIGINS")
CSRF_FAILURE_VIEW = "accounts.http.csrf_failure"
# Plain HTTP is for a laptop only: bin/up says KCC_HTTPS=0, everything else is HTTPS behind a proxy.
HTTPS = flag("KCC_HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "kcc-session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "kcc-csrf"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 60 * 60  # one working day
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # they may name a citizen: not in a cookie
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

WEB_FORM_ORIGINS = words("KCC_WEB_FORM_ORIGINS")  # websites that may show the public form in a frame
EVENTS_URL = env("KCC_EVENTS_URL", "/events/")  # where pages listen; another port on a laptop
EVENTS_ORIGINS = words("KCC_EVENTS_ORIGINS")  # origins that bin/up's event process answers and pages may connect to
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *EVENTS_ORIGINS],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# ── Applications ──────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "kcc",
    "insights",
    "callbacks",
    "knowledge",
    "contacts",
    "accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_prose_editor",  # its script only: kcc/static/kcc/js/prose.js
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.http.NoStoreMiddleware",
    "kcc.health.HealthMiddleware",  # answers without what follows: no session, no database
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.http.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.http.LoginRequiredMiddleware",
    "accounts.http.WayBackMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "kcc.urls"
WSGI_APPLICATION = "kcc.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "kcc.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "accounts.templatetags.kcc"],
        },
    }
]

# ── Data ──────────────────────────────────────────────────────────────────────────────────────────
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATEMENT_TIMEOUT = env("KCC_STATEMENT_TIMEOUT", "15s")  # 0 is none, for migrations
DATABASES = {"default": dj_database_url.parse(env("DATABASE_URL"), conn_max_age=60, conn_health_checks=True)}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=5,
    keepalives_idle=10,
    keepalives_interval=5,
    keepalives_count=3,
    tcp_user_timeout=5000,
    options=f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
)
REDIS_URL = env("REDIS_URL")
# Limits on signing in are counted in the database: Redis may be down, and then people still sign in.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # beyond it, counts that still hold would be thrown away
    }
}

# ── People ────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.adapter.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "contacts:desk"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/5m/key", "login": "60/m/ip"}
# How many proxies of ours stand in front: their word on the client's address counts for the limits above.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("KCC_PROXY_COUNT", "1" if HTTPS else "0"))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = f"KCC {MUNICIPALITY}"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"

# ── Language and time ─────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Nederlands")), ("en", _("Engels"))]
LANGUAGE_COOKIE_NAME = "kcc-language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# ── Files ─────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("KCC_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "kcc.assets.HashedFiles",
    },
}
FILES_ROOT = Path(env("KCC_FILES", str(VAR / "files")))  # what citizens and colleagues sent along, never served as such
CLAMD = env("KCC_CLAMD", "")  # where files are looked at for viruses: host:port or /path/to/socket; empty is not at all
UPLOAD_LARGEST = 25 * 1024 * 1024  # bytes of one file
UPLOAD_TOTAL = 35 * 1024 * 1024  # bytes of all files in one message
UPLOAD_REFUSED_TYPES = [  # as sniffed from the bytes, whatever the name says
    "application/x-executable", "text/x-script", "application/x-msi", "application/x-ms-shortcut",
    "application/java-archive", "application/vnd.android.package-archive",
]  # fmt: skip
UPLOAD_REFUSED_ENDINGS = [
    "apk", "app", "bat", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "iso", "jar", "js", "jse", "lnk", "msi",
    "ps1", "reg", "scr", "sh", "sys", "vbe", "vbs", "wsf", "wsh",
]  # fmt: skip
WHITENOISE_MAX_AGE = 0  # names without a hash; hashed names are immutable

# ── E-mail ────────────────────────────────────────────────────────────────────────────────────────
MAIL_DOMAIN = env("KCC_MAIL_DOMAIN", "duinmeer.voorbeeld.nl")
MAIL_TEAM = env("KCC_MAIL_TEAM", "")  # which team gets mail to no mailbox; the contact centre's first when empty
MAIL_AUTHSERV = words("KCC_MAIL_AUTHSERV")  # names by which our own mail servers sign what they found of a sender
MAIL_SAME_PER_HOUR = int(env("KCC_MAIL_SAME_PER_HOUR", "250"))  # like mails of one address that open a case each
MAIL_ACKNOWLEDGEMENTS_PER_HOUR = int(env("KCC_MAIL_ACKNOWLEDGEMENTS_PER_HOUR", "100"))  # in all; more would be a loop
DEFAULT_FROM_EMAIL = env("KCC_MAIL_FROM", f"klantcontact@{MAIL_DOMAIN}")
EMAIL_BACKEND = env("KCC_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env("SMTP_HOST", "localhost")
EMAIL_PORT = int(env("SMTP_PORT", "25"))
EMAIL_HOST_USER = env("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env("SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("SMTP_STARTTLS")
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = env("KCC_MAIL_DIR", str(VAR / "mail"))  # used by the filebased backend of bin/up only
SEARCH_MEANING = flag("KCC_SEARCH_MEANING", default=True)  # compare by meaning too, where the machine can
os.environ.setdefault("OMP_NUM_THREADS", "1")  # said before numpy is loaded: one question keeps one core busy
BASE_URL = env("KCC_BASE_URL", "http://localhost:8000")  # for links in mail, where there is no request

# ── Links in articles ─────────────────────────────────────────────────────────────────────────────
# Off where the server has no way out, and in the demo, whose websites do not exist; our own pages are always looked up.
CHECK_LINKS = flag("KCC_CHECK_LINKS", default=not DEMO)
LINK_ORIGINS = words("KCC_LINK_ORIGINS")  # sites of our own that may stand inside our walls: https://intranet.…

# ── Background work (docs/decisions/0003): PostgreSQL holds the work, Redis only hurries it along ─
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": "kcc:",
}
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False  # the lease in the database redelivers
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 40
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("tick", "send", "ingest", "report")}
CELERY_TASK_DEFAULT_QUEUE = "report"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_ETA_TASK_LIMIT = 100
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULER = "kcc.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "remind": {"task": "callbacks.tasks.remind", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "cover": {"task": "callbacks.tasks.cover", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "digest": {"task": "callbacks.tasks.digest", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "notices": {"task": "knowledge.tasks.remind", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "publish": {"task": "knowledge.tasks.publish_due", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "links": {"task": "knowledge.tasks.check_links", "schedule": 60.0, "options": {"queue": "report", "expires": 60}},
    "alive": {"task": "contacts.tasks.alive", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "send": {"task": "contacts.tasks.send", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "ingest": {"task": "contacts.tasks.ingest", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "scan": {"task": "contacts.tasks.scan", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "resume": {"task": "contacts.tasks.resume", "schedule": 10.0, "options": {"queue": "tick", "expires": 10}},
    "poll": {"task": "contacts.tasks.poll_mastodon", "schedule": 30.0, "options": {"queue": "tick", "expires": 30}},
    "tally": {"task": "insights.tasks.tally", "schedule": 60.0, "options": {"queue": "report", "expires": 60}},
    "forget": {
        "task": "knowledge.tasks.forget_searches",
        "schedule": 3600.0,
        "options": {"queue": "report", "expires": 3600},
    },
    "index": {"task": "knowledge.tasks.index_articles", "schedule": 5.0, "options": {"queue": "report", "expires": 5}},
    "end_calls": {"task": "contacts.tasks.end_calls", "schedule": 300.0, "options": {"queue": "tick", "expires": 300}},
}
CELERY_TASK_ROUTES = {
    "contacts.tasks.end_calls": {"queue": "tick"},
    "contacts.tasks.resume": {"queue": "tick"},
    "callbacks.tasks.remind": {"queue": "tick"},
    "callbacks.tasks.cover": {"queue": "tick"},
    "callbacks.tasks.digest": {"queue": "tick"},
    "knowledge.tasks.remind": {"queue": "tick"},
    "knowledge.tasks.publish_due": {"queue": "tick"},
    "knowledge.tasks.check_links": {"queue": "report"},
    "contacts.tasks.alive": {"queue": "tick"},
    "contacts.tasks.send_due": {"queue": "send"},
    "contacts.tasks.send": {"queue": "tick"},
    "contacts.tasks.scan": {"queue": "tick"},
    "contacts.tasks.scan_one": {"queue": "report"},
    "insights.tasks.tally": {"queue": "report"},
    "knowledge.tasks.forget_searches": {"queue": "report"},
    "contacts.tasks.ingest": {"queue": "tick"},
    "knowledge.tasks.index_articles": {"queue": "report"},
    "contacts.tasks.send_one": {"queue": "send"},
    "contacts.tasks.ingest_due": {"queue": "ingest"},
    "contacts.tasks.poll_mastodon": {"queue": "tick"},
    "contacts.tasks.poll_mastodon_one": {"queue": "ingest"},
}
# What the ticker does itself when nobody else did it for a while: the heartbeat, and the task (docs/decisions/0008).
TICKER = {
    "remind": "callbacks.tasks.remind",
    "cover": "callbacks.tasks.cover",
    "digest": "callbacks.tasks.digest",
    "notices": "knowledge.tasks.remind",
    "send": "contacts.tasks.send_due",
}

# ── API ───────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.SmallJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.Throttle"],
}

# ── Logs ──────────────────────────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("KCC_LOG_LEVEL", "INFO")},
}

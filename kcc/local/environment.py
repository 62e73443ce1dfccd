"""The environment in which every process of a local installation runs; what you set yourself always wins."""

import os
from dataclasses import dataclass

from kcc.local.keeper import Hold, hold
from kcc.local.keys import keys
from kcc.local.place import ROOT, VENV, Place

PORT, SMTP_PORT = 8000, 2525
LAPTOP = {"KCC_HTTPS": "0", "DJANGO_SETTINGS_MODULE": "kcc.settings", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class Choices:
    """What was chosen when the system was started last; later commands follow it."""

    port: int = PORT
    smtp_port: int = SMTP_PORT
    demo: bool = True

    @classmethod
    def of(cls, place: Place) -> "Choices":
        known = place.noted("choices")
        return cls(int(known.get("port", PORT)), int(known.get("smtp_port", SMTP_PORT)), bool(known.get("demo", True)))

    def keep(self, place: Place) -> None:
        place.note("choices", {"port": self.port, "smtp_port": self.smtp_port, "demo": self.demo})


def needs_services() -> bool:
    """Say whether PostgreSQL or Valkey must come from here."""
    return not (given("DATABASE_URL") and given("REDIS_URL"))


def given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def environment(place: Place, choices: Choices) -> tuple[dict[str, str], Hold | None]:
    """Give the environment, and the hold on the servers that it names (None when both are somebody else's)."""
    held = hold(place) if needs_services() else None
    values = LAPTOP | web(choices) | mail(place)
    values |= {name: value for name, value in keys(place).items() if not name.endswith("PASSWORD")}
    values["KCC_STATIC_ROOT"] = str(place.var / "static")
    if held is not None:
        values |= {"DATABASE_URL": held.postgres.url, "REDIS_URL": held.valkey.url}
    env = dict(os.environ)
    env |= {name: value for name, value in values.items() if not given(name)}
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["VIRTUAL_ENV"] = str(VENV)
    return env, held


def web(choices: Choices) -> dict[str, str]:
    push = choices.port + 1
    return {
        "KCC_DEMO": "1" if choices.demo else "0",
        "KCC_BASE_URL": f"http://localhost:{choices.port}",
        "KCC_EVENTS_URL": f":{push}/events/",
        "KCC_EVENTS_ORIGINS": f"http://localhost:{push},http://127.0.0.1:{push}",
        "KCC_EVENTS_CORS": f"http://localhost:{choices.port},http://127.0.0.1:{choices.port}",
    }


def mail(place: Place) -> dict[str, str]:
    """Mail that leaves lands in var/mail, unless a mail server was named."""
    if given("SMTP_HOST"):
        return {}
    return {
        "KCC_EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "KCC_MAIL_DIR": str(place.folder("mail")),
    }


def manage_command(*arguments: str) -> list[str]:
    return [str(VENV / "bin" / "python"), str(ROOT / "manage.py"), *arguments]

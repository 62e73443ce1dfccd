"""The real browser and the real IMAP server that tests need: found, or installed when that is possible."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from kcc.local.place import VENV, Place
from kcc.local.trouble import Trouble

PLAYWRIGHT = [str(VENV / "bin" / "python"), "-m", "playwright", "install", "chromium-headless-shell"]
_apt = threading.Lock()
_updated = False


def browser(env: dict[str, str]) -> dict[str, str]:
    """Give KCC_CHROMIUM, the path of a Chromium that starts; raise Trouble when there is none and none can be had."""
    path = find_chromium(env)
    if path is None and apt_install("chromium-headless-shell"):
        path = find_chromium(env)
    if path is None:
        subprocess.run(PLAYWRIGHT, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        path = find_chromium(env)
    if path is None:
        raise Trouble(
            "The tests need Chromium. Run: sudo apt install chromium-headless-shell   "
            "or, elsewhere: .venv/bin/python -m playwright install --with-deps chromium-headless-shell"
        )
    return {"KCC_CHROMIUM": path}


def find_chromium(env: dict[str, str]) -> str | None:
    search = env.get("PATH", "")
    cache = Path(env.get("PLAYWRIGHT_BROWSERS_PATH") or Path(env["HOME"]) / default_cache())
    named = [shutil.which(name, path=search) for name in ("chromium-headless-shell", "chromium-shell")]
    downloaded = [
        str(path)
        for name in ("headless_shell", "chrome-headless-shell")
        for path in sorted(cache.glob(f"chromium_headless_shell-*/*/{name}"), reverse=True)
    ]
    candidates = [os.environ.get("KCC_CHROMIUM"), *named, *downloaded, shutil.which("chromium", path=search)]
    return next((path for path in candidates if path and starts(path)), None)


def default_cache() -> str:
    return "Library/Caches/ms-playwright" if sys.platform == "darwin" else ".cache/ms-playwright"


def starts(path: str) -> bool:
    """Say whether this program runs here: a download may miss libraries of the system."""
    command = [path, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def imap_server(env: dict[str, str]) -> dict[str, str]:
    """Give KCC_IMAP: dovecot where it is or can be had, else pymap; raise Trouble when neither is there."""
    if find_dovecot(env) or (apt_install("dovecot-imapd") and find_dovecot(env)):
        return {"KCC_IMAP": "dovecot", "KCC_DOVECOT": find_dovecot(env) or ""}
    if (VENV / "bin" / "pymap").exists():
        return {"KCC_IMAP": "pymap"}
    raise Trouble("The tests need an IMAP server. Run: sudo apt install dovecot-imapd")


def find_dovecot(env: dict[str, str]) -> str | None:
    server = shutil.which("dovecot", path=env.get("PATH", "") + os.pathsep + "/usr/sbin")
    return server if server and any(Path(place).exists() for place in IMAP_PARTS) else None


IMAP_PARTS = ("/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap")


def apt_install(package: str) -> bool:
    """Install a Debian package, quietly; give False where that is not possible without asking."""
    global _updated
    apt = shutil.which("apt-get")
    if apt is None or (prefix := as_root()) is None:
        return False
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-o", "DPkg::Lock::Timeout=120"]
    with _apt:
        print(f"Installing {package} with apt ...", file=sys.stderr, flush=True)
        if not _updated:
            quietly([*command, "update"])
            _updated = True
        done = quietly([*command, "install", "--yes", "--no-install-recommends", package])
        if done and package.startswith("dovecot") and shutil.which("systemctl"):
            # The tests start a server of their own; the one that Debian starts at once is not wanted.
            quietly([*prefix, "systemctl", "disable", "--now", "dovecot.service", "dovecot.socket"])
    return done


def as_root() -> list[str] | None:
    """Give what to put before a command to run it as root without being asked; None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and quietly([sudo, "-n", "true"]):
        return [sudo, "-n"]
    return None


def quietly(command: list[str]) -> bool:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        with (Place.own().log / "tools.log").open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
    return done.returncode == 0

"""The static files under their hashed names in var/static, collected again only when one changed."""

import hashlib
import subprocess
from dataclasses import dataclass

from kcc.local.environment import manage_command
from kcc.local.install import RUNTIME, fingerprint
from kcc.local.place import ROOT, Place
from kcc.local.trouble import Trouble


@dataclass
class Collecting:
    """A collectstatic that runs while other things are done."""

    place: Place
    stamp: str
    process: subprocess.Popen[str]

    def finish(self) -> None:
        """Wait for it, and note what it collected; raise Trouble when it failed."""
        said, _ = self.process.communicate()
        if self.process.returncode != 0:
            if self.place.full(said):
                raise Trouble("The disk is full: the static files could not be written. Free some space, try again.")
            (log := self.place.log / "collectstatic.log").write_text(said)
            raise Trouble(f"The static files could not be collected; {log} says why.")
        self.place.note("static", {"stamp": self.stamp})


def collect(place: Place, env: dict[str, str]) -> Collecting | None:
    """Begin to collect, or give None when nothing changed since the last time."""
    stamp = sources()
    if place.noted("static") == {"stamp": stamp} and (place.var / "static").is_dir():
        return None
    process = subprocess.Popen(
        manage_command("collectstatic", "--no-input", "--clear", "--verbosity", "0"),
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Collecting(place, stamp, process)


def sources() -> str:
    """Give a hash that changes when a static file, a package or the way of storing them changes."""
    digest = hashlib.sha256(fingerprint(RUNTIME).encode())
    folders = [app.parent / "static" for app in ROOT.glob("*/apps.py")]
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    for path in sorted([*paths, *ROOT.glob("kcc/assets.py")]):
        facts = path.stat()
        digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()

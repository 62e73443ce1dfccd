#!/usr/bin/env python3
"""Copy the pinned front-end packages into kcc/static/kcc/vendor (update), or prove that nobody changed them (check).

update  needs npm and the package registry; it installs exactly what frontend/package-lock.json names.
check   needs nothing but this repository, and fails when a vendored file, a pin or the icon list differs.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
VENDOR = ROOT / "kcc/static/kcc/vendor"
LICENSES = ROOT / "LICENSES"
LOCK = VENDOR / "vendor.lock.json"

# The order is the order in the cascade, inside one layer.
COMPONENTS = [
    "@nl-design-system-candidate/button-css/dist/button.css",
    "@nl-design-system-candidate/data-badge-css/dist/data-badge.css",
    "@nl-design-system-candidate/number-badge-css/dist/number-badge.css",
    "@nl-design-system-candidate/link-css/dist/link.css",
    "@nl-design-system-candidate/skip-link-css/dist/skip-link.css",
    "@utrecht/textbox-css/dist/index.min.css",
    "@utrecht/textarea-css/dist/index.min.css",
    "@utrecht/select-css/dist/index.min.css",
    "@utrecht/form-label-css/dist/index.min.css",
    "@utrecht/form-field-css/dist/index.min.css",
    "@utrecht/form-field-description-css/dist/index.min.css",
    "@utrecht/form-field-error-message-css/dist/index.min.css",
    "@utrecht/table-css/dist/index.min.css",
    "@utrecht/pagination-css/dist/index.min.css",
]
MAPPING = "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"
FONT = "@fontsource-variable/source-sans-3/files"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
    "tinykeys.module.js": "tinykeys/dist/tinykeys.module.js",
    "source-sans-3-latin.woff2": f"{FONT}/source-sans-3-latin-wght-normal.woff2",
    "source-sans-3-latin-ext.woff2": f"{FONT}/source-sans-3-latin-ext-wght-normal.woff2",
}
LAYERS = "@layer nlds, tokens, kcc, gemeente;\n"


def dependencies() -> list[str]:
    return sorted(json.loads((FRONTEND / "package.json").read_text())["dependencies"])


def pins() -> dict[str, dict[str, str]]:
    """Give version and tarball hash of each package from the npm lock."""
    packages = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    return {
        name: {key: packages[f"node_modules/{name}"][key] for key in ("version", "integrity")}
        for name in dependencies()
    }


def icon_names() -> list[str]:
    return [name for line in (FRONTEND / "icons.txt").read_text().splitlines() if (name := line.strip())]


def without_source_map(text: str) -> str:
    return re.sub(r"/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$", "", text, flags=re.M).rstrip() + "\n"


def components() -> str:
    parts = [f"/* {path} */\n{without_source_map((MODULES / path).read_text())}" for path in COMPONENTS]
    return f"{LAYERS}@layer nlds {{\n{''.join(parts)}}}\n"


def mapping(nlds: str) -> str:
    """Give the lines that tie the components in use to the basis tokens, and the basis tokens those lean on.

    Colours are left out: those are ours (css/tokens.css) or the municipality's.
    """
    lines = dict(re.findall(r"^\s*(--[\w-]+):\s*(.+);$", (MODULES / MAPPING).read_text(), flags=re.M))
    wanted = set(re.findall(r"var\(\s*(--(?:nl|utrecht)-[\w-]+)", nlds))
    kept: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in lines and name not in kept and not name.startswith("--basis-color-"):
            kept.add(name)
            wanted |= set(re.findall(r"var\(\s*(--[\w-]+)", lines[name]))
    body = "".join(f"  {name}: {value};\n" for name, value in lines.items() if name in kept)
    return f"/* {MAPPING} */\n{LAYERS}@layer tokens {{\n:root {{\n{body}}}\n}}\n"


def symbol(name: str) -> str:
    filled = name.endswith("-filled")
    folder, stem = ("filled", name.removesuffix("-filled")) if filled else ("outline", name)
    svg = (MODULES / f"@tabler/icons/icons/{folder}/{stem}.svg").read_text()
    shapes = re.findall(r"<(?:path|circle|rect|line)\b[^>]*/>", svg)
    drawn = "".join(re.sub(r"\s+", " ", shape) for shape in shapes if 'd="M0 0h24v24H0z"' not in shape)
    look = (
        'fill="currentColor"'
        if filled
        else 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{drawn}</symbol>\n'


def sprite() -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbol(name) for name in icon_names())}</svg>\n'


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def copy_licence(name: str) -> dict[str, str]:
    """Copy the licence text of a package, one file per different text, and say which one it is."""
    folder = MODULES / name
    declared = json.loads((folder / "package.json").read_text())["license"]
    source = next(path for path in sorted(folder.iterdir()) if path.stem.upper() == "LICENSE")
    scope = name.lstrip("@").split("/")[0]
    target = LICENSES / ("EUPL-1.2.txt" if declared == "EUPL-1.2" else f"{declared}-{scope}.txt")
    if declared != "EUPL-1.2" or not target.exists():
        target.write_text(source.read_text().strip() + "\n")
    return {"licence": declared, "licence_text": target.relative_to(ROOT).as_posix()}


def update() -> None:
    subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=FRONTEND, check=True)
    if VENDOR.exists():
        shutil.rmtree(VENDOR)
    VENDOR.mkdir(parents=True)
    LICENSES.mkdir(exist_ok=True)
    nlds = components()
    (VENDOR / "nlds.css").write_text(nlds)
    (VENDOR / "nlds-mapping.css").write_text(mapping(nlds))
    (VENDOR / "icons.svg").write_text(sprite())
    for name, source in FILES.items():
        if name.endswith(".js"):
            (VENDOR / name).write_text(without_source_map((MODULES / source).read_text()))
        else:
            shutil.copyfile(MODULES / source, VENDOR / name)
    packages = {name: pin | copy_licence(name) for name, pin in pins().items()}
    files = {path.name: {"sha256": digest(path)} for path in sorted(VENDOR.iterdir())}
    LOCK.write_text(json.dumps({"packages": packages, "files": files}, indent=2) + "\n")
    print(f"Wrote {len(files)} files from {len(packages)} packages to {VENDOR.relative_to(ROOT)}.")


def differences() -> list[str]:
    """Say in words what no longer agrees with vendor.lock.json; nothing means all is well."""
    lock = json.loads(LOCK.read_text())
    found = []
    here = {path.name for path in VENDOR.iterdir()} - {LOCK.name}
    found += [f"{name} is not in vendor.lock.json" for name in sorted(here - lock["files"].keys())]
    found += [f"{name} is missing" for name in sorted(lock["files"].keys() - here)]
    found += [
        f"{name} was changed after it was written"
        for name in sorted(here & lock["files"].keys())
        if digest(VENDOR / name) != lock["files"][name]["sha256"]
    ]
    written = {name: {"version": p["version"], "integrity": p["integrity"]} for name, p in lock["packages"].items()}
    if written != pins():
        found.append("frontend/package-lock.json pins other packages than were written")
    drawn = re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text())
    if drawn != icon_names():
        found.append("icons.svg and frontend/icons.txt name different icons")
    found += [
        f"{p['licence_text']} is missing" for p in lock["packages"].values() if not (ROOT / p["licence_text"]).exists()
    ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["update", "check"])
    if parser.parse_args().action == "update":
        update()
    if found := differences():
        print("\n".join(found), "Run: python tools/vendor_assets.py update", sep="\n", file=sys.stderr)
        return 1
    print("Vendored files are as they were written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

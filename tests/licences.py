"""The licence gate: every installed package is under a licence we allow. Run by `make check`."""

import json
import subprocess
import sys
from pathlib import Path

# Beginnings of licence names as packages spell them. LGPL only by name below: unmodified and replaceable.
ALLOWED = (
    "MIT",
    "BSD",
    "Apache",
    "ISC",
    "Python",
    "PSF",
    "Mozilla",
    "MPL",
    "0BSD",
    "Unlicense",
    "Public Domain",
    "HPND",
    "Zlib",
    "CNRI",
    "OSI",
    "3-Clause",
    "Zope",
    "ZPL",
    "CC0",
    "Dual License",
)
BY_NAME = {
    "psycopg": "LGPL, unmodified and replaceable",
    "psycopg-binary": "LGPL, unmodified and replaceable",
    "psycopg-pool": "LGPL, unmodified and replaceable",
    "pyphen": "used under MPL 1.1",
    "axe-playwright-python": "MIT in its repository, not in its metadata; tests only",
    "qrcode": "BSD; the other notice is of the word QR Code",
    "pytest-timeout": "MIT; its other classifier says that Debian finds it free; tests only",
    "amate": "ours",
}


def main() -> int:
    command = [
        str(Path(sys.executable).parent / "pip-licenses"),
        "--format=json",
        "--from=mixed",
        "--python",
        sys.executable,
    ]
    packages = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    refused = [
        f"{p['Name']} {p['Version']}: {p['License']}"
        for p in packages
        if p["Name"].lower() not in BY_NAME and not all(_allowed(one) for one in _parts(p["License"]))
    ]
    if refused:
        print("Licences that nobody has allowed (see tests/licences.py):", *refused, sep="\n  ")
    else:
        print(f"licences: {len(packages)} packages, all allowed")
    return bool(refused)


def _parts(said: str) -> list[str]:
    return [
        part.strip(" ()") for part in said.replace(" AND ", ";").replace(" OR ", ";").replace(" and ", ";").split(";")
    ]


def _allowed(licence: str) -> bool:
    return licence.removeprefix("The ").startswith(ALLOWED)


if __name__ == "__main__":
    sys.exit(main())

"""AMATE_HOME: the one folder that holds this installation's data, keys and caches."""

import os
import secrets
from pathlib import Path


def amate_home() -> Path:
    """The data folder. By root it is a system folder that the database's user can reach (DECISIONS A6)."""
    named = os.environ.get("AMATE_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/amate")
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "amate"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may open, and say so even if it already stood there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a secret so that nobody else can read it, not even for the moment between creation and chmod."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def kept_secret(name: str, *, make: int = 32) -> bytes:
    """A random secret of this installation, made once (`keys/<name>`, 0600) and read ever after."""
    path = private_folder(amate_home() / "keys") / name
    if not path.exists():
        write_private(path, secrets.token_urlsafe(make).encode())
    return path.read_bytes()

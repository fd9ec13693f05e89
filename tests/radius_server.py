"""A real FreeRADIUS as a child: its own configuration, loopback ports and database. It answers logins from the SQL tables
and plays the equipment that is told to close a session. `radius()` also asks it as a NAS would."""

import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from amate.adapters.switch import RadiusAccount

SECRET = "clave-de-radius"
SQL = Path("/etc/freeradius/3.0/mods-config/sql/main/postgresql")
USERS = """
INSERT INTO radcheck (username, attribute, op, value) VALUES ('svc-1', 'Cleartext-Password', ':=', 'abc'),
 ('svc-2', 'Cleartext-Password', ':=', 'abc');
INSERT INTO radusergroup (username, groupname, priority) VALUES ('svc-1', 'plan50', 1), ('svc-2', 'plan50', 1);
INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('plan50', 'Filter-Id', ':=', 'plan50');
INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('morosos', 'Auth-Type', ':=', 'Reject');
"""


@dataclass(frozen=True)
class RadiusServer:
    account: RadiusAccount
    port: int
    sql: psycopg.Connection[Any]

    def enters(self, user: str) -> bool:
        """Whether whoever logs in now is let in."""
        asked = secrets.token_bytes(16)
        name, hidden = user.encode(), b"abc".ljust(16, b"\0")
        mask = md5(SECRET.encode() + asked, usedforsecurity=False).digest()
        password = bytes(a ^ b for a, b in zip(hidden, mask, strict=True))
        said = bytes([1, len(name) + 2]) + name + bytes([2, 18]) + password
        packet = bytes([1, 9]) + (20 + len(said)).to_bytes(2, "big") + asked + said
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(5)
            line.sendto(packet, ("127.0.0.1", self.port))
            code = line.recv(4096)[0]
        assert code in (2, 3)
        return code == 2

    def groups(self, user: str) -> list[str]:
        rows = self.sql.execute("SELECT groupname FROM radusergroup WHERE username = %s ORDER BY priority", [user])
        return [row[0] for row in rows.fetchall()]


@contextmanager
def serve_radius() -> Iterator[RadiusServer]:
    """Fails where there is none: `.ci/run` installs it (`apt-get install freeradius freeradius-postgresql`)."""
    program = shutil.which("freeradius") or "/usr/sbin/freeradius"
    assert Path(program).exists(), "falta FreeRADIUS: apt-get install freeradius freeradius-postgresql"
    told = settings.DATABASES["owner"]
    keys = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = {key: told[name] for key, name in keys.items() if told.get(name)}
    name = f"radius_{secrets.token_hex(4)}"
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(**where, dbname=name, autocommit=True) as sql:
                sql.execute((SQL / "schema.sql").read_text())
                sql.execute(USERS)
                yield from _child(program, where, name, sql)
        finally:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _child(program: str, where: dict[str, Any], name: str, sql: Any) -> Iterator[RadiusServer]:
    login, nas = _free_port(), _free_port()
    info = sql.info
    account = RadiusAccount(
        host=where.get("host", info.host),
        port=info.port,
        database=name,
        user=info.user,
        password=info.password,
        group="morosos",
        nas_host="127.0.0.1",
        nas_port=nas,
        nas_secret=SECRET,
        private=frozenset({"127.0.0.1", where.get("host", info.host)}),
    )
    server = RadiusServer(account, login, sql)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "radiusd.conf").write_text(
            _configuration(
                folder, login=login, nas=nas, database=" ".join(f"{k}={v}" for k, v in where.items()), name=name
            )
        )
        (Path(folder) / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n")
        log = (Path(folder) / "log").open("w+b")
        child = subprocess.Popen([program, "-f", "-l", "stdout", "-d", folder], stdout=log, stderr=log)
        try:
            _wait_for(server, child, log)
            yield server
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(timeout=10)
            log.close()


def _wait_for(server: RadiusServer, child: "subprocess.Popen[bytes]", log: Any) -> None:
    for _ in range(100):
        if child.poll() is None:
            try:
                if server.enters("svc-2"):
                    return
            except OSError:
                pass
        time.sleep(0.1)
        if child.poll() is not None:
            break
    log.seek(0)
    raise AssertionError("FreeRADIUS no arrancó: " + log.read().decode(errors="replace")[-3000:])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _configuration(folder: str, *, login: int, nas: int, database: str, name: str) -> str:
    return f"""
prefix = /usr
raddbdir = {folder}
logdir = {folder}
run_dir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/pid
max_requests = 1024
security {{
  allow_vulnerable_openssl = yes
}}
thread pool {{
  start_servers = 1
  max_servers = 2
  min_spare_servers = 1
  max_spare_servers = 2
}}
client here {{
  ipaddr = 127.0.0.1
  secret = {SECRET}
}}
modules {{
  expr {{
  }}
  pap {{
  }}
  always ok {{
    rcode = ok
  }}
  always reject {{
    rcode = reject
  }}
  sql {{
    driver = "rlm_sql_postgresql"
    dialect = "postgresql"
    radius_db = "{database} dbname={name}"
    acct_table1 = "radacct"
    acct_table2 = "radacct"
    postauth_table = "radpostauth"
    authcheck_table = "radcheck"
    groupcheck_table = "radgroupcheck"
    authreply_table = "radreply"
    groupreply_table = "radgroupreply"
    usergroup_table = "radusergroup"
    client_table = "nas"
    group_attribute = "SQL-Group"
    read_groups = yes
    pool {{
      start = 1
      min = 1
      max = 2
      spare = 1
    }}
    $INCLUDE {SQL}/queries.conf
  }}
}}
server default {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {login}
  }}
  listen {{
    type = coa
    ipaddr = 127.0.0.1
    port = {nas}
  }}
  authorize {{
    sql
    pap
  }}
  authenticate {{
    Auth-Type PAP {{
      pap
    }}
  }}
  recv-coa {{
    if (&User-Name == "svc-2") {{
      reject
    }}
    else {{
      ok
    }}
  }}
}}
"""

"""The whole product while its processes die: requests answer again, invoices finish, one CFDI each, nothing is left behind.

One demo in a folder of its own is started, killed piece by piece, killed whole, and started again; the tests stand in
that order.
"""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from amate.running.postgres import as_user, binaries, database_user
from amate.sandbox.mint import mint_world
from tests.database import ROOT
from tests.servers import free_port
from tests.stories.demo import Demo, answered
from tests.stories.processes import processes_of, until

CONTRACT = {
    "portal_url",
    "ticket",
    "backoffice_url",
    "user",
    "password",
    "api_url",
    "api_key",
    "pac_url",
    "pac_certificate",
    "company_rfc",
    "mail_url",
    "network_url",
    "payments_url",
    "clock_url",
}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    made = Demo()
    mint_world(made.home / "sandbox", now=datetime.now(UTC), ca_key_size=2048)  # the big keys are tested elsewhere
    yield made
    made.clean_up()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What one test leaves for the next: the manifest of the first start, and the UUIDs by billing code."""
    return {}


def test_interrupted_while_it_prepares_it_leaves_nothing_behind(demo: Demo) -> None:
    demo.start()
    until((demo.home / "pg" / "data" / "postmaster.pid").exists, what="PostgreSQL")
    assert demo.interrupt() == 0
    assert processes_of(demo.home) == {}
    assert not demo.manifest.exists()


def test_the_manifest_tells_everything_to_its_owner_only(demo: Demo, kept: dict[str, Any]) -> None:
    demo.start()
    demo.until_ready()
    said = demo.said
    assert set(said) == CONTRACT
    assert set(said["ticket"]) == {"code", "total", "qr_url"}
    assert stat.S_IMODE(demo.manifest.stat().st_mode) == 0o600
    assert httpx.get(said["mail_url"], trust_env=False).status_code == 200
    assert os.access(said["pac_certificate"], os.R_OK)
    kept.update(said)


def test_the_doctor_sees_the_pac_and_the_mail_of_the_demo(demo: Demo) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AMATE_", "DATABASE_URL"))}
    command = [sys.executable, "-m", "amate.cli", "doctor"]
    env["AMATE_HOME"] = str(demo.home)
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert f"Puerto {demo.port}: Amate atiende ahí" in told.stdout
    assert "FALLA" not in told.stdout


def test_a_second_one_in_the_same_folder_is_refused_and_disturbs_nothing(demo: Demo) -> None:
    second = demo.popen(free_port())
    assert second.wait(60) == 1
    assert f"Another Amate already serves {demo.home}" in demo.log()
    assert demo.manifest.exists(), "it took the manifest of the one that runs"
    assert answered(lambda: httpx.get(demo.said["portal_url"], trust_env=False)).status_code == 200


def test_postgresql_restarted_under_load_loses_and_doubles_nothing(demo: Demo, kept: dict[str, Any]) -> None:
    def buy(number: int) -> Any:
        ticket = demo.sell(number)
        demo.claim(ticket)
        return ticket

    with ThreadPoolExecutor(3) as people:
        buying = [people.submit(buy, number) for number in range(9)]
        for _ in range(3):
            before = demo.postmaster()
            restart_at_once(demo)
            until(lambda before=before: demo.postmaster() != before, what="the new PostgreSQL")
            until(lambda: healthy(demo), what="the first answer after a restart")
        tickets = [one.result(120) for one in buying]
    kept["uuids"] = finish(demo, tickets)


@pytest.mark.parametrize("who", ["postmaster", "gunicorn", "worker", "sandbox-pac"])
def test_killed_with_minus_nine_it_is_back_within_seconds(demo: Demo, kept: dict[str, Any], who: str) -> None:
    number = 100 + ["postmaster", "gunicorn", "worker", "sandbox-pac"].index(who)
    ticket = demo.sell(number)
    pid = demo.postmaster() if who == "postmaster" else demo.child(who)
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: healthy(demo), what="the first answer") < 30
    demo.claim(ticket)
    kept["uuids"] |= finish(demo, [ticket])
    assert answered(lambda: httpx.get(demo.said["mail_url"], trust_env=False)).status_code == 200


def test_the_supervisor_killed_takes_its_children_along_and_the_next_start_goes_on(
    demo: Demo, kept: dict[str, Any]
) -> None:
    assert demo.process is not None
    demo.process.kill()
    demo.process.wait(10)
    until(
        lambda: not any("amate" in c and "postgres" not in c for c in processes_of(demo.home).values()),
        what="their end",
    )
    assert demo.manifest.exists(), "nobody was left to remove it"
    demo.start()
    until(lambda: not demo.manifest.exists(), what="the end of the old manifest")
    demo.until_ready()
    said = demo.said
    assert said["ticket"]["code"] != kept["ticket"]["code"], "a second start offers a fresh note"
    assert {n: said[n] for n in ("user", "password", "api_key")} == {
        n: kept[n] for n in ("user", "password", "api_key")
    }
    assert {code: demo.uuid_of({"code": code}) for code in kept["uuids"]} == kept["uuids"]
    demo.claim({"qr_url": said["ticket"]["qr_url"]})
    kept["uuids"] |= finish(demo, [said["ticket"]])


def test_ctrl_c_ends_with_zero_and_no_process_left(demo: Demo) -> None:
    assert len(processes_of(demo.home)) > 5
    assert demo.interrupt() == 0, demo.log()
    assert processes_of(demo.home) == {}
    assert not demo.manifest.exists()
    assert not (demo.home / "pg" / "data" / "postmaster.pid").exists()


def finish(demo: Demo, tickets: list[Any]) -> dict[str, str]:
    """Wait for every invoice; answers {billing code: UUID} after comparing with what the PAC has stamped."""
    found: dict[str, str] = {}
    for ticket in tickets:
        until(lambda ticket=ticket: demo.uuid_of(ticket), what=f"the invoice of {ticket['code']}")
        found[ticket["code"]] = demo.uuid_of(ticket)
    assert len(set(found.values())) == len(tickets)
    demo.known |= set(found.values())
    assert sorted(demo.stamped()) == sorted(demo.known), "the PAC holds a CFDI that no buyer got, or holds one twice"
    return found


def healthy(demo: Demo) -> bool:
    pages = (f"http://127.0.0.1:{demo.port}/salud/", demo.said["portal_url"])
    try:
        return all(httpx.get(page, timeout=5, trust_env=False).status_code == 200 for page in pages)
    except httpx.TransportError:
        return False


def restart_at_once(demo: Demo) -> None:
    """As after a crash: no checkpoint, every connection cut. The supervisor may be first to start it again."""
    pg_ctl = binaries(demo.home) / "bin" / "pg_ctl"
    command = [
        str(pg_ctl),
        "-D",
        str(demo.home / "pg" / "data"),
        "-m",
        "immediate",
        "-w",
        "-l",
        str(demo.home / "pg" / "log"),
        "restart",
    ]
    subprocess.run(command, cwd="/", capture_output=True, check=False, **as_user(database_user()))

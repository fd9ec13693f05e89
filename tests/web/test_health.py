"""Who watches the installation learns that something is missing from the status alone, and no more than that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from amate.running.pacs_heard import Heard, keep_heard
from amate.running.serve import is_ready, web_answers
from tests.servers import free_port, serve_site
from tests.stories.processes import until
from tests.world import World


def ask(world: World, path: str = "/salud/", token: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = world.inside(lambda: world.client.get(path, headers=headers))
    return answer.status_code, answer.json()


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", "vigila")


def heartbeat(world: World, *, ago: int = 0) -> None:
    """As a worker leaves it: the row is Procrastinate's."""

    def beat() -> None:
        with connection.cursor() as c:
            c.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - make_interval(secs => %s))",
                [ago],
            )

    world.inside(beat)


@contextmanager
def lost_database(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every new connection of this process knocks where nobody is."""
    with monkeypatch.context() as lost:
        lost.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        lost.setitem(connection.settings_dict, "PORT", str(free_port()))
        world.inside(lambda: connection.close())
        yield
    world.inside(lambda: connection.close())


def test_without_a_worker_the_installation_is_not_well_but_its_web_is(world: World) -> None:
    assert ask(world) == (503, {"ok": False})
    assert ask(world, "/salud/web/") == (200, {"ok": True})


def test_with_a_worker_all_is_well(world: World) -> None:
    heartbeat(world)
    assert ask(world) == (200, {"ok": True})


def test_what_is_missing_and_what_pacs_say_is_told_to_who_knows_the_token(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    wrong = Heard("finkok", troubles={"credentials": "FORD no entra con su contraseña"})
    keep_heard([wrong, Heard("sw_sapien", left=1250, resting=True, latency=0.42)], now=world.now())
    assert ask(world) == (503, {"ok": False})
    assert ask(world, token="otra") == (503, {"ok": False})
    status, told = ask(world, token="vigila")
    assert (status, told["ok"], told["database"], told["workers"]) == (503, False, "ok", 0)
    assert told["pacs"] == {
        "finkok": {"state": "no acepta la cuenta", "stamps_left": None, "latency_seconds": None, "resting": False},
        "sw_sapien": {"state": "descansa", "stamps_left": 1250, "latency_seconds": 0.42, "resting": True},
    }
    heartbeat(world)
    assert ask(world, token="vigila")[1]["workers"] == 1
    monkeypatch.setattr(settings, "METRICS_TOKEN", "")
    assert ask(world, token="vigila") == (200, {"ok": True}), "without a token nobody is a watcher"


def test_a_worker_is_seen_while_it_works_and_gone_once_it_has_stopped(world: World) -> None:
    with world.worker():
        until(lambda: ask(world)[0] == 200, what="the worker's heartbeat")
    assert ask(world) == (503, {"ok": False})


def test_a_worker_that_was_silent_for_long_is_none(world: World) -> None:
    heartbeat(world, ago=60)
    assert ask(world) == (503, {"ok": False})


def test_without_its_database_neither_is_well_and_nothing_is_told_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_database(world, monkeypatch):
        assert ask(world) == (503, {"ok": False})
        assert ask(world, "/salud/web/") == (503, {"ok": False})
    assert ask(world, "/salud/web/")[0] == 200


def test_the_supervisor_waits_for_the_worker_and_the_doctor_for_the_web(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORT", free_port())
    assert (is_ready(), web_answers()) == (False, False)
    with serve_site() as address:
        monkeypatch.setattr(settings, "PORT", int(address.rpartition(":")[2].rstrip("/")))
        assert (is_ready(), web_answers()) == (False, True)
        heartbeat(world)
        assert (is_ready(), web_answers()) == (True, True)

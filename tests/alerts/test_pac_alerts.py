"""What ails a PAC is told once and each day while it lasts; stamps that run out, once at each limit."""

from pathlib import Path

import pytest

from amate.alerts.models import Alert
from amate.alerts.watch import watch_pacs, watch_work
from amate.promises.models import Promise
from amate.running.pacs_heard import Heard, keep_heard
from amate.worker.clock import _pacs
from tests.world import World


def told(world: World, *heard: Heard) -> list[str]:
    """The worker looks. Answers what lasts."""
    world.scoped(lambda: watch_pacs(heard, now=world.now()))
    return world.scoped(lambda: sorted(Alert.objects.lasting().values_list("cause", flat=True)))


def mails(world: World) -> list[str]:
    world.settle()
    return [str(mail["Subject"]) for mail in world.mail.mails]


def test_stamps_that_run_out_are_told_once_at_each_limit(world: World) -> None:
    assert told(world, Heard("finkok", left=101)) == []
    assert told(world, Heard("finkok", left=100)) == ["few_stamps:finkok:100"]
    assert told(world, Heard("finkok", left=60)) == ["few_stamps:finkok:100"]
    (subject,) = mails(world)
    assert subject.startswith("Quedan menos de 100 timbres con Finkok")
    world.time_passes(days=3)
    assert told(world, Heard("finkok", left=20)) == ["few_stamps:finkok:20"]
    assert len(mails(world)) == 2
    assert told(world, Heard("finkok", left=5000)) == []
    assert told(world, Heard("finkok")) == []  # without limit
    assert len(mails(world)) == 2


def test_with_one_pac_its_account_rings_by_what_waits_for_it_and_not_twice(world: World) -> None:
    broken = Heard("sw_sapien", left=0, troubles={"credits": "sin timbres", "credentials": "no entra"})
    assert told(world, broken) == []
    both = told(world, broken, Heard("finkok"))
    assert both == ["pac:credentials:sw_sapien", "pac:credits:sw_sapien"]


def test_an_ailment_is_told_again_each_day_and_ends_when_it_is_gone(world: World) -> None:
    lying = Heard("sw_sapien", troubles={"lies": "other_sello"})
    for _ in range(2):
        assert told(world, lying) == ["pac:lies:sw_sapien"]
    assert len(mails(world)) == 1
    world.time_passes(hours=25)
    told(world, lying)
    assert len(mails(world)) == 2
    assert told(world, Heard("sw_sapien")) == []


def test_what_is_watched_apart_is_not_mended_by_whoever_watches_the_work(world: World) -> None:
    told(world, Heard("sw_sapien", left=9, troubles={"clock": "3 horas"}))
    world.scoped(lambda: watch_work(now=world.now()))
    assert world.scoped(lambda: Alert.objects.lasting().count()) == 2


def test_the_clock_of_the_worker_looks_for_every_company(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    keep_heard([Heard("finkok", left=3)], now=world.now())
    world.inside(lambda: _pacs(world.now()))
    for shop in world.shops:
        assert world.scoped(lambda: Promise.objects.filter(kind="alert").count(), shop) == 1

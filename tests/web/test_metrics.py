"""Who watches the installation sees numbers, and only with the token."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from amate.audit.models import Inspection, Invariant
from amate.companies.models import Csd, Emisor
from amate.invoices.figures import keep_answers
from amate.invoices.models import Invoice
from amate.promises.kinds import KINDS
from amate.promises.sweep import rescue
from amate.running.pacs_heard import Heard, keep_heard
from tests.database import as_owner
from tests.web.office import desk
from tests.world import World

TOKEN = "a long enough token"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", TOKEN)


def ask(world: World, authorization: str = f"Bearer {TOKEN}") -> Any:
    return world.inside(lambda: world.client.get("/metrics", headers={"Authorization": authorization}))


def read(world: World) -> dict[tuple[str, str], float]:
    text = ask(world).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, sample.labels.get("kind", "")): sample.value for sample in samples}


def test_it_counts_what_is_owed_over_all_companies(world: World) -> None:
    for shop in world.shops:
        world.claim(world.sale(shop), shop=shop)
    found = read(world)
    assert found["amate_promises_open", "seal_and_stamp"] == 2
    assert found["amate_promises_open", "deliver"] == 0
    assert found["amate_promises_failing", "seal_and_stamp"] == 0
    world.pac.admin("credits", {"left": 0}, method="PUT")
    world.settle()
    found = read(world)
    assert found["amate_promises_failing", "seal_and_stamp"] == 2
    assert found["amate_promises_for_a_person", "seal_and_stamp"] == 2
    assert found["amate_workers_alive", ""] == 0


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer other", f"Basic {TOKEN}", TOKEN, "Bearer ñ"])
def test_without_the_token_there_is_nothing(world: World, authorization: str) -> None:
    answer = ask(world, authorization)
    assert answer.status_code == 404
    assert "amate_" not in answer.content.decode()


def test_without_a_token_set_nobody_gets_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", "")
    assert ask(world, "Bearer ").status_code == 404
    assert ask(world, "").status_code == 404


def samples(world: World) -> dict[tuple[str, ...], float]:
    """{(name, value of each label): value}"""
    text = ask(world).content.decode()
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value for sample in found}


def answered(world: World) -> dict[str, float]:
    """What the worker of this process noted, kept as its clock keeps it."""
    world.inside(keep_answers)
    found = samples(world)
    every = ("stamped", "recovered", "rejected", "unavailable", "unknown")
    return {one: found.get(("amate_pac_answers_total", one, "sw_sapien"), 0) for one in every}


def test_it_counts_what_the_pac_answered(world: World) -> None:
    world.inside(keep_answers)  # what earlier tests of this process left
    before = answered(world)
    desk.stamped(world)
    desk.stamped(world)
    desk.refused_for_staff(world)
    now = answered(world)
    assert {one: now[one] - before[one] for one in now} == {
        "stamped": 2,
        "recovered": 0,
        "rejected": 1,
        "unavailable": 0,
        "unknown": 0,
    }
    assert answered(world) == now  # kept once
    world.pac.admin("credits", {"left": 0}, method="PUT")
    desk.claimed(world)
    world.settle()
    assert answered(world)["unavailable"] - now["unavailable"] == 1


def test_it_tells_of_each_queue_how_long_its_oldest_job_has_waited(world: World, committed: str) -> None:
    stamps = KINDS["seal_and_stamp"].queue
    assert {
        samples(world)[f"amate_jobs_{one}", "mail"] for one in ("waiting", "oldest_seconds", "stalled", "failed")
    } == {0}
    desk.claimed(world)
    desk.claimed(world)
    with as_owner(committed) as c:  # as the sweep nudges: for no hour
        c.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
        c.execute("UPDATE procrastinate_events SET at = at - interval '5 minutes'")
        oldest = "SELECT min(id) FROM procrastinate_jobs"
        c.execute(f"UPDATE procrastinate_events SET at = at - interval '15 minutes' WHERE job_id = ({oldest})")
    found = samples(world)
    assert found["amate_jobs_waiting", stamps] == 2
    assert found["amate_jobs_oldest_seconds", stamps] == pytest.approx(20 * 60, abs=30)
    later = "UPDATE procrastinate_jobs SET scheduled_at = clock_timestamp() + interval '{}'"
    with as_owner(committed) as c:
        c.execute(later.format("1 hour"))  # type: ignore[call-overload]
        found = samples(world)
        assert (found["amate_jobs_waiting", stamps], found["amate_jobs_oldest_seconds", stamps]) == (0, 0)
        c.execute(later.format("-3 minutes"))  # type: ignore[call-overload]
        found = samples(world)
        assert found["amate_jobs_waiting", stamps] == 2
        assert found["amate_jobs_oldest_seconds", stamps] == pytest.approx(3 * 60, abs=30)


def test_it_tells_of_jobs_in_the_hands_of_a_dead_worker_and_of_those_given_up(world: World, committed: str) -> None:
    for _ in range(3):
        desk.claimed(world)
    stamps = KINDS["seal_and_stamp"].queue
    with as_owner(committed) as c:
        beat = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - %s) RETURNING id"
        [(dead,), (alive,)] = [c.execute(beat, [timedelta(minutes=ago)]).fetchone() or () for ago in (5, 0)]
        jobs = [pk for (pk,) in c.execute("SELECT id FROM procrastinate_jobs ORDER BY id").fetchall()]
        doing = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s"
        c.execute(doing, [dead, jobs[0]])
        c.execute(doing, [alive, jobs[1]])
        found = samples(world)
        assert (found["amate_jobs_stalled", stamps], found["amate_jobs_failed", stamps]) == (1, 0)
        assert found["amate_jobs_waiting", stamps] == 1
    world.inside(lambda: rescue(dead_after=timedelta(seconds=15)))
    found = samples(world)
    assert (found["amate_jobs_stalled", stamps], found["amate_jobs_failed", stamps]) == (0, 1)


def test_it_tells_how_long_the_oldest_has_waited_for_its_stamp(world: World) -> None:
    found = samples(world)
    for state in ("sealed", "sending", "unknown"):
        assert found["amate_invoices_on_the_way", state] == found["amate_invoices_oldest_seconds", state] == 0
    for shop, state, hours in ((world.shop, "sealed", 1), (world.other, "sealed", 3), (world.shop, "unknown", 50)):
        invoice = desk.claimed(world, shop=shop)
        facts = {"state": state, "sealed_at": world.now() - timedelta(hours=hours)}
        world.scoped(lambda pk=invoice.pk, facts=facts: Invoice.objects.filter(pk=pk).update(**facts), shop)  # type: ignore[misc]
    desk.claimed(world)  # a draft waits for us, not for a stamp
    found = samples(world)
    assert found["amate_invoices_on_the_way", "sealed"] == 2
    assert found["amate_invoices_oldest_seconds", "sealed"] == pytest.approx(3 * 3600, abs=60)
    assert found["amate_invoices_oldest_seconds", "unknown"] == pytest.approx(50 * 3600, abs=60)
    assert found["amate_invoices_on_the_way", "sending"] == 0


def test_it_tells_what_will_run_out(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    assert ("amate_pac_stamps_left", "finkok") not in samples(world)  # nobody has heard
    keep_heard([Heard("sw_sapien", latency=0.25), Heard("finkok", left=41)], now=world.now())
    world.scoped(lambda: Csd.objects.update(valid_to=world.now() + timedelta(days=7)))
    world.scoped(lambda: Csd.objects.update(valid_to=world.now() - timedelta(days=2)), world.other)
    found = samples(world)
    assert found["amate_pac_stamps_left", "finkok"] == 41
    assert found["amate_pac_latency_seconds", "sw_sapien"] == 0.25
    assert found["amate_csd_days_left", world.shop.slug] == pytest.approx(7, abs=0.1)
    assert found["amate_csd_days_left", world.other.slug] == pytest.approx(-2, abs=0.1)
    rfc = world.scoped(lambda: Emisor.objects.get().rfc)
    assert rfc not in ask(world).content.decode()


def test_it_tells_what_must_never_be(world: World) -> None:
    assert samples(world)["amate_invariants_broken", Invariant.AUDIT] == 0
    for shop in world.shops:
        world.scoped(lambda: Inspection.objects.create(invariant=Invariant.STAMP, ids=[1, 2]), shop)
    found = samples(world)
    assert found["amate_invariants_broken", Invariant.STAMP] == 4
    assert found["amate_invariants_broken", Invariant.CLAIM] == 0


def test_it_tells_how_each_pac_is(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    ill = Heard("sw_sapien", clock_ahead=-3.0, troubles={"lies": "other_sello"})
    keep_heard([ill, Heard("finkok", resting=True)], now=world.now())
    found = samples(world)
    assert found["amate_pac_clock_ahead_seconds", "sw_sapien"] == -3
    assert (found["amate_pac_resting", "sw_sapien"], found["amate_pac_resting", "finkok"]) == (0, 1)
    assert (found["amate_pac_troubles", "sw_sapien"], found["amate_pac_troubles", "finkok"]) == (1, 0)
    assert ("amate_pac_clock_ahead_seconds", "finkok") not in found  # not known is not none
    (tmp_path / "pacs.json").write_text('{"at": "2126-01-01T00:00:00+00:00", "pacs": [{"of": "another version"}]}')
    assert ("amate_pac_resting", "finkok") not in samples(world)

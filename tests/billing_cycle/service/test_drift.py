"""What the other side says otherwise is mended; a system that fails is left alone for a while."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from amate.adapters.switch import Observed, State
from amate.billing_cycle.service.models import Order, Reason, Service, SwitchAccount
from amate.billing_cycle.service.observe import UNKNOWN, settle_observed, to_observe
from amate.worker.of_a_day import OF_A_DAY
from tests.billing_cycle.service.test_holds import Line
from tests.outside_servers import SwitchServer, serve_switch
from tests.world import World


@pytest.fixture(scope="module")
def _served() -> Iterator[SwitchServer]:
    with serve_switch() as server:
        yield server


@pytest.fixture
def line(world: World, _served: SwitchServer, settings: Any) -> Line:
    _served.admin("POST", "reset")
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    line = Line(world, _served)
    observes = _served.account().observe_url
    world.scoped(lambda: SwitchAccount.objects.update(observe_url=observes))
    return line


def observe(line: Line) -> None:
    line.world.scoped(lambda: OF_A_DAY["observe"](line.world.now()))
    line.world.settle()


def cut(line: Line) -> None:
    line.world.scoped(lambda: line.hold(Reason.ADMIN))
    line.world.settle()


def service(line: Line) -> Service:
    return line.world.scoped(lambda: Service.objects.get(pk=line.service.pk))


def test_what_somebody_changed_by_hand_over_there_is_put_back(line: Line) -> None:
    cut(line)
    line.switch.admin("POST", "by_hand", {"service": "svc-1", "state": "active"})
    observe(line)
    assert line.seen() == {"state": "suspended", "gen": 3}
    assert (service(line).actual, service(line).actual_gen) == ("suspended", 3)
    observe(line)
    assert service(line).gen == 3


def test_an_order_that_was_taken_and_lost_is_sent_again(line: Line) -> None:
    cut(line)
    line.switch.admin("PUT", "moods", {"lose": 1.0})
    line.world.scoped(lambda: line.lift(Reason.ADMIN))
    line.world.settle()
    assert line.seen()["state"] == "suspended"
    line.switch.admin("PUT", "moods", {})
    observe(line)
    assert line.seen() == {"state": "active", "gen": 4}


def test_what_was_decided_while_we_asked_is_newer_than_what_was_seen(line: Line) -> None:
    cut(line)

    switch_id = service(line).switch_id

    def whole() -> int:
        asking = to_observe(account_id=switch_id, after=0, now=line.world.now())
        assert asking is not None
        line.lift(Reason.ADMIN)
        return settle_observed(asking=asking, seen={"svc-1": Observed(State.SUSPENDED, 2)}, now=line.world.now())

    assert line.world.scoped(whole) == 0
    line.world.settle()
    assert line.seen()["state"] == "active"


def test_a_higher_number_than_ours_is_passed_and_an_unknown_name_is_told(line: Line) -> None:
    cut(line)
    switch_id = service(line).switch_id

    def seen(found: dict[str, Observed]) -> None:
        asking = to_observe(account_id=switch_id, after=0, now=line.world.now())
        assert asking is not None
        settle_observed(asking=asking, seen=found, now=line.world.now())

    line.world.scoped(lambda: seen({}))
    assert service(line).trouble == UNKNOWN
    line.world.scoped(lambda: seen({"svc-1": Observed(State.SUSPENDED, 40)}))
    assert (service(line).gen, service(line).trouble) == (40, "")
    line.world.scoped(lambda: line.lift(Reason.ADMIN))
    assert service(line).gen == 41


def test_a_system_that_fails_five_times_rests_and_then_hears_everything(line: Line) -> None:
    line.switch.admin("PUT", "moods", {"down": 1.0})
    line.world.scoped(lambda: line.hold(Reason.ADMIN))
    for _ in range(6):
        line.world.settle()
        line.time_passes(minutes=20)
    tried = line.world.scoped(Order.objects.count)
    assert tried >= 5
    account = line.world.scoped(SwitchAccount.objects.get)
    assert account.failures == tried
    assert account.rests_until is not None
    line.world.scoped(lambda: SwitchAccount.objects.update(rests_until=line.world.now() + timedelta(minutes=9)))
    line.switch.admin("PUT", "moods", {})
    line.world.settle()
    assert line.world.scoped(Order.objects.count) == tried  # it was not even asked
    line.time_passes(minutes=20)
    line.world.settle()
    assert line.seen()["state"] == "suspended"
    assert line.world.scoped(SwitchAccount.objects.get).failures == 0

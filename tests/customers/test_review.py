"""Proposals for verified customers are decided by a person."""

from dataclasses import replace
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.customers.fingerprint import Changed
from amate.customers.models import Customer, FiscalProfile
from amate.customers.review import review_proposal
from tests.customers.hands import INGRID, current, seen, versions, written_down
from tests.customers.test_change import change
from tests.customers.test_merge import bought
from tests.world import World

MOVED = replace(INGRID, domicilio_fiscal="44100")


def decide(world: World, profile: int, customer: Customer, *, take: bool, at: str = "") -> Any:
    at = at or seen(world, customer)
    return world.scoped(lambda: review_proposal(profile_id=profile, take=take, seen=at, now=world.now()))


@pytest.fixture
def ingrid(world: World) -> Any:
    customer = written_down(world, INGRID)
    bought(world, MOVED)
    return customer


def waiting(world: World) -> list[int]:
    return world.scoped(lambda: list(FiscalProfile.objects.to_review().order_by("id").values_list("pk", flat=True)))


def test_taken_it_is_the_current_version(world: World, ingrid: Customer) -> None:
    [proposal] = waiting(world)
    assert decide(world, proposal, ingrid, take=True)[1]
    assert versions(world, ingrid) == [(INGRID.rfc, "76028", False), (INGRID.rfc, "44100", True)]
    assert waiting(world) == []


def test_dismissed_the_data_stay(world: World, ingrid: Customer) -> None:
    [proposal] = waiting(world)
    assert decide(world, proposal, ingrid, take=False)[1]
    assert current(world, ingrid).domicilio_fiscal == "76028"
    assert waiting(world) == []


def test_the_second_to_decide_changes_nothing(world: World, ingrid: Customer) -> None:
    [proposal] = waiting(world)
    decide(world, proposal, ingrid, take=False)
    assert not decide(world, proposal, ingrid, take=True)[1]
    assert current(world, ingrid).domicilio_fiscal == "76028"
    acts = world.scoped(lambda: list(Entry.objects.order_by("id").values_list("act", flat=True)))
    assert acts[-2:] == ["customer.proposed", "customer.proposal_dismissed"]


def test_what_it_was_compared_with_must_still_be_so(world: World, ingrid: Customer) -> None:
    [proposal] = waiting(world)
    at = seen(world, ingrid)
    change(world, ingrid, replace(INGRID, domicilio_fiscal="44160"))
    with pytest.raises(Changed):
        decide(world, proposal, ingrid, take=True, at=at)


def test_staff_who_type_the_same_have_decided_it(world: World, ingrid: Customer) -> None:
    change(world, ingrid, MOVED)
    assert waiting(world) == []

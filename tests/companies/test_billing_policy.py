"""The rules of recurring billing: dated rows, of which the latest holds."""

from datetime import date
from typing import Any

import pytest

from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from amate.companies.set_billing_policy import BillingPolicyRefused, set_billing_policy
from tests.world import World

TODAY = date(2026, 6, 1)


def put(world: World, day: date, **facts: Any) -> BillingPolicy:
    return world.scoped(lambda: set_billing_policy(effective_from=day, facts=facts, today=TODAY, now=world.now()))


def test_without_any_the_rules_of_the_house_hold(world: World) -> None:
    found = world.scoped(lambda: billing_policy_on(TODAY))
    assert (found.pk, found.fiscal_mode, found.grace_days, found.cut_weekdays) == (None, "aviso", 5, [0, 1, 2, 3])
    assert [step["offset"] for step in found.ladder] == [-5, -1, 0, 2, 4, 15, 30]


def test_a_change_holds_from_its_day_and_keeps_what_it_does_not_name(world: World) -> None:
    put(world, TODAY, terms_days=7)
    put(world, date(2026, 7, 1), grace_days=9)
    june, july = (world.scoped(lambda day=day: billing_policy_on(day)) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert ((june.terms_days, june.grace_days), (july.terms_days, july.grace_days)) == ((7, 5), (7, 9))


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("rep_day", {"rep_day": 6}),
        ("cut_from_hour", {"cut_from_hour": 15}),
        ("cut_weekdays", {"cut_weekdays": [7]}),
        ("ladder", {"ladder": []}),
        ("fiscal_mode", {"fiscal_mode": "x"}),
        ("colour", {"colour": "red"}),
    ],
    ids=["rep_day", "hours", "weekdays", "ladder", "mode", "unknown"],
)
def test_a_rule_that_cannot_be_kept_is_refused_at_its_field(world: World, field: str, facts: dict[str, Any]) -> None:
    with pytest.raises(BillingPolicyRefused) as refused:
        put(world, TODAY, **facts)
    assert set(refused.value.errors) == {field}
    assert world.scoped(BillingPolicy.objects.count) == 0


def test_the_past_keeps_its_rules(world: World) -> None:
    with pytest.raises(BillingPolicyRefused):
        put(world, date(2026, 5, 31), grace_days=1)

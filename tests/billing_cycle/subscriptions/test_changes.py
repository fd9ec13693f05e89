"""What befalls a subscription between two periods."""

from datetime import date
from decimal import Decimal

import pytest

from amate.billing_cycle.subscriptions.change import ChangeRefused, Wanted, change, preview_change
from amate.billing_cycle.subscriptions.charge_once import Extra, ExtraRefused, Monthly, add_on, charge_once
from amate.billing_cycle.subscriptions.models import OneOff, Period, PlannedChange, PlanPrice, Subscription, Term
from amate.billing_cycle.subscriptions.pause import PauseOf, PauseRefused, hold_days, lift_days, pause, resume
from amate.billing_cycle.subscriptions.raise_prices import Rise, RiseRefused, dry_run, raise_prices, withdraw_rise
from amate.billing_cycle.subscriptions.stop import StopRefused, stay, stop
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, SubscriptionRefused, foretell
from amate.ledger.models import Charge
from tests.billing_cycle.subscriptions.wheel import FISICA, Wheel


def day(said: str) -> date:
    return date.fromisoformat(said)


def totals(wheel: Wheel) -> list[str]:
    return [str(one) for one in wheel.look(lambda: list(Charge.objects.order_by("pk").values_list("total", flat=True)))]


def spans(wheel: Wheel) -> list[tuple[str, str, str]]:
    rows = wheel.look(lambda: list(Period.objects.order_by("k")))
    return [(str(one.starts_on), str(one.ends_on), one.state) for one in rows]


def terms(wheel: Wheel, one: Subscription) -> list[Term]:
    found: list[Term] = wheel.look(lambda: list(Term.objects.filter(subscription=one).order_by("from_on")))
    return found


def again(wheel: Wheel, one: Subscription) -> Subscription:
    found: Subscription = wheel.look(lambda: Subscription.objects.get(pk=one.pk))
    return found


def ask(wheel: Wheel, one: Subscription, wanted: Wanted, today: str) -> None:
    wheel.look(lambda: change(subscription_id=one.pk, wanted=wanted, today=day(today), now=wheel.now()))


def rest(wheel: Wheel, one: Subscription, start: str, end: str | None, *, today: str, **said: bool) -> None:
    asked = PauseOf(day(start), day(end) if end else None, **said)
    wheel.look(lambda: pause(subscription_id=one.pk, asked=asked, today=day(today), now=wheel.now()))


def back(wheel: Wheel, one: Subscription, on: str, *, today: str = "") -> None:
    facts = {"subscription_id": one.pk, "on": day(on), "today": day(today or on)}
    wheel.look(lambda: resume(**facts, now=wheel.now()))


def credits_of(wheel: Wheel) -> list[str]:
    rows = wheel.look(lambda: list(OneOff.objects.filter(is_credit=True).order_by("pk")))
    return [str(one.amount) for one in rows]


# ------------------------------------------------------------ change


def test_36_a_change_enters_with_the_next_period(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-31")
    wheel.bill("2026-01-31")
    bigger = wheel.plan("fibra", price="799.00")
    wanted = Wanted(plan_id=bigger.pk)
    seen = wheel.look(lambda: preview_change(subscription_id=one.pk, wanted=wanted, today=day("2026-02-10")))
    assert (seen.effective_on, seen.k, seen.before, seen.after) == (
        day("2026-02-28"), 1, Decimal("599.00"), Decimal("799.00"),
    )  # fmt: skip
    wheel.look(lambda: change(subscription_id=one.pk, wanted=wanted, today=day("2026-02-10"), now=wheel.now()))
    wheel.bill("2026-03-31")
    assert totals(wheel) == ["599.00", "799.00", "799.00"]
    assert [span[0] for span in spans(wheel)] == ["2026-01-31", "2026-02-28", "2026-03-31"], "the day stays the 31st"


def test_two_upgrades_in_a_day_add_up(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    for key, price in (("b", "600.00"), ("c", "900.00")):
        wanted = Wanted(plan_id=wheel.plan(key, price=price).pk, at_once=True)
        wheel.look(
            lambda wanted=wanted: change(
                subscription_id=one.pk, wanted=wanted, today=day("2026-06-16"), now=wheel.now()
            )
        )
    wheel.bill("2026-06-16")
    assert totals(wheel) == ["300.00", "150.00", "150.00"], "half a month of 300 each, as one upgrade from 300 to 900"
    wheel.bill("2026-07-01")
    assert totals(wheel)[-1] == "900.00"


def test_paying_less_at_once_is_refused_and_enters_with_the_next_period(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")
    wheel.bill("2026-06-01")
    cheaper = wheel.plan("basico", price="199.00")

    def ask(at_once: bool) -> None:
        wanted = Wanted(plan_id=cheaper.pk, at_once=at_once)
        wheel.look(lambda: change(subscription_id=one.pk, wanted=wanted, today=day("2026-06-10"), now=wheel.now()))

    with pytest.raises(ChangeRefused):
        ask(True)
    ask(False)
    wheel.bill("2026-07-01")
    assert totals(wheel) == ["599.00", "199.00"]


def test_another_frequency_begins_where_the_last_period_ends_and_k_goes_on(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-31")
    wheel.bill("2026-01-31")
    yearly = wheel.plan("anual", price="5990.00", unit="year")
    wheel.look(
        lambda: change(
            subscription_id=one.pk, wanted=Wanted(plan_id=yearly.pk), today=day("2026-02-01"), now=wheel.now()
        )
    )
    wheel.bill("2027-02-28")
    assert spans(wheel)[1:] == [("2026-02-28", "2027-02-28", "charged"), ("2027-02-28", "2028-02-28", "charged")]
    assert again(wheel, one).next_k == 3


def test_a_second_change_for_the_same_day_takes_the_place_of_the_first(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-31")
    wheel.bill("2026-01-31")
    for quantity in ("2", "3"):
        wanted = Wanted(quantity=Decimal(quantity))
        wheel.look(
            lambda wanted=wanted: change(
                subscription_id=one.pk, wanted=wanted, today=day("2026-02-10"), now=wheel.now()
            )
        )
    wheel.bill("2026-02-28")
    assert totals(wheel) == ["599.00", "1797.00"]
    assert wheel.look(lambda: Term.objects.filter(subscription=one).count()) == 2


def test_an_upgrade_that_was_paid_is_not_charged_again_by_the_next(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    for key, price, at_once in (("b", "600.00", True), ("c", "450.00", False), ("d", "900.00", True)):
        wanted = Wanted(plan_id=wheel.plan(key, price=price).pk, at_once=at_once)
        ask(wheel, one, wanted, "2026-06-16")
    wheel.bill("2026-06-16")
    assert totals(wheel) == ["300.00", "150.00", "150.00"], "half a month from 300 to 600, and from 600 to 900"


# ------------------------------------------------------------ pause


def test_31_a_pause_gives_back_its_days_on_the_next_charge(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(includes_tax=False), "2026-06-01")
    wheel.bill("2026-06-01")
    asked = PauseOf(day("2026-06-11"), day("2026-06-21"))
    wheel.look(lambda: pause(subscription_id=one.pk, asked=asked, today=day("2026-06-10"), now=wheel.now()))
    credit = wheel.look(lambda: OneOff.objects.get(is_credit=True))
    assert credit.amount == Decimal("199.67")
    wheel.bill("2026-07-01")
    last = wheel.look(lambda: Charge.objects.order_by("pk").last())
    assert last.total - last.iva == Decimal("399.33")
    assert wheel.look(lambda: OneOff.objects.get(pk=credit.pk)).used == Decimal("199.67")


def test_a_period_wholly_in_a_pause_is_skipped_and_the_day_stays(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-31")
    wheel.bill("2026-01-31")
    asked = PauseOf(day("2026-02-28"), day("2026-03-31"))
    wheel.look(lambda: pause(subscription_id=one.pk, asked=asked, today=day("2026-02-01"), now=wheel.now()))
    wheel.bill("2026-03-31")
    assert spans(wheel)[1:] == [("2026-02-28", "2026-03-31", "skipped"), ("2026-03-31", "2026-04-30", "charged")]


def test_a_pause_that_moves_the_day_begins_a_new_calendar(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    asked = PauseOf(day("2026-06-11"), None, moves_anchor=True)
    wheel.look(lambda: pause(subscription_id=one.pk, asked=asked, today=day("2026-06-11"), now=wheel.now()))
    assert wheel.bill("2026-08-01").charges == 0
    wheel.look(lambda: resume(subscription_id=one.pk, on=day("2026-08-10"), today=day("2026-08-10"), now=wheel.now()))
    wheel.bill("2026-09-10")
    assert spans(wheel) == [
        ("2026-06-01", "2026-06-11", "charged"),
        ("2026-08-10", "2026-09-10", "charged"),
        ("2026-09-10", "2026-10-10", "charged"),
    ]
    assert totals(wheel) == ["300.00", "100.00", "300.00"], "twenty of thirty days came back"


def test_who_goes_on_in_the_middle_of_a_period_pays_what_is_left_of_it(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01")
    wheel.look(
        lambda: pause(
            subscription_id=one.pk, asked=PauseOf(day("2026-06-01"), None), today=day("2026-06-01"), now=wheel.now()
        )
    )
    wheel.bill("2026-06-01")
    assert spans(wheel) == [("2026-06-01", "2026-07-01", "skipped")]
    wheel.look(lambda: resume(subscription_id=one.pk, on=day("2026-06-21"), today=day("2026-06-21"), now=wheel.now()))
    wheel.bill("2026-06-21")
    assert totals(wheel) == ["100.00"]


@pytest.mark.parametrize(("free", "credit", "charged"), [(True, "400.00", "200.00"), (False, "200.00", "400.00")])
def test_a_planned_pause_that_moves_the_day_charges_no_day_twice(
    wheel: Wheel, free: bool, credit: str, charged: str
) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="600.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-05", moves_anchor=True, credits=free)
    wheel.bill("2026-06-21")
    assert spans(wheel) == [("2026-06-01", "2026-06-11", "charged"), ("2026-06-21", "2026-07-21", "charged")]
    assert credits_of(wheel) == [credit], "the last ten days of June are in the new period"
    assert totals(wheel) == ["600.00", charged]


def test_a_planned_pause_that_is_taken_back_charges_no_day_twice(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="600.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-05", moves_anchor=True, credits=False)
    back(wheel, one, "2026-06-06")
    wheel.bill("2026-06-11")
    assert credits_of(wheel) == ["200.00", "200.00"]
    assert spans(wheel)[1:] == [("2026-06-11", "2026-07-11", "charged")]
    assert totals(wheel) == ["600.00", "200.00"]


def test_an_open_pause_without_credit_gives_back_what_the_new_calendar_charges(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="600.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    rest(wheel, one, "2026-06-11", None, today="2026-06-11", moves_anchor=True, credits=False)
    assert credits_of(wheel) == []
    back(wheel, one, "2026-06-21")
    assert credits_of(wheel) == ["200.00"]


def test_what_runs_before_a_pause_that_moves_the_day_is_billed(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="310.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    rest(wheel, one, "2026-08-11", "2026-08-21", today="2026-06-05", moves_anchor=True)
    wheel.bill("2026-08-21")
    assert [span[:2] for span in spans(wheel)] == [
        ("2026-06-01", "2026-07-01"), ("2026-07-01", "2026-08-01"), ("2026-08-01", "2026-08-11"),
        ("2026-08-21", "2026-09-21"),
    ]  # fmt: skip
    assert totals(wheel) == ["310.00", "310.00", "100.00", "310.00"]


def test_what_was_decided_for_after_a_pause_goes_with_its_end(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-05", moves_anchor=True)
    ask(wheel, one, Wanted(plan_id=wheel.plan("fibra", price="500.00").pk), "2026-06-06")
    ask(wheel, one, Wanted(quantity=Decimal(2)), "2026-06-22")
    assert [str(term.from_on) for term in terms(wheel, one)] == ["2026-06-01", "2026-06-21", "2026-07-21"]
    back(wheel, one, "2026-06-16")
    assert [str(term.from_on) for term in terms(wheel, one)] == ["2026-06-01", "2026-06-16", "2026-07-16"]
    told = wheel.look(lambda: list(PlannedChange.objects.order_by("pk").values_list("effective_on", flat=True)))
    assert told == [day("2026-06-16"), day("2026-07-16")]
    wheel.bill("2026-07-16")
    assert totals(wheel) == ["300.00", "300.00", "1000.00"], "500 less the twenty days of June that were paid; then two"


def test_who_was_charged_for_his_return_returns_on_that_day(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(lead_days=5), "2026-06-01")
    wheel.bill("2026-06-01")
    rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-11", moves_anchor=True)
    wheel.bill("2026-06-16")
    with pytest.raises(PauseRefused):
        back(wheel, one, "2026-06-18")


def test_half_months_keep_their_days(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(unit="semimonth"), "2026-06-01")
    with pytest.raises(PauseRefused):
        rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-11", moves_anchor=True)


@pytest.mark.parametrize("first", [True, False])
def test_going_on_costs_what_the_pause_gave_back_under_the_same_discount(wheel: Wheel, first: bool) -> None:
    """`first`: it was billed before the pause was asked for; else without its days."""
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="600.00"), "2026-06-01")
    half = Monthly("Promoción", day("2026-06-01"), percent=Decimal(50), is_discount=True)
    wheel.look(lambda: add_on(subscription_id=one.pk, monthly=half, now=wheel.now()))
    if first:
        wheel.bill("2026-06-01")
    rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-01")
    if not first:
        wheel.bill("2026-06-01")
    back(wheel, one, "2026-06-11")
    wheel.bill("2026-06-11")
    assert totals(wheel) == (["300.00", "100.00"] if first else ["200.00", "100.00"])
    assert credits_of(wheel) == (["100.00"] if first else [])


def test_a_discount_of_so_much_is_taken_off_once(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="600.00"), "2026-06-01")
    less = Monthly("Promoción", day("2026-06-01"), amount=Decimal("50.00"), is_discount=True)
    wheel.look(lambda: add_on(subscription_id=one.pk, monthly=less, now=wheel.now()))
    rest(wheel, one, "2026-06-11", "2026-06-21", today="2026-06-01")
    wheel.bill("2026-06-01")
    back(wheel, one, "2026-06-16")
    wheel.bill("2026-06-16")
    assert totals(wheel) == ["350.00", "100.00"]


def test_pauses_do_not_overlap(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")

    def ask(start: str, end: str | None) -> None:
        asked = PauseOf(day(start), day(end) if end else None)
        wheel.look(lambda: pause(subscription_id=one.pk, asked=asked, today=day("2026-06-01"), now=wheel.now()))

    ask("2026-07-10", "2026-07-20")
    with pytest.raises(PauseRefused):
        ask("2026-07-19", None)
    ask("2026-07-20", None)


@pytest.mark.parametrize(("rule", "charged"), [("yes", ["300.00"]), ("no", []), ("partial", ["100.00"])])
def test_what_a_suspension_costs_is_the_policys_to_say(wheel: Wheel, rule: str, charged: list[str]) -> None:
    wheel.policy(bill_while_suspended=rule)
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01", today="2026-05-20")
    wheel.look(lambda: hold_days(subscription_id=one.pk, on=day("2026-05-25"), reason="falta de pago", now=wheel.now()))
    wheel.bill("2026-06-01")
    wheel.bill("2026-06-15")
    lift = {"subscription_id": one.pk, "on": day("2026-06-21"), "today": day("2026-06-21")}
    wheel.look(lambda: lift_days(**lift, now=wheel.now()))
    wheel.bill("2026-06-21")
    assert totals(wheel) == charged


# ------------------------------------------------------------ extras


def test_what_is_charged_once_is_charged_once(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(setup_fee="500.00"), "2026-06-01")
    extra = Extra(key="visita:7", concept="Visita técnica", amount=Decimal("250.00"), on=day("2026-06-10"))
    for _ in range(2):
        wheel.look(lambda: charge_once(subscription_id=one.pk, extra=extra, today=day("2026-06-01"), now=wheel.now()))
    for when in ("2026-06-01", "2026-06-09", "2026-06-10", "2026-06-11", "2026-07-01"):
        wheel.bill(when)
    assert totals(wheel) == ["599.00", "500.00", "250.00", "599.00"]


def test_an_extra_of_a_first_period_that_is_cut_short_costs_its_days(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="310.00", cut_day=1), "2026-01-20")
    fixed = Monthly("IP fija", day("2026-01-20"), amount=Decimal("31.00"))
    wheel.look(lambda: add_on(subscription_id=one.pk, monthly=fixed, now=wheel.now()))
    for when in ("2026-01-20", "2026-02-01"):
        wheel.bill(when)
    assert sorted(totals(wheel)) == ["12.00", "120.00", "31.00", "310.00"]


def test_a_discount_stops_on_its_day_by_itself_and_an_extra_goes_with_it(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="400.00"), "2026-06-01")
    promo = Monthly("Promoción", day("2026-06-01"), day("2026-08-01"), percent=Decimal(50), is_discount=True)
    line = Monthly("Segunda línea de {mes}", day("2026-07-01"), amount=Decimal("80.00"))
    for monthly in (promo, line):
        wheel.look(lambda monthly=monthly: add_on(subscription_id=one.pk, monthly=monthly, now=wheel.now()))
    for when in ("2026-06-01", "2026-07-01", "2026-08-01"):
        wheel.bill(when)
    rows = wheel.look(lambda: list(Charge.objects.order_by("pk").values_list("source_key", "total", "concept")))
    assert sorted(str(total) for key, total, _ in rows if key.startswith("period")) == ["200.00", "200.00", "400.00"]
    assert [concept for key, _, concept in rows if key.startswith("addon")] == [
        "Segunda línea de julio", "Segunda línea de agosto",
    ]  # fmt: skip


def test_a_discount_of_everything_charges_nothing_and_the_period_is_done(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")
    free = Monthly("Cortesía", day("2026-06-01"), percent=Decimal(100), is_discount=True)
    wheel.look(lambda: add_on(subscription_id=one.pk, monthly=free, now=wheel.now()))
    assert wheel.bill("2026-06-01").charges == 0
    assert spans(wheel) == [("2026-06-01", "2026-07-01", "waived")]


def test_an_extra_that_says_nothing_is_refused(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")
    for extra in (Extra("a", "", Decimal(1), day("2026-06-01")), Extra("b", "x", Decimal(0), day("2026-06-01"))):
        with pytest.raises(ExtraRefused):
            wheel.look(
                lambda extra=extra: charge_once(
                    subscription_id=one.pk, extra=extra, today=day("2026-06-01"), now=wheel.now()
                )
            )


# ------------------------------------------------------------ stop


def test_who_leaves_on_a_day_pays_the_days_until_then(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00"), "2026-06-01")
    wheel.bill("2026-06-01")
    facts = {"subscription_id": one.pk, "on": day("2026-07-11"), "reason": "Se muda", "today": day("2026-06-15")}
    wheel.look(lambda: stop(**facts, now=wheel.now()))
    wheel.bill("2026-07-01")
    assert totals(wheel) == ["300.00", "96.77"], "ten of July's thirty-one days"
    wheel.bill("2026-07-10")
    assert again(wheel, one).state == "active"
    wheel.bill("2026-07-11")
    assert again(wheel, one).state == "ended"
    assert wheel.bill("2027-01-01").charges == 0


def test_who_leaves_when_his_period_is_over_is_billed_no_more_and_may_stay(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")
    wheel.bill("2026-06-01")
    facts = {"subscription_id": one.pk, "today": day("2026-06-15")}
    wheel.look(lambda: stop(**facts, on=None, reason="Cierra", now=wheel.now()))
    assert (again(wheel, one).ends_on, again(wheel, one).next_on) == (day("2026-07-01"), day("2026-07-01"))
    wheel.look(lambda: stay(**facts, now=wheel.now()))
    wheel.bill("2026-07-01")
    assert totals(wheel) == ["599.00", "599.00"]


def test_who_leaves_today_is_cancelled_with_a_reason(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")
    wheel.bill("2026-06-01")
    facts = {"subscription_id": one.pk, "on": day("2026-06-15"), "today": day("2026-06-15")}
    with pytest.raises(StopRefused):
        wheel.look(lambda: stop(**facts, reason=" ", now=wheel.now()))
    wheel.look(lambda: stop(**facts, reason="Se fue", now=wheel.now()))
    found = again(wheel, one)
    assert (found.state, found.state_reason, found.next_on) == ("cancelled", "Se fue", None)
    assert wheel.bill("2026-07-01").charges == 0


@pytest.mark.parametrize(("in_advance", "on"), [(False, "2026-06-15"), (False, None), (True, "2026-06-15")])
def test_who_leaves_today_is_billed_the_days_he_was_served(wheel: Wheel, in_advance: bool, on: str | None) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(price="300.00", in_advance=in_advance), "2026-06-01")
    facts = {"subscription_id": one.pk, "today": day("2026-06-15"), "reason": "Se fue"}
    wheel.look(lambda: stop(**facts, on=day(on) if on else None, now=wheel.now()))
    assert again(wheel, one).ends_on == day("2026-06-15")
    wheel.bill("2026-06-15")
    assert totals(wheel) == ["140.00"], "fourteen of June's thirty days"
    assert again(wheel, one).state == "ended"
    assert wheel.bill("2026-09-01").charges == 0


def test_who_leaves_today_with_too_much_to_bill_is_looked_at_first(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(unit="week"), "2025-01-01")
    facts = {"subscription_id": one.pk, "on": day("2026-06-15"), "today": day("2026-06-15")}
    wheel.look(lambda: stop(**facts, reason="Se fue", now=wheel.now()))
    assert again(wheel, one).state == "active"
    assert wheel.bill("2026-06-15").parked == 1


def test_who_leaves_today_still_owes_what_was_done_for_him(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-06-01")
    wheel.bill("2026-06-01")
    for key, when in (("visita", "2026-06-15"), ("futuro", "2026-09-01")):
        extra = Extra(key=key, concept="Visita", amount=Decimal("100.00"), on=day(when))
        wheel.look(
            lambda extra=extra: charge_once(
                subscription_id=one.pk, extra=extra, today=day("2026-06-15"), now=wheel.now()
            )
        )
    facts = {"subscription_id": one.pk, "on": day("2026-06-15"), "today": day("2026-06-15")}
    wheel.look(lambda: stop(**facts, reason="Se fue", now=wheel.now()))
    wheel.bill("2026-06-15")
    assert totals(wheel) == ["599.00", "100.00"]
    assert again(wheel, one).state == "ended"
    assert wheel.bill("2026-09-01").charges == 0


# ------------------------------------------------------------ prices


def test_a_rise_is_seen_first_enters_on_its_day_and_is_taken_back_before_it(wheel: Wheel) -> None:
    plan = wheel.plan(price="599.00")
    wheel.subscribe(wheel.customer("Uno"), plan, "2026-06-15", quantity=Decimal(2))
    wheel.subscribe(wheel.customer("Dos"), plan, "2026-06-15", price=Decimal("450.00"))
    rise = Rise([plan.pk], day("2026-07-15"), percent=Decimal("5.5"))
    [seen] = wheel.look(lambda: dry_run(rise=rise, today=day("2026-06-15")))
    assert (seen.after, seen.subscriptions, seen.units, seen.with_own_price) == (Decimal("631.95"), 1, Decimal(2), 1)
    assert wheel.look(PlanPrice.objects.count) == 1
    first = wheel.look(lambda: raise_prices(rise=rise, today=day("2026-06-15"), now=wheel.now()))
    assert (first.before, first.after) == (Decimal("1198.00"), Decimal("1263.90"))
    wheel.look(lambda: withdraw_rise(rise_id=first.pk, today=day("2026-06-20"), now=wheel.now()))
    assert wheel.look(PlanPrice.objects.count) == 1
    second = wheel.look(lambda: raise_prices(rise=rise, today=day("2026-06-20"), now=wheel.now()))
    wheel.bill("2026-07-15")
    assert sorted(totals(wheel)) == ["1198.00", "1263.90", "450.00", "450.00"]
    with pytest.raises(RiseRefused):
        wheel.look(lambda: withdraw_rise(rise_id=second.pk, today=day("2026-07-15"), now=wheel.now()))


def test_a_rise_of_yesterday_or_twice_is_refused(wheel: Wheel) -> None:
    plan = wheel.plan()
    rise = Rise([plan.pk], day("2026-07-15"), percent=Decimal(5))
    with pytest.raises(RiseRefused):
        wheel.look(lambda: dry_run(rise=rise, today=day("2026-07-15")))
    wheel.look(lambda: raise_prices(rise=rise, today=day("2026-06-15"), now=wheel.now()))
    with pytest.raises(RiseRefused):
        wheel.look(lambda: raise_prices(rise=rise, today=day("2026-06-15"), now=wheel.now()))


# ------------------------------------------------------------ begin


def test_the_same_wish_is_one_subscription(wheel: Wheel) -> None:
    customer, plan = wheel.customer(), wheel.plan()
    first = wheel.subscribe(customer, plan, "2026-06-01", wish="abc")
    assert wheel.subscribe(customer, plan, "2026-06-01", wish="abc").pk == first.pk


def test_it_says_before_it_begins_what_will_happen(wheel: Wheel) -> None:
    asked = NewSubscription(
        customer_id=wheel.customer().pk, branch_id=wheel.world.shop.branch.pk, plan_id=wheel.plan().pk,
        starts_on=day("2026-11-15"), cycles=12,
    )  # fmt: skip
    told = wheel.look(lambda: foretell(asked=asked, today=day("2026-11-01")))
    assert told.sentence == (
        "Cada mes, el día 15, desde el 15 de noviembre de 2026 hasta el 14 de noviembre de 2027: 12 cobros"
    )
    assert told.next_on == day("2026-11-15")
    assert told.concepts == ("Internet de noviembre", "Internet de diciembre", "Internet de enero")
    assert wheel.look(Subscription.objects.count) == 0


def test_what_could_never_be_billed_is_refused_at_its_field(wheel: Wheel) -> None:
    customer, plan = wheel.customer(), wheel.plan(valid_from="2026-06-01")
    for field, said in {
        "quantity": {"quantity": Decimal(0)},
        "cycles": {"cycles": 3, "first_k": 3},
        "ends_on": {"ends_on": day("2026-06-01")},
        "branch_id": {"branch_id": 0},
        "customer_id": {"fiscal_mode": "ppd"},
    }.items():
        with pytest.raises(SubscriptionRefused) as refused:
            wheel.subscribe(customer, plan, "2026-06-01", **said)
        assert field in refused.value.errors
    with pytest.raises(SubscriptionRefused) as refused:
        wheel.subscribe(customer, plan, "2026-05-31")
    assert "precio" in refused.value.errors["plan_id"]
    assert wheel.subscribe(wheel.customer(fiscal=FISICA), plan, "2026-06-01", fiscal_mode="ppd").state == "active"

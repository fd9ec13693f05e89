"""Globals that make themselves: once a period, after its close, before noon; what fails is told and tried again."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from amate.companies.models import Emisor
from amate.fiscal.global_period import period_of
from amate.invoices.models import Invoice, Kind, Origin, State
from amate.papers.dates import short
from amate.self_invoicing.close_period import close_period
from amate.self_invoicing.global_calendar import outlived
from amate.self_invoicing.globals_due import globals_due
from amate.self_invoicing.models import GlobalSchedule
from amate.self_invoicing.rules import Window, deadline_of
from amate.self_invoicing.schedule_globals import BY_HAND, ScheduleRefused, schedule_globals
from amate.worker.of_a_day import OF_A_DAY
from tests.invoices.month import goes_to, goes_to_next_month

ZONE = ZoneInfo("America/Mexico_City")


def schedule(world: Any, periodicidad: str, hour: int = 9) -> None:
    branch = world.shop.branch.pk
    world.scoped(lambda: schedule_globals(branch_id=branch, periodicidad=periodicidad, hour=hour, now=world.now()))


def beat(world: Any) -> list[Invoice]:
    """The globals that there are after it."""

    def act() -> list[Invoice]:
        OF_A_DAY["globals"](world.now())
        return list(Invoice.objects.filter(kind=Kind.GLOBAL).order_by("pk"))

    return world.scoped(act)  # type: ignore[no-any-return]


def marks(world: Any) -> list[str]:
    return [one.mark for one in world.scoped(lambda: globals_due(now=world.now()))]


def kept(world: Any) -> GlobalSchedule:
    return world.scoped(lambda: GlobalSchedule.objects.get())  # type: ignore[no-any-return]


def test_each_day_is_closed_once_on_the_next_one_from_its_hour_on(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    own, *free = [world.sale() for _ in range(3)]
    world.claim(own)
    schedule(world, "01")
    assert beat(world) == [], "the day is not over"
    goes_to(world, day + timedelta(days=1), hour=8)
    assert beat(world) == [], "its hour has not come"
    assert marks(world) == [], "it is the machine's work until noon"
    goes_to(world, day + timedelta(days=1), hour=9)
    (made,) = beat(world)
    world.settle()
    assert (made.origin, made.period_from, made.total) == (Origin.SYSTEM, day, sum(one.total for one in free))
    assert world.invoice(made).state == State.STAMPED
    later = world.sale()
    goes_to(world, day + timedelta(days=1), hour=11)
    assert beat(world) == [made], "today's sale waits for its own day"
    goes_to(world, day + timedelta(days=2), hour=9)
    second = beat(world)[1]
    assert (second.period_from, second.total) == (day + timedelta(days=1), later.total)
    assert kept(world).done_on == day + timedelta(days=2)
    schedule(world, BY_HAND)
    world.sale()
    goes_to(world, day + timedelta(days=3), hour=10)
    assert len(beat(world)) == 2, "by hand again"


def test_what_cannot_be_made_says_why_is_told_at_noon_and_made_later(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    schedule(world, "01")
    world.sale()
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    goes_to(world, day + timedelta(days=1), hour=9)
    assert beat(world) == []
    assert kept(world).trouble
    assert kept(world).done_on is None
    goes_to(world, day + timedelta(days=1), hour=12)
    assert marks(world) == ["soon"]
    goes_to(world, day + timedelta(days=2), hour=1)
    assert marks(world) == ["late"]
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=False))
    goes_to(world, day + timedelta(days=2), hour=9)
    assert [one.period_from for one in beat(world)] == [day]
    assert (kept(world).trouble, marks(world)) == ("", [])


def test_a_month_is_closed_with_its_first_days_too(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    world.sale()
    schedule(world, "04", hour=1)
    assert kept(world).starts_on == day.replace(day=1)
    goes_to(world, day + timedelta(days=5))
    world.sale()
    assert beat(world) == []
    first = (day + timedelta(days=32)).replace(day=1)
    goes_to(world, first, hour=1)
    (made,) = beat(world)
    assert (made.period_from, made.period_to, len(made.lines)) == (day.replace(day=1), first - timedelta(days=1), 2)


def test_going_from_months_to_days_loses_no_day(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    sold = world.sale()
    schedule(world, "04")
    goes_to(world, day + timedelta(days=5))
    schedule(world, "01")
    assert kept(world).starts_on == day.replace(day=1)
    goes_to(world, day + timedelta(days=6), hour=9)
    (made,) = beat(world)
    assert (made.periodicidad, made.period_from, made.total) == ("01", day, sold.total)
    world.settle()
    schedule(world, "04", hour=3)
    assert kept(world).starts_on == day.replace(day=1), "the month that runs"
    schedule(world, "01", hour=3)
    assert kept(world).starts_on == day + timedelta(days=1), "the day after the last one made"


def test_a_period_that_failed_is_told_though_the_next_one_was_made(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    schedule(world, "01")
    world.sale()
    goes_to(world, day + timedelta(days=1), hour=1)
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    goes_to(world, day + timedelta(days=1), hour=10)
    assert beat(world) == []
    world.sale()
    branch, close = world.shop.branch.pk, period_of(day + timedelta(days=1), periodicidad="01")
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=False))
    goes_to(world, day + timedelta(days=2), hour=8)
    world.scoped(lambda: close_period(branch_id=branch, period=close, seen=None, origin=Origin.OFFICE, now=world.now()))
    assert [one.day for one in world.scoped(lambda: globals_due(now=world.now()))] == [day + timedelta(days=1)]
    goes_to(world, day + timedelta(days=2), hour=9)
    assert [one.period_from for one in beat(world)] == [day + timedelta(days=1), day]
    assert marks(world) == []


def test_a_schedule_half_a_year_old_still_has_its_alarm(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    schedule(world, "01")
    goes_to(world, day + timedelta(days=180), hour=10)
    assert beat(world) == []
    world.sale()
    goes_to(world, day + timedelta(days=181), hour=13)
    assert marks(world) == ["soon"], "the worker was away since yesterday"


def test_what_the_law_lacks_is_refused(world: Any) -> None:
    for periodicidad, hour, word in (("05", 9, "621"), ("09", 9, "cada cuánto"), ("01", 12, "de 1 a 11")):
        with pytest.raises(ScheduleRefused, match=word):
            schedule(world, periodicidad, hour)
    assert world.scoped(lambda: GlobalSchedule.objects.count()) == 0


def test_the_calendar_proves_what_every_day_of_a_year_does() -> None:
    dice = random.Random(45)
    told = set()
    for _ in range(40):
        days = dice.choice([None, 0, 1, 5, 15, 30, 60])
        month_end = days is None or dice.random() < 0.5
        window = Window(days, month_end, dice.choice([0, 0, 3, 10]) if month_end else 0)
        periodicidad, hour = dice.choice(["01", "02", "03", "04", "05"]), dice.randrange(1, 12)
        since = date(2026, 1, 1) + timedelta(days=dice.randrange(700))
        found = outlived(window=window, periodicidad=periodicidad, hour=hour, zone=ZONE, since=since)
        late = []
        for ahead in range(366):
            sold_at = datetime.combine(since + timedelta(days=ahead), time(12), tzinfo=ZONE)
            close = period_of(sold_at.date(), periodicidad=periodicidad).last + timedelta(days=1)
            over = deadline_of(sold_at=sold_at, window=window, zone=ZONE)
            if over >= datetime.combine(close, time(hour), tzinfo=ZONE):
                late.append(over.date() - close)
        assert (found is None) == (not late)
        if found is not None:
            assert found.deadline.date() - found.made_at.date() == max(late)
        told.add(found is None)
    assert told == {True, False}


def test_it_is_set_in_ajustes_which_says_what_it_means(world: Any) -> None:
    client = world.log_in()
    page = f"{world.shop.office}ajustes/globales/"
    name = f"b{world.shop.branch.pk}"
    shown = world.inside(lambda: client.get(page)).content.decode()
    assert "A mano" in shown
    assert "(opcional)" not in shown
    assert 'value="05"' not in shown
    assert world.inside(lambda: client.post(page, {name: "09", "hour": "9"})).status_code == 422
    assert world.inside(lambda: client.post(page, {name: "01", "hour": "7"})).status_code == 302
    assert (kept(world).periodicidad, kept(world).hour) == ("01", 7)
    told = world.inside(lambda: client.get(page)).content.decode()
    assert f"Van las ventas desde el {short(world.today())}" in told
    assert "una nota de crédito saca su compra de la global" in told
    old = world.inside(lambda: client.post(page, {name: "04", "hour": "9", "version": "of-another"}))
    assert (old.status_code, kept(world).periodicidad) == (422, "01")
    assert "alguien cambió estas reglas" in old.content.decode()
    world.scoped(lambda: GlobalSchedule.objects.update(trouble="No hay sello."))
    assert "No hay sello." in world.inside(lambda: client.get(page)).content.decode()
    assert world.inside(lambda: client.post(page, {name: BY_HAND, "hour": "7"})).status_code == 302
    assert kept(world).stopped_at is not None

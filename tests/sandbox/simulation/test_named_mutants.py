"""The product made wrong in one place, as CYCLE 9.2 names it: days of London, orders without a number, nobody looks before he
cuts, what was sent is sealed again, reminders that count runs, money in floats. Each is seen by the check of what it breaks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from amate.billing_cycle.collection import cuts, remind, suspend, warned
from amate.billing_cycle.collection.rules import Debt, Stand, Step
from amate.billing_cycle.service import want
from amate.billing_cycle.subscriptions import bill, orders
from amate.companies import day as days
from amate.invoices.models import Invoice, State
from amate.ledger.charge import ChargeOf, Order
from amate.sandbox.simulation import company, outside
from amate.sandbox.simulation.company import QUICK
from amate.sandbox.simulation.faults import Faults
from amate.sandbox.simulation.run import STARTS
from amate.worker import collection, stamps
from amate.worker import orders as switches
from amate.worker.of_a_day import OF_A_DAY
from tests import database
from tests.sandbox.simulation.test_mutants import lived

Patch = pytest.MonkeyPatch
A_DAY = timedelta(days=1)


def test_charges_of_each_run_due_a_day_late_iva_of_floats_and_reminders_that_count_runs_are_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    charged, fell_due, told = bill.charge_customers, orders.due_on, Counter[int]()

    def one_more(debt: Debt, ladder: Sequence[Step], **_: Any) -> Step:
        told[debt.id] += 1
        return sorted(ladder, key=lambda step: step.offset)[min(told[debt.id], len(ladder)) - 1]

    def of_floats(one: ChargeOf) -> ChargeOf:
        base = round(float(one.total) / 1.16, 2)
        return replace(one, iva=Decimal(str(round(base * 0.16, 2))))

    def under_another_key(order: Order, at: datetime) -> Order:
        return replace(order, charges=[replace(one, source_key=f"{one.source_key} {at}") for one in order.charges])

    def charge(made_of: Sequence[Order], *, today: date, now: datetime) -> Any:
        rounded = [replace(order, charges=[of_floats(one) for one in order.charges]) for order in made_of]
        made = charged(rounded, today=today, now=now)
        charged([under_another_key(order, now) for order in rounded], today=today, now=now)
        return made

    monkeypatch.setattr(bill, "charge_customers", charge)
    monkeypatch.setattr(orders, "due_on", lambda **said: fell_due(**said) + A_DAY)
    monkeypatch.setattr(remind, "rung_of", one_more)
    broken = lived(minted_then, days=9, customers=4).broken
    charges = {"I2_charged_beside_the_periods", "I2_amounts", "I3_due_days"}
    assert {*charges, "I18_rung_before_its_day"} <= broken.keys(), broken


def test_days_that_are_counted_in_utc_are_caught(committed: str, minted_then: Any, monkeypatch: Patch) -> None:
    monkeypatch.setattr(days, "zone_of_company", lambda: ZoneInfo("UTC"))
    broken = lived(minted_then, days=9, customers=4).broken
    assert "I2_I3_I23_periods" in broken, broken


def test_orders_without_a_number_and_cuts_without_grace_are_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    written = want.rewrite

    def without_a_number(row: Any, **facts: Any) -> None:
        written(row, **{**facts, "gen": row.gen})

    def always_warned(stands: Iterable[Stand]) -> dict[int, warned.Warned]:
        return {debt.id: warned.Warned(STARTS, STARTS) for stand in stands for debt in stand.cuttable}

    async def looks_nowhere(*_: object) -> bool:  # it would find the difference, and order again
        return False

    monkeypatch.setattr(want, "rewrite", without_a_number)
    monkeypatch.setattr(switches, "observe", looks_nowhere)
    monkeypatch.setattr(Debt, "first_day_of_cut", lambda debt, grace_days: debt.late_since + A_DAY)
    for place in (cuts, suspend):
        monkeypatch.setattr(place, "warnings_of", always_warned)
    broken = lived(minted_then, pace=replace(QUICK, shares={"slow": 1, "never": 1})).broken
    assert {"I17_served_as_wanted", "I14_cut_without_cause"} <= broken.keys(), broken


def test_who_is_cut_although_the_provider_has_his_money_is_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    """No notice arrives. Whoever asks before he cuts hears of the money; whoever does not, cuts those who paid."""
    monkeypatch.setattr(outside, "LOST_NOTICES", 1.0)
    late = replace(QUICK, shares={"late": 1})
    assert lived(minted_then, pace=late, days=12, customers=4, probability=0.001).paid_but_suspended == 0
    database.empty(committed)

    async def asks_nobody(plugs: Any, _: Any) -> tuple[tuple[str, ...], datetime]:
        return (), plugs.clock()

    monkeypatch.setattr(collection, "_look", asks_nobody)
    monkeypatch.setitem(OF_A_DAY, "money", lambda now: None)  # type: ignore[index]
    assert lived(minted_then, pace=late, days=12, customers=4, probability=0.001).paid_but_suspended > 0


def test_what_may_be_stamped_and_is_sealed_again_is_caught(
    committed: str, minted_then: Any, monkeypatch: Patch
) -> None:
    """An answer is lost; other bytes make another UUID."""
    monkeypatch.setattr(company, "INVOICED_FIRST", 100)
    prepared = stamps.prepare_stamp

    def sealed_again(*, invoice_id: int, **said: Any) -> Any:
        invoice: Invoice = Invoice.locked(invoice_id)
        if invoice.state in (State.SENDING, State.UNKNOWN):
            invoice.move_to(State.DRAFT)
        return prepared(invoice_id=invoice_id, **said)

    calls = count()
    monkeypatch.setattr(Faults, "of_a_call", lambda _, place: "silent" if place == "pac" and next(calls) % 2 else "")
    monkeypatch.setattr(stamps, "prepare_stamp", sealed_again)
    broken = lived(minted_then, days=9, customers=4).broken
    assert "I4_stamps_are_ours" in broken, broken

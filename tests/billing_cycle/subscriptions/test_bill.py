"""Billing: each period once, oldest first, in the document that its mode says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from amate.billing_cycle.subscriptions import bill
from amate.billing_cycle.subscriptions.models import Parking, Period, Subscription
from amate.customers.models import FiscalProfile
from amate.fiscal.comprobante import DocumentRefused
from amate.invoices.issue_many import DraftOf, issue_many
from amate.invoices.models import Invoice, Origin
from amate.ledger.models import Charge, Receivable
from amate.promises.models import Promise
from amate.tenancy.scope import company_scope
from tests.billing_cycle.subscriptions.wheel import FISICA, MORAL, Wheel


def periods(wheel: Wheel, one: Subscription) -> list[tuple[int, str, str, str]]:
    rows = wheel.look(lambda: list(Period.objects.filter(subscription=one).order_by("k")))
    return [(row.k, str(row.starts_on), str(row.ends_on), row.state) for row in rows]


def debts(wheel: Wheel) -> list[Receivable]:
    found: list[Receivable] = wheel.look(lambda: list(Receivable.objects.order_by("pk")))
    return found


def again(wheel: Wheel, one: Subscription) -> Subscription:
    found: Subscription = wheel.look(lambda: Subscription.objects.get(pk=one.pk))
    return found


def test_a_due_period_is_charged_once_however_often_it_is_asked(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-31")
    assert wheel.bill("2026-01-30").charges == 0
    assert wheel.bill("2026-01-31").charges == 1
    assert wheel.bill("2026-01-31").charges == 0
    [debt] = debts(wheel)
    assert (debt.total, debt.iva, debt.kind, debt.fiscal_mode) == (
        Decimal("599.00"),
        Decimal("82.62"),
        "aviso",
        "aviso",
    )
    assert (debt.issued_on, debt.due_on) == (date(2026, 1, 31), date(2026, 2, 10))
    assert again(wheel, one).next_on == date(2026, 2, 28)


def test_35_what_was_missed_goes_out_oldest_first_each_once(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-31")
    wheel.bill("2026-01-31")
    assert wheel.bill("2026-05-02").charges == 3
    assert periods(wheel, one)[1:] == [
        (1, "2026-02-28", "2026-03-31", "charged"),
        (2, "2026-03-31", "2026-04-30", "charged"),
        (3, "2026-04-30", "2026-05-31", "charged"),
    ]
    rest = debts(wheel)[1:]
    assert [debt.due_on for debt in rest] == [date(2026, 5, 12)] * 3, "our delay shortens nobody's term"
    charges = wheel.look(lambda: list(Charge.objects.order_by("pk")))[1:]
    assert [charge.service_from for charge in charges] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert charges[0].concept == "Internet de febrero, del 28 de febrero al 30 de marzo de 2026"
    assert again(wheel, one).next_on == date(2026, 5, 31)


def test_26_a_thirteenth_of_twelve_is_never_charged_and_the_service_ends_with_the_last(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-11-15", cycles=12)
    for day in ("2027-03-01", "2027-10-15", "2027-11-14"):
        wheel.bill(day)
    assert len(periods(wheel, one)) == 12
    assert again(wheel, one).state == "active"
    wheel.bill("2027-11-15")
    wheel.bill("2029-01-01")
    assert len(periods(wheel, one)) == 12
    assert (again(wheel, one).state, again(wheel, one).next_on) == ("ended", None)


def test_27_a_fixed_cut_charges_the_days_that_are_left(wheel: Wheel) -> None:
    wheel.subscribe(wheel.customer(), wheel.plan(cut_day=1, includes_tax=False), "2026-01-20")
    wheel.bill("2026-02-01")
    first, second = debts(wheel)
    assert (first.total, first.iva) == (Decimal("268.97"), Decimal("37.10"))
    assert (second.total, second.iva) == (Decimal("694.84"), Decimal("95.84"))


def test_a_first_stub_may_be_free_or_full(wheel: Wheel) -> None:
    free = wheel.subscribe(wheel.customer("Uno"), wheel.plan("free", cut_day=1, first_stub="free"), "2026-01-20")
    full = wheel.subscribe(wheel.customer("Dos"), wheel.plan("full", cut_day=1, first_stub="full"), "2026-01-20")
    wheel.bill("2026-01-20")
    assert periods(wheel, free) == [(0, "2026-01-20", "2026-02-01", "waived")]
    assert periods(wheel, full) == [(0, "2026-01-20", "2026-02-01", "charged")]
    assert [debt.total for debt in debts(wheel)] == [Decimal("599.00")]


def test_33_34_a_trial_costs_nothing_and_moves_or_keeps_the_day(wheel: Wheel) -> None:
    moved = wheel.subscribe(
        wheel.customer("Uno"), wheel.plan("a", trial_unit="day", trial_every=14, trial_moves_anchor=True), "2026-02-20"
    )
    kept = wheel.subscribe(wheel.customer("Dos"), wheel.plan("b", trial_unit="month", trial_every=1), "2026-01-31")
    wheel.bill("2026-04-06")
    assert [row[1] for row in periods(wheel, moved)] == ["2026-03-06", "2026-04-06"]
    assert [row[1] for row in periods(wheel, kept)] == ["2026-02-28", "2026-03-31"]


def test_37_in_advance_it_is_billed_before_and_in_arrears_after(wheel: Wheel) -> None:
    wheel.subscribe(wheel.customer("Uno"), wheel.plan("lead", lead_days=5), "2026-03-01", today="2026-02-01")
    wheel.subscribe(wheel.customer("Dos"), wheel.plan("after", in_advance=False), "2026-02-01")
    assert wheel.bill("2026-02-23").charges == 0
    assert wheel.bill("2026-02-24").charges == 1
    assert wheel.bill("2026-02-28").charges == 0
    assert wheel.bill("2026-03-01").charges == 1
    assert [debt.due_on for debt in debts(wheel)] == [date(2026, 3, 11), date(2026, 3, 11)]


def test_what_was_billed_elsewhere_is_never_billed_here(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-15", today="2026-04-01", first_k=3, cycles=12)
    wheel.bill("2026-05-20")
    assert [row[:2] for row in periods(wheel, one)] == [(3, "2026-04-15"), (4, "2026-05-15")]


def test_a_new_price_enters_with_the_period_that_begins_on_it_or_after(wheel: Wheel) -> None:
    plan = wheel.plan()
    from amate.billing_cycle.subscriptions.models import PlanPrice

    rise = {"valid_from": date(2026, 2, 15), "amount": "650.00", "includes_tax": True}
    taxes = wheel.look(lambda: PlanPrice.objects.get().taxes)
    wheel.look(lambda: PlanPrice.objects.create(plan=plan, taxes=taxes, **rise))
    wheel.subscribe(wheel.customer("Uno"), plan, "2026-01-14")
    wheel.subscribe(wheel.customer("Dos"), plan, "2026-01-15")
    wheel.bill("2026-02-20")
    assert sorted(debt.total for debt in debts(wheel)) == [Decimal("599.00")] * 3 + [Decimal("650.00")]


def test_mode_a_drafts_a_ppd_invoice_and_owes_its_stamp(wheel: Wheel) -> None:
    wheel.policy(fiscal_mode="ppd")
    customer = wheel.customer(fiscal=FISICA)
    wheel.subscribe(customer, wheel.plan(), "2026-01-15")
    assert wheel.bill("2026-01-15").drafts == 1
    [debt] = debts(wheel)
    [invoice] = wheel.look(lambda: list(Invoice.objects.select_related("profile")))
    assert (invoice.metodo_pago, invoice.forma_pago, invoice.receivable_id) == ("PPD", "99", debt.pk)
    assert (invoice.total, invoice.rfc, debt.kind) == (Decimal("599.00"), FISICA["rfc"], "invoice")
    kept = {one.key for one in wheel.look(lambda: list(Promise.objects.all()))}
    assert f"stamp:{invoice.pk}" in kept


def test_mode_b_is_due_within_its_month(wheel: Wheel) -> None:
    wheel.policy(fiscal_mode="pue_mes")
    wheel.subscribe(wheel.customer(fiscal=FISICA), wheel.plan(forma_pago="28"), "2026-01-25")
    wheel.bill("2026-01-25")
    [debt] = debts(wheel)
    [invoice] = wheel.look(lambda: list(Invoice.objects.all()))
    assert (invoice.metodo_pago, invoice.forma_pago, debt.due_on) == ("PUE", "28", date(2026, 1, 31))


@pytest.mark.parametrize("mode", ["aviso", "publico", "cargo"])
def test_the_modes_that_wait_for_the_money_leave_no_fiscal_trace(wheel: Wheel, mode: str) -> None:
    wheel.policy(fiscal_mode=mode)
    wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-15")
    wheel.bill("2026-01-15")
    [debt] = debts(wheel)
    assert (debt.kind, debt.fiscal_mode) == ("aviso", mode)
    assert wheel.look(Invoice.objects.count) == 0


def test_charges_of_one_customer_and_day_are_owed_together_unless_they_stand_alone(wheel: Wheel) -> None:
    customer, plan = wheel.customer(), wheel.plan()
    for label in ("Casa", "Local"):
        wheel.subscribe(customer, plan, "2026-01-15", label=label)
    wheel.subscribe(customer, plan, "2026-01-15", label="Rancho", on_its_own=True)
    billed = wheel.bill("2026-01-15")
    assert (billed.charges, billed.receivables) == (3, 2)
    assert sorted(debt.total for debt in debts(wheel)) == [Decimal("599.00"), Decimal("1198.00")]


def test_one_bad_customer_is_parked_and_takes_nobody_with_him(wheel: Wheel) -> None:
    wheel.policy(fiscal_mode="ppd")
    plan = wheel.plan()
    good, bad = wheel.customer("Ingrid", fiscal=FISICA), wheel.customer("Sin datos")
    wheel.subscribe(good, plan, "2026-01-15")
    aviso = wheel.subscribe(bad, plan, "2026-01-15", fiscal_mode="aviso")
    wheel.look(lambda: Subscription.objects.filter(pk=aviso.pk).update(fiscal_mode=""))
    billed = wheel.bill("2026-01-15")
    assert (billed.charges, billed.parked) == (1, 1)
    [parking] = wheel.look(lambda: list(Parking.objects.open()))
    assert parking.customer_id == bad.pk
    assert "Faltan los datos fiscales de Sin datos" in parking.error
    assert wheel.bill("2026-01-16").parked == 0, "parked once; nobody bills him until a person looked"
    assert again(wheel, aviso).next_k == 0


def test_too_much_backlog_is_looked_at_first(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(unit="week"), "2025-01-01")
    assert wheel.bill("2026-01-01").parked == 1
    assert periods(wheel, one) == []


@pytest.mark.parametrize(("most", "made"), [(3, 3), (None, 4)])
def test_no_more_invoices_for_whoever_leaves_so_many_unpaid(wheel: Wheel, most: int | None, made: int) -> None:
    wheel.policy(fiscal_mode="ppd", stop_after_unpaid=most)
    wheel.subscribe(wheel.customer(fiscal=FISICA), wheel.plan(), "2026-01-15")
    for day in ("2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"):
        wheel.bill(day)
    assert len(debts(wheel)) == made, "he waits; the period is not lost"


def test_what_needs_a_rate_nobody_wrote_is_not_owed(wheel: Wheel) -> None:
    wheel.policy(fiscal_mode="ppd")
    one = wheel.subscribe(wheel.customer(fiscal=FISICA), wheel.plan(moneda="USD"), "2026-01-15")
    other = wheel.subscribe(wheel.customer(fiscal=MORAL), wheel.plan("pesos"), "2026-01-15")
    assert wheel.bill("2026-01-15").parked == 1
    assert [debt.customer_id for debt in debts(wheel)] == [other.payer_id], "he alone waits"
    parking = wheel.look(lambda: Parking.objects.get(customer_id=one.payer_id))
    assert "tipo de cambio" in parking.error


def test_drafts_of_another_currency_carry_its_rate(wheel: Wheel) -> None:
    customer = wheel.customer(fiscal=FISICA)

    def draft(rate: str) -> DraftOf:
        return DraftOf(
            branch=wheel.world.shop.branch, profile=FiscalProfile.objects.get(customer=customer), correo="", lines=[],
            total=Decimal(116), withheld=Decimal(0), forma_pago="99", metodo_pago="PPD", moneda="USD", tipo_cambio=rate,
        )  # fmt: skip

    def issue(rate: str) -> list[str]:
        made = issue_many([draft(rate)], origin=Origin.SYSTEM, priority=0, now=wheel.now())
        return [one.tipo_cambio for one in made]

    with pytest.raises(DocumentRefused):
        wheel.look(lambda: issue(""))
    assert wheel.look(lambda: issue("18.5")) == ["18.5"]


def test_what_ended_beside_a_run_is_not_woken_by_it(wheel: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-15")
    kept = bill._periods

    def ends(*said: Any, **rest: Any) -> Any:
        Subscription.objects.filter(pk=one.pk).update(state="cancelled", next_on=None)  # by who forgot the lock
        return kept(*said, **rest)

    monkeypatch.setattr(bill, "_periods", ends)
    with pytest.raises(AssertionError, match="ended while"):
        wheel.bill("2026-01-15")
    assert debts(wheel) == []


def test_the_database_refuses_a_period_twice_or_over_another(wheel: Wheel) -> None:
    one = wheel.subscribe(wheel.customer(), wheel.plan(), "2026-01-15")
    wheel.bill("2026-01-15")
    facts = {"subscription": one, "state": "skipped", "made_at": wheel.now()}
    for name, row in {
        "one_period_a_number": {"k": 0, "starts_on": "2026-05-01", "ends_on": "2026-06-01"},
        "one_period_a_start": {"k": 7, "starts_on": "2026-01-15", "ends_on": "2026-01-16"},
        "periods_do_not_overlap": {"k": 8, "starts_on": "2026-02-14", "ends_on": "2026-02-20"},
    }.items():
        with pytest.raises(IntegrityError, match=name):
            wheel.look(lambda row=row: Period.objects.create(**facts, **row))
    with pytest.raises(IntegrityError, match="never changed"):
        wheel.look(lambda: Period.objects.update(starts_on="2026-01-14"))
    with pytest.raises(IntegrityError, match="never changed"):
        wheel.look(lambda: Period.objects.all().delete())


def test_it_takes_the_same_number_of_statements_for_one_as_for_a_hundred(wheel: Wheel) -> None:
    wheel.policy(fiscal_mode="ppd")
    plan = wheel.plan()

    def made(count: int) -> int:
        customers = []
        for number in range(count):
            customer = wheel.customer(f"Cliente {count} {number}")
            _give_profile(wheel, customer, number)
            wheel.subscribe(customer, plan, "2026-01-15")
            customers.append(customer.pk)
        return wheel.world.inside(lambda: _statements(wheel, customers))

    few, many = made(2), made(100)
    assert many == few
    assert many / 100 < 1, f"{many} statements for a hundred invoices"


def _statements(wheel: Wheel, payer_ids: list[int]) -> int:
    from amate.billing_cycle.subscriptions.bill import bill_customers

    with CaptureQueriesContext(connection) as caught, company_scope(wheel.world.shop.company.pk):
        billed = bill_customers(payer_ids=payer_ids, reviewed=None, today=date(2026, 1, 15), now=wheel.now())
    assert billed.drafts == len(payer_ids)
    return len(caught)


def _give_profile(wheel: Wheel, customer: object, number: int) -> None:
    from amate.customers.models import FiscalProfile

    wheel.look(
        lambda: FiscalProfile.objects.create(
            customer=customer, rfc="XAXX010101000", nombre=f"Cliente {number}", domicilio_fiscal="76028",
            regimen_fiscal="616", uso_cfdi="S01", origin="staff", proposed_at=wheel.now(), accepted_at=wheel.now(),
        )
    )  # fmt: skip

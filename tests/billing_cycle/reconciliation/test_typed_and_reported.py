"""Money that a person tells of: a customer's word, and what staff types."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.billing_cycle.reconciliation.how_paid import BadPayment
from amate.billing_cycle.reconciliation.models import BankAccount, PaymentHint, ReportedPayment
from amate.billing_cycle.reconciliation.report_payment import HELD, Reported, report_payment
from amate.billing_cycle.reconciliation.settle_report import NotOpen, reject_report
from amate.billing_cycle.reconciliation.type_payment import LooksKnown, Typed, type_payment
from amate.ledger.models import Payment
from amate.ledger.receive import PaymentDiffers, Received
from tests.ledger.hands import DAY, accounts, again, at, balance, charged, customer, d
from tests.world import World

PDF = b"%PDF-1.7 transferencia"


def types(who: Any, amount: Any, *, press: str = "p-1", day: date = DAY, **more: Any) -> Received:
    typed = Typed(customer_id=who.pk, amount=d(amount), day=day, **{"forma_pago": "01", **more})
    return type_payment(typed=typed, press=press, by="ana", today=DAY, now=at(DAY))


def reports(who: Any, amount: Any, *, day: date = DAY, now: datetime = at(DAY), **more: Any) -> Reported:
    facts: dict[str, Any] = {"how": "03", "reference": "", "proof": None, "told_by": "rosa", **more}
    return report_payment(customer_id=who.pk, amount=Decimal(amount), paid_on=day, now=now, **facts)


def test_a_typed_payment_settles_the_chosen_debt_and_pressed_twice_it_is_one(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 100)
        newer = charged(who, "p:2", 100)
        first = types(who, 100, chosen=[newer.pk], reference=" Recibo  7 ")
        second = types(who, 100, chosen=[newer.pk], reference="Recibo 7")
        assert (first.fresh, second.fresh, second.payment.pk) == (True, False, first.payment.pk)
        assert (again(newer).settled_on, balance(who)) == (DAY, d(100))
        assert (first.payment.num_operacion, accounts()["caja:mostrador"]) == ("Recibo 7", d(100))

    world.scoped(story)


def test_one_that_looks_like_another_is_asked_about_first(world: World) -> None:
    def story() -> None:
        who = customer()
        types(who, 100, day=DAY - timedelta(days=3))
        with pytest.raises(LooksKnown, match=r"\$100\.00"):
            types(who, 100, press="p-2")
        types(who, 100, press="p-2", another=True)
        types(who, 101, press="p-3")
        assert Payment.objects.count() == 3

    world.scoped(story)


def test_the_same_press_with_another_amount_is_refused(world: World) -> None:
    def story() -> None:
        who = customer()
        types(who, 100)
        with pytest.raises(PaymentDiffers):
            types(who, 90)

    world.scoped(story)


def test_money_of_a_bank_comes_in_at_its_account(world: World) -> None:
    def story() -> None:
        bank = BankAccount.objects.create(name="BBVA", bank="bbva", created_at=at(DAY))
        types(customer(), 100, forma_pago="03", bank_account_id=bank.pk)
        assert accounts()[f"banco:{bank.pk}"] == d(100)

    world.scoped(story)


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("amount", {"amount": "0"}),
        ("amount", {"amount": "NaN"}),
        ("day", {"day": DAY + timedelta(days=1)}),
        ("day", {"day": DAY - timedelta(days=500)}),
        ("forma_pago", {"forma_pago": "99"}),
        ("forma_pago", {"forma_pago": "17"}),
        ("reference", {"reference": "a|b"}),
        ("bank_account", {"bank_account_id": 0}),
    ],
    ids=["nothing", "no-number", "tomorrow", "long-ago", "undefined", "no-money", "bar", "no-bank"],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_written(
    world: World, field: str, facts: dict[str, Any]
) -> None:
    def story() -> None:
        typed = Typed(**{"customer_id": customer().pk, "amount": d(1), "day": DAY, "forma_pago": "01", **facts})
        if "amount" in facts:
            typed = Typed(customer().pk, Decimal(facts["amount"]), DAY, "01")
        with pytest.raises(BadPayment) as refused:
            type_payment(typed=typed, press="x", by="ana", today=DAY, now=at(DAY))
        assert refused.value.field == field
        assert Payment.objects.count() == 0

    world.scoped(story)


def test_a_report_is_no_money_and_stops_the_cut_for_two_days(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 100)
        told = reports(who, 100, proof=PDF)
        assert (told.held_until, told.fresh, told.report.proof_kind) == (at(DAY) + HELD, True, "application/pdf")
        assert (balance(who), Payment.objects.count()) == (d(100), 0)
        hint = PaymentHint.objects.get()
        assert (hint.customer_id, hint.until, hint.ended_at) == (who.pk, at(DAY) + HELD, None)

    world.scoped(story)


def test_said_twice_it_is_one_and_a_second_story_holds_no_longer(world: World) -> None:
    def story() -> None:
        who = customer()
        first, same = reports(who, 100), reports(who, 100)
        assert (same.fresh, same.report.pk, same.held_until) == (False, first.report.pk, first.held_until)
        later = at(DAY) + timedelta(days=3)
        assert reports(who, 50, now=later).held_until is None
        assert PaymentHint.objects.count() == 1
        month_later = at(DAY) + timedelta(days=40)
        assert reports(who, 70, now=month_later).held_until == month_later + HELD

    world.scoped(story)


def test_a_report_is_confirmed_by_the_payment_that_is_typed_of_it(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 100)
        report = reports(who, 100).report
        types(customer("Otra"), 5, press="p-0")
        with pytest.raises(BadPayment, match="otro cliente"):
            types(customer("Otra más"), 100, report_id=report.pk)
        received = types(who, 100, report_id=report.pk)
        kept = ReportedPayment.objects.get()
        assert (kept.state, kept.payment_id, kept.settled_by) == ("confirmed", received.payment.pk, "ana")
        assert PaymentHint.objects.get().ended_at is not None
        assert balance(who) == 0
        with pytest.raises(NotOpen, match="Confirmado"):
            types(who, 100, press="p-9", another=True, report_id=report.pk)
        assert balance(who) == 0

    world.scoped(story)


def test_a_report_of_no_money_ends_and_holds_no_more(world: World) -> None:
    def story() -> None:
        who = customer()
        report = reports(who, 100).report
        reject_report(report_id=report.pk, why="No está en el banco", by="ana", now=at(DAY))
        assert ReportedPayment.objects.get().state == "rejected"
        assert PaymentHint.objects.get().ended_at is not None
        assert reports(who, 100, now=at(DAY) + timedelta(days=1)).held_until is None

    world.scoped(story)


@pytest.mark.parametrize("proof", [b"<html>", b"%PDF-" + b"0" * 5_000_000], ids=["strange", "heavy"])
def test_a_proof_is_a_document_or_a_photo_of_five_megabytes(world: World, proof: bytes) -> None:
    def story() -> None:
        with pytest.raises(BadPayment) as refused:
            reports(customer(), 100, proof=proof)
        assert refused.value.field == "proof"

    world.scoped(story)


@pytest.mark.parametrize(
    ("amount", "why"),
    [("1e30", "demasiado grande"), ("0.001", "pesos y centavos"), ("0", "cuánto"), ("NaN", "cuánto")],
)
def test_no_amount_of_money_is_refused_in_words(world: World, amount: str, why: str) -> None:
    def story() -> None:
        who = customer()
        with pytest.raises(BadPayment, match=why):
            reports(who, amount)
        assert not ReportedPayment.objects.exists()

    world.scoped(story)

"""A credit note lowers the debt that its invoice told, and its end owes it again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from amate.invoices.credit import credit_invoice
from amate.invoices.models import Invoice, Origin, State
from amate.ledger.debts import debt_of
from amate.ledger.models import Payment, PaymentKind, Receivable
from amate.ledger.queries import account_of, ageing, balance_of, owed_in_books
from tests.billing_cycle.reconciliation.payer import Payer
from tests.invoices.life import cancel, minutes_pass, replaced
from tests.world import World


@pytest.fixture
def payer(world: World) -> Payer:
    return Payer(world)


def credited(payer: Payer, invoice: Invoice, amount: str, *, forma: str = "15", wish: str = "") -> Invoice:
    note = payer.act(
        lambda today, now: credit_invoice(
            invoice_id=invoice.pk,
            amount=Decimal(amount),
            quantities={},
            tipo_relacion="01",
            descripcion="Fallas del mes",
            forma_pago=forma,
            origin=Origin.OFFICE,
            wish=wish,
            now=now,
        )
    )
    payer.world.settle()
    return payer.world.invoice(note)


def owes(payer: Payer, debt: Receivable) -> str:
    return str(payer.act(lambda today, now: balance_of(debt.customer_id, as_of=today)))


def notes(payer: Payer) -> list[Payment]:
    return payer.look(lambda: list(Payment.objects.filter(kind=PaymentKind.CREDIT_NOTE).order_by("id")))


def test_he_owes_the_rest_and_its_rep_tells_only_the_rest(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, debt = payer.billed("ppd")
    [invoice] = payer.documents(kind="ingreso")
    note = credited(payer, invoice, "116.00")
    assert note.state == State.STAMPED
    assert owes(payer, debt) == "483.00"
    [booked] = notes(payer)
    assert (booked.provider_ref, booked.amount, booked.iva) == (str(note.uuid), Decimal("116.00"), Decimal("16.00"))
    told = payer.act(
        lambda today, now: (
            ageing(as_of=today).total,
            owed_in_books(as_of=today),
            account_of(who.pk, first=today - timedelta(days=40), last=today).closing,
        )
    )
    assert told == (Decimal("483.00"),) * 3, "every reader says the same"
    payer.paid(who, "483.00")
    assert owes(payer, debt) == "0.00"
    assert payer.look(lambda: [one.left for one in filter(None, [debt_of(debt.pk)])]) == [0]
    assert payer.told() == [(Decimal("483.00"), 1)]
    assert payer.given_up() == []


def test_cancelled_it_is_owed_again_once(payer: Payer) -> None:
    _, debt = payer.billed("ppd")
    [invoice] = payer.documents(kind="ingreso")
    note = credited(payer, invoice, "100.00")
    assert owes(payer, debt) == "499.00"
    cancel(payer.world, note)
    payer.world.settle()
    minutes_pass(payer.world)
    assert payer.world.invoice(note).state == State.CANCELLED
    assert owes(payer, debt) == "599.00"
    [booked] = notes(payer)
    assert booked.reversed_on is not None


def test_its_substitute_stands_for_it_in_the_books_too(payer: Payer) -> None:
    _, debt = payer.billed("ppd")
    [invoice] = payer.documents(kind="ingreso")
    note = credited(payer, invoice, "100.00")
    again = replaced(payer.world, note)
    payer.world.settle()
    minutes_pass(payer.world)
    assert payer.world.invoice(again).state == State.STAMPED
    assert owes(payer, debt) == "499.00", "one credit, told by two documents"
    assert [one.reversed_on is None for one in notes(payer)] == [False, True]


def test_of_a_paid_debt_what_went_back_in_money_is_in_nobodys_favour(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, debt = payer.billed("pue_mes")
    payer.paid(who, "599.00")
    [invoice] = payer.documents(kind="ingreso")
    credited(payer, invoice, "100.00", forma="03")
    assert (owes(payer, debt), notes(payer)) == ("0.00", [])
    credited(payer, invoice, "50.00", forma="15", wish="otra")
    assert owes(payer, debt) == "-50.00", "a discount of what was paid is his"

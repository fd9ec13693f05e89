"""A file of opening balances from upload to the ledger, and back."""

from decimal import Decimal
from typing import Any

from amate.customers.models import Customer
from amate.intake.options import Options
from amate.ledger.models import Payment, PaymentKind, Receivable
from amate.ledger.queries import balance_of
from amate.ledger.receive import Incoming, receive_payment
from amate.promises.models import Promise
from tests.intake.files import commit, csv_of, read, undo, upload
from tests.world import World

CUSTOMERS = [
    ["RFC", "Razón social", "Código postal", "Régimen fiscal"],
    ["EKU9003173C9", "ESCUELA KEMPER URGATE", "42501", "601"],
    ["CACX7605101P8", "XOCHILT CASAS CHAVEZ", "36257", "612"],
]
UUID = "5B2F1C0A-0000-4000-8000-0123456789AB"
HEADS = ["RFC", "Folio", "UUID", "Saldo", "Fecha", "Vencimiento"]
AT_16 = Options(iva="0.16")


def rows(world: World) -> list[list[object]]:
    return [
        HEADS,
        ["EKU9003173C9", "A-1", UUID, "1160.00", "01/03/2026", "31/03/2026"],
        ["EKU9003173C9", "A-2", "", "580.00", "", ""],
        ["Xochilt Casas Chávez", "B-1", "", "-100.00", "", ""],
    ]


def debts(world: World) -> list[Any]:
    return world.scoped(lambda: list(Receivable.objects.filter(kind="opening").order_by("id")))


def balance(world: World, rfc: str) -> Decimal:
    return world.scoped(lambda: balance_of(Customer.objects.get(rfc=rfc).pk, as_of=world.today()))


def pay(world: World, customer_id: int) -> None:
    incoming = Incoming("banco", "T-1", Decimal("200.00"), "banco:bbva", world.now(), world.today(), "03")
    world.scoped(
        lambda: receive_payment(
            incoming=incoming, customer_id=customer_id, chosen=(), today=world.today(), now=world.now()
        )
    )


def test_balances_open_once_and_are_voided_while_nobody_paid(world: World) -> None:
    commit(world, upload(world, csv_of(CUSTOMERS), kind="customers", source="clientes"))
    stranger = ["XAXX010101000", "Z-1", "", "10.00", "", ""]
    content = csv_of([*rows(world), stranger])
    batch = read(world, content, kind="balances", source="saldos", options=Options())
    assert (batch.counts["new"], batch.counts["bad"]) == (1, 3), batch.errors
    assert "No suponemos ninguna" in batch.errors[0][2]
    batch = read(world, content, kind="balances", source="saldos", options=AT_16)
    assert (batch.counts["new"], batch.counts["bad"], batch.counts["total"]) == (3, 1, "1640.00"), batch.errors
    assert "No tienes un cliente “XAXX010101000”" in batch.errors[0][2]
    assert debts(world) == []
    batch = commit(world, batch, skip_bad=True)
    assert (batch.state, batch.fault) == ("committed", "")
    first, second = debts(world)
    assert (first.total, first.iva, first.fiscal_mode, str(first.issued_on), str(first.due_on)) == (
        Decimal("1160.00"),
        Decimal("160.00"),
        "ppd",
        "2026-03-01",
        "2026-03-31",
    )
    assert (second.fiscal_mode, second.issued_on) == ("aviso", world.today())
    assert balance(world, "EKU9003173C9") == Decimal("1740.00")
    assert balance(world, "CACX7605101P8") == Decimal("-100.00")
    again = upload(world, csv_of(rows(world)), kind="balances", source="saldos")
    assert (again.counts["new"], again.counts["repeated"]) == (0, 3)
    pay(world, first.customer_id)
    batch = undo(world, batch)
    owed = world.scoped(lambda: Promise.objects.filter(kind="document_payments"))
    told = world.scoped(lambda: list(owed.values_list("last_error", flat=True)))
    assert any("haz su complemento de pago donde se timbró" in str(one) for one in told), told
    assert (batch.counts["undone"], batch.counts["kept"]) == (2, 1)
    assert [one.state for one in debts(world)] == ["open", "void"]
    assert balance(world, "CACX7605101P8") == 0
    mended = commit(world, upload(world, csv_of(rows(world)), kind="balances", source="saldos"))
    assert (mended.counts["new"], mended.counts["repeated"]) == (2, 1)
    assert [one.state for one in debts(world)] == ["open", "void", "open"]
    assert balance(world, "EKU9003173C9") == Decimal("1540.00")
    live = world.scoped(lambda: Payment.objects.live().filter(kind=PaymentKind.OPENING).count())
    assert live == 1

"""Mails about documents that are no plain invoice: made in a World, so that only the wanted mail is left in the box."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from amate.companies.models import Branch
from amate.customers.propose import propose_profile
from amate.fiscal.clock import zone_of
from amate.invoices.credit import credit_invoice
from amate.invoices.issue import issue_invoice
from amate.invoices.lines import lines_to_json
from amate.invoices.models import Invoice, Origin
from amate.invoices.payments import Received
from amate.invoices.rep import draft_rep
from amate.promises.kinds import SOMEBODY_WAITS
from tests.invoices.life import COMPANY, cancel, line, minutes_pass, replaced

TO = "ingrid@example.com"


def invoice(world: Any, *, ppd: bool = False) -> Invoice:
    """Stamped and mailed; its own mail is out of the box."""

    def act() -> Invoice:
        return issue_invoice(
            branch=Branch.objects.get(),
            profile=propose_profile(receptor=COMPANY, correo=TO, origin=Origin.OFFICE, now=world.now()),
            lines=lines_to_json([line("1160.00")]),
            total=Decimal("1160.00"),
            withheld=Decimal(0),
            generics=[],
            forma_pago="99" if ppd else "03",
            metodo_pago="PPD" if ppd else "PUE",
            moneda="MXN",
            origin=Origin.OFFICE,
            priority=SOMEBODY_WAITS,
            now=world.now(),
        )

    made = world.scoped(act)
    world.settle()
    world.mail.clear()
    return made  # type: ignore[no-any-return]


def credit_note(world: Any) -> None:
    credited = invoice(world)
    world.scoped(
        lambda: credit_invoice(
            invoice_id=credited.pk,
            amount=Decimal("160.00"),
            quantities={},
            tipo_relacion="01",
            descripcion="Bonificación",
            forma_pago="03",
            origin=Origin.OFFICE,
            now=world.now(),
        )
    )


def payment_receipt(world: Any) -> None:
    owed = invoice(world, ppd=True)
    zone = zone_of(world.scoped(lambda: Branch.objects.get().cp))
    yesterday = world.now().astimezone(zone).date() - timedelta(days=1)
    paid = Received(
        key="pago-1",
        fecha_pago=datetime.combine(yesterday, time(12)),
        forma_pago="03",
        monto=Decimal("500.00"),
        applied={owed.pk: Decimal("500.00")},
    )
    world.scoped(lambda: draft_rep(payments=[paid], origin=Origin.OFFICE, now=world.now()))


def to_be_accepted(world: Any) -> None:
    old = invoice(world)
    world.time_passes(days=10)
    cancel(world, old)
    world.settle()
    minutes_pass(world)


def cancelled(world: Any) -> None:
    cancel(world, invoice(world))
    world.settle()
    minutes_pass(world)


def cancelled_and_replaced(world: Any) -> None:
    replaced(world, invoice(world))
    world.settle()
    world.mail.clear()
    minutes_pass(world)


LETTERS: dict[str, Callable[[Any], None]] = {
    "nota-de-credito": credit_note,
    "complemento-de-pago": payment_receipt,
    "por-aceptar": to_be_accepted,
    "cancelada": cancelled,
    "cancelada-y-sustituida": cancelled_and_replaced,
}

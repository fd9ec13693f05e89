"""The life of documents in a World: stamped invoices, cancellations carried by the worker, receivers who answer."""

from decimal import Decimal
from typing import Any

from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.customers.propose import propose_profile
from amate.fiscal.ingreso import SaleLine
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.receptor import Receptor
from amate.invoices.cancel import cancel_invoice
from amate.invoices.issue import issue_invoice
from amate.invoices.lines import lines_to_json
from amate.invoices.models import Cancellation, Invoice, Origin
from amate.invoices.replace import Content, replace_invoice
from amate.promises.kinds import SOMEBODY_WAITS
from amate.self_invoicing.models import Claim

IVA = Impuesto("002", "Tasa", Decimal("0.160000"))
COMPANY = Receptor("SDI190823KX4", "SURCO DISENO", "44160", "601", "G03")


def line(total: str, cantidad: str = "1") -> SaleLine:
    return SaleLine(
        line=Line(Decimal(cantidad), Decimal(total), (IVA,), incluye_impuestos=True),
        clave_prod_serv="43231500",
        clave_unidad="E48",
        descripcion="Servicio de diseño",
    )


def profile(world: Any) -> FiscalProfile:
    return propose_profile(receptor=COMPANY, correo="", origin=Origin.OFFICE, now=world.now())


def issued(world: Any, total: str = "5800.00", *, ppd: bool = False, cantidad: str = "1", lines: int = 1) -> Invoice:
    """Stamped, unless the PAC is away. `total`: with taxes, of one unit of each of `lines` equal ones."""

    def act() -> Invoice:
        return issue_invoice(
            branch=Branch.objects.get(),
            profile=profile(world),
            lines=lines_to_json([line(total, cantidad)] * lines),
            total=Decimal(total) * Decimal(cantidad) * lines,
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
    return world.invoice(made)  # type: ignore[no-any-return]


def cancel(world: Any, invoice: Invoice, motivo: str = "02") -> Cancellation:
    def act() -> Cancellation:
        return cancel_invoice(
            invoice_id=invoice.pk, motivo=motivo, reason="se capturó mal", asked_by="ana", now=world.now()
        )

    return world.scoped(act)  # type: ignore[no-any-return]


def replaced(world: Any, invoice: Invoice, **other: Any) -> Invoice:
    """Its substitute, drafted."""

    def act() -> Invoice:
        content = Content.of(Invoice.objects.select_related("profile").get(pk=invoice.pk)).but(**other)
        return replace_invoice(
            invoice_id=invoice.pk,
            content=content,
            reason="datos",
            asked_by="ana",
            origin=Origin.OFFICE,
            now=world.now(),
        )

    return world.scoped(act)  # type: ignore[no-any-return]


def days_pass(world: Any, days: int) -> None:
    """Day by day: the worker comes by each hour at first, then once a day."""
    for _ in range(days):
        hours_pass(world, 24)


def hours_pass(world: Any, hours: int = 1) -> None:
    world.time_passes(hours=hours)
    world.settle()


def minutes_pass(world: Any) -> None:
    """Long enough for the first looks at the SAT."""
    for minutes in (2, 6, 31):
        world.time_passes(minutes=minutes)
        world.settle()


def the_receiver(world: Any, says: str, invoice: Invoice) -> None:
    uuid = str(world.invoice(invoice).uuid).upper()
    world.pac.admin(f"receiver/{invoice.rfc}/{uuid}", {"answer": says})


def cancellation(world: Any, one: Cancellation) -> Cancellation:
    return world.scoped(lambda: Cancellation.objects.get(pk=one.pk))  # type: ignore[no-any-return]


def with_a_note(world: Any, globals_: list[Invoice]) -> list[Invoice]:
    """Each with a note that it tells, without which nothing is sealed (DB-12): of globals made from bare values."""
    for one in globals_:
        ticket = world.sale()
        world.scoped(lambda: Claim.objects.create(ticket=ticket, global_invoice=one, claimed_at=world.now()))  # noqa: B023
    return globals_

"""Many invoices are decided at once: their drafts, and the promises to seal and stamp them, in two statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.fiscal.heading import exchange
from amate.fiscal.ingreso import check_payment
from amate.invoices.draft import TIPOS, serie_of
from amate.invoices.models import AwaitedPayment, Invoice, Kind, Origin
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_all


@dataclass(frozen=True, slots=True)
class DraftOf:
    """What an invoice documents. `receivable_id`: the debt, of which it is the one live document (C4); `lines` and `total`
    as `issue_invoice` takes them. Its concepts are the lines: the generic ones are of a portal's policy. `allocation_id`: of a
    debt that is documented part by part. `unpaid`: PUE all the same, and watched until its month ends (PAY-1)."""

    branch: Branch
    profile: FiscalProfile
    correo: str
    lines: list[dict[str, Any]]
    total: Decimal
    withheld: Decimal
    forma_pago: str
    metodo_pago: str
    moneda: str
    receivable_id: int | None = None
    allocation_id: int | None = None
    unpaid: bool = False
    tipo_cambio: str = ""


def issue_many(drafts: Sequence[DraftOf], *, origin: Origin, priority: int, now: datetime) -> list[Invoice]:
    """Write the drafts and owe their stamps. Raises `fiscal.comprobante.DocumentRefused` as `issue_invoice` does, on
    "tipo_cambio" too: then none is written."""
    made = []
    for one in drafts:
        check_payment(one.forma_pago, one.metodo_pago)
        rate = exchange(one.moneda, one.tipo_cambio or None)
        profile = one.profile
        made.append(
            Invoice(
                kind=Kind.INGRESO,
                tipo=TIPOS[Kind.INGRESO],
                origin=origin,
                branch=one.branch,
                profile=profile,
                serie=serie_of(one.branch, Kind.INGRESO),
                receivable_id=one.receivable_id,
                allocation_id=one.allocation_id,
                rfc=profile.rfc,
                nombre=profile.nombre,
                correo=one.correo or profile.correo,
                lines=one.lines,
                forma_pago=one.forma_pago,
                metodo_pago=one.metodo_pago,
                moneda=one.moneda,
                tipo_cambio=rate or "",
                total=one.total,
                withheld=one.withheld,
                created_at=now,
            )
        )
    insert_all(made)
    awaited = [invoice for invoice, one in zip(made, drafts, strict=True) if one.unpaid]
    insert_all([AwaitedPayment(invoice=invoice, since=now, said_by="") for invoice in awaited])
    wanted = {f"stamp:{invoice.pk}": {"invoice_id": invoice.pk} for invoice in made}
    promise_all(kind="seal_and_stamp", wanted=wanted, now=now, priority=priority)
    return made

"""An invoice is decided: a draft, and the promise to seal and stamp it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.fiscal.ingreso import check_payment
from amate.invoices.models import Invoice, Origin
from amate.promises.promise import promise
from amate.tenancy.writes import insert


def issue_invoice(
    *,
    branch: Branch,
    profile: FiscalProfile,
    lines: list[dict[str, Any]],
    total: Decimal,
    withheld: Decimal,
    generics: list[dict[str, str]],
    forma_pago: str,
    metodo_pago: str,
    moneda: str,
    origin: Origin,
    priority: int,
    now: datetime,
) -> Invoice:
    """Write the draft. `lines` as `invoices.lines` keeps them; `total` is the document's, checked again when sealed;
    with `withheld` it is the printed one. `generics` as `companies.policies.generics_to_json` gives them.

    Raises `fiscal.ingreso.IngresoRefused` for PUE with 99 and for PPD with any other form of payment.
    """
    check_payment(forma_pago, metodo_pago)
    invoice = Invoice(
        origin=origin,
        branch=branch,
        profile=profile,
        serie=branch.serie,
        rfc=profile.rfc,
        nombre=profile.nombre,
        correo=profile.correo,
        lines=lines,
        forma_pago=forma_pago,
        metodo_pago=metodo_pago,
        moneda=moneda,
        total=total,
        withheld=withheld,
        generics=generics,
        created_at=now,
    )
    insert(invoice)
    promise("seal_and_stamp", key=f"stamp:{invoice.pk}", now=now, priority=priority, invoice_id=invoice.pk)
    return invoice

"""An invoice is decided: a draft, and the promise to seal and stamp it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.fiscal.heading import exchange
from amate.fiscal.ingreso import check_payment
from amate.invoices.draft import write_draft
from amate.invoices.models import Invoice, Origin


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
    tipo_cambio: str = "",
    wish: str = "",
) -> Invoice:
    """Write the draft. `lines` as `invoices.lines` keeps them; `total` is the document's, checked again when sealed;
    with `withheld` it is the printed one. `generics` as `companies.policies.generics_to_json` gives them; `tipo_cambio`
    pesos for one of `moneda`, as it is written, empty in pesos. `wish`: of the page that asks, unique in the database.

    Raises `fiscal.ingreso.IngresoRefused`: for PUE with 99, for PPD with any other form of payment, and on
    "tipo_cambio" for a currency without its rate and for pesos with one (CFDI40114 to 40117).
    """
    check_payment(forma_pago, metodo_pago)
    rate = exchange(moneda, tipo_cambio or None)
    invoice = Invoice(
        origin=origin,
        branch=branch,
        profile=profile,
        rfc=profile.rfc,
        nombre=profile.nombre,
        correo=profile.correo,
        lines=lines,
        forma_pago=forma_pago,
        metodo_pago=metodo_pago,
        moneda=moneda,
        tipo_cambio=rate or "",
        wish=wish,
        total=total,
        withheld=withheld,
        generics=generics,
    )
    return write_draft(invoice, priority=priority, now=now)

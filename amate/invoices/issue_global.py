"""A factura global of notes that nobody asked an invoice for, given as values (GLO, DECISIONS C11).

Which notes are left of a period is `self_invoicing`'s to know, and to lock; one document a branch, period and part is the
database's (DB-10).
"""

from collections.abc import Sequence
from datetime import datetime

from amate.audit.record import record
from amate.companies.models import Branch
from amate.companies.models import Emisor as EmisorRow
from amate.customers.models import FiscalProfile
from amate.customers.propose import propose_profile
from amate.fiscal.clock import fecha
from amate.fiscal.comprobante import Comprobante, DocumentRefused, Emisor
from amate.fiscal.factura_global import GlobalSale, build_global, parts_of
from amate.fiscal.global_period import GlobalPeriod
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL
from amate.fiscal.receptor import SIN_EFECTOS, SIN_OBLIGACIONES, Receptor
from amate.fiscal.rfc import GENERIC_NACIONAL
from amate.invoices.draft import write_draft
from amate.invoices.models import Invoice, Kind, Origin
from amate.invoices.sales import sales_to_json
from amate.promises.kinds import BATCH


def issue_global(
    *, branch: Branch, period: GlobalPeriod, sales: Sequence[GlobalSale], origin: Origin, now: datetime
) -> list[Invoice]:
    """Draft the parts of a period and owe their stamps: 2,000 notes each, numbered after those that are there.

    Of leftovers of a closed period it makes a further part. Raises `fiscal.comprobante.DocumentRefused` and
    `fiscal.money.MoneyRefused`; then nothing was written.
    """
    parts = parts_of(sales)
    if not parts:
        raise DocumentRefused("sales", "No hay ventas que facturar en este periodo.")
    last = (
        Invoice.objects.filter(
            kind=Kind.GLOBAL, branch=branch, periodicidad=period.periodicidad, period_from=period.first
        )
        .order_by("-part")
        .values_list("part", flat=True)
        .first()
    )
    profile = public_profile(branch, origin=origin, now=now)
    return [
        _draft(branch, profile, period, part, number=number, origin=origin, now=now)
        for number, part in enumerate(parts, start=(last or 0) + 1)
    ]


def _draft(
    branch: Branch,
    profile: FiscalProfile,
    period: GlobalPeriod,
    sales: Sequence[GlobalSale],
    *,
    number: int,
    origin: Origin,
    now: datetime,
) -> Invoice:
    document = preview_global(branch=branch, period=period, sales=sales, now=now)
    assert document.forma_pago is not None
    invoice = write_draft(
        Invoice(
            kind=Kind.GLOBAL,
            branch=branch,
            profile=profile,
            origin=origin,
            rfc=profile.rfc,
            nombre=profile.nombre,
            lines=sales_to_json(sales),
            forma_pago=document.forma_pago,
            metodo_pago="PUE",
            total=document.total,
            periodicidad=period.periodicidad,
            period_from=period.first,
            period_to=period.last,
            part=number,
        ),
        priority=BATCH,
        now=now,
    )
    record(
        "global.drafted",
        about=f"invoice:{invoice.pk}",
        now=now,
        branch=branch.pk,
        period=period.first.isoformat(),
        part=number,
        notes=len(sales),
        total=str(document.total),
    )
    return invoice


def preview_global(*, branch: Branch, period: GlobalPeriod, sales: Sequence[GlobalSale], now: datetime) -> Comprobante:
    """What one part would say: its total to the cent, before anything is written (FEATURES 46)."""
    emisor = EmisorRow.objects.get()
    return build_global(
        emisor=Emisor(emisor.rfc, emisor.nombre, emisor.regimen_fiscal),
        lugar_expedicion=branch.cp,
        fecha=fecha(branch.cp, now),
        period=period.informacion_global,
        sales=sales,
    )


def public_profile(branch: Branch, *, origin: Origin, now: datetime) -> FiscalProfile:
    """PUBLICO EN GENERAL of the branch's place (GLO-3): once there, the same one."""
    receptor = Receptor(GENERIC_NACIONAL, PUBLICO_EN_GENERAL, branch.cp, SIN_OBLIGACIONES, SIN_EFECTOS)
    known: FiscalProfile | None = FiscalProfile.objects.filter(
        rfc=receptor.rfc, nombre=receptor.nombre, domicilio_fiscal=branch.cp, accepted_at__isnull=False
    ).first()
    return known or propose_profile(receptor=receptor, correo="", origin=origin, now=now)

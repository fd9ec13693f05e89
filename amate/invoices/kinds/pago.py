"""A REP: the payments it was drafted with, and what each pays of which invoice."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from amate.fiscal.comprobante import Comprobante
from amate.fiscal.instalments import Paid
from amate.fiscal.pago20 import Instalment, Payment, build_pago
from amate.invoices.kinds.heading import Heading
from amate.invoices.models import Instalment as InstalmentRow
from amate.invoices.models import Invoice
from amate.invoices.payments import banks_from_json
from amate.invoices.taxes import taxes_from_json
from amate.tenancy.compiled import Arg, Compiled

_TOLD = Compiled(
    lambda: InstalmentRow.objects.live().filter(rep_id=Arg("rep")).select_related("invoice").order_by("pk")
)


def compose_pago(invoice: Invoice, heading: Heading) -> Comprobante:
    paid: dict[str, list[Instalment]] = {}
    for row in _TOLD.all(rep=invoice.pk):
        paid.setdefault(row.payment, []).append(_instalment(row))
    return build_pago(
        emisor=heading.emisor,
        receptor=heading.receptor,
        lugar_expedicion=heading.lugar_expedicion,
        fecha=heading.fecha,
        payments=[_payment(kept, paid.get(kept["key"], [])) for kept in invoice.lines],
        serie=heading.serie,
        folio=heading.folio,
        relacionados=heading.relacionados,
    )


def _payment(kept: dict[str, Any], instalments: list[Instalment]) -> Payment:
    return Payment(
        fecha_pago=datetime.fromisoformat(kept["fecha_pago"]),
        forma_pago=kept["forma_pago"],
        monto=Decimal(kept["monto"]),
        instalments=tuple(instalments),
        moneda=kept["moneda"],
        tipo_cambio=kept["tipo_cambio"] or None,
        num_operacion=kept["num_operacion"] or None,
        banks=banks_from_json(kept["banks"]),
    )


def _instalment(row: InstalmentRow) -> Instalment:
    return Instalment(
        uuid=str(row.invoice.uuid).upper(),
        num_parcialidad=row.num_parcialidad,
        saldo_anterior=row.imp_saldo_ant,
        paid=Paid(row.imp_pagado, taxes_from_json(row.taxes)),
        objeto_imp=row.objeto_imp,
        moneda=row.invoice.moneda,
        equivalencia=row.equivalencia or None,
        serie=row.invoice.serie,
        folio=str(row.invoice.folio),
    )

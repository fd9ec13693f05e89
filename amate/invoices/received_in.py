"""The payments of a REP as they were received, each with what it pays of which invoice."""

from amate.invoices.models import Instalment, Invoice
from amate.invoices.payments import Received, received_from_json


def received_in(rep: Invoice) -> list[Received]:
    """Whatever became of its instalments since."""
    paid = list(Instalment.objects.filter(rep=rep).order_by("pk"))
    return [
        received_from_json(
            {
                **said,
                "applied": {one.invoice_id: one.imp_pagado for one in paid if one.payment == said["key"]},
                "equivalencias": {
                    one.invoice_id: one.equivalencia for one in paid if one.payment == said["key"] and one.equivalencia
                },
                "parts": {
                    one.invoice_id: one.allocation_id
                    for one in paid
                    if one.payment == said["key"] and one.allocation_id is not None
                },
            }
        )
        for said in rep.lines
    ]

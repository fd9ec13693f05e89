"""The first invoice, to see one: only where the PAC is the simulator, whose stamps have no validity."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from amate.access.may import MAY_CONFIGURE
from amate.companies.models import Branch
from amate.fiscal.ingreso import SaleLine
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.receptor import public_receptor
from amate.invoices.models import Invoice, Origin
from amate.self_invoicing.claim import claim_ticket
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.register import Sale, register_ticket
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.clock import now

SOURCE = "prueba"


@require_POST
def first_invoice(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    if not settings.PAC_IS_SIMULATOR:
        messages.error(request, "Aquí se timbra de verdad: las facturas de prueba solo existen con el simulador.")
        return redirect(address(request, "home"))
    invoice = _issue(now=now())
    messages.success(request, "Así nace una factura. Se timbra en segundos, con la leyenda «sin validez fiscal».")
    return redirect(address(request, "invoice", invoice.pk))


def _issue(*, now: datetime) -> Invoice:
    """One sale of $116.00 to somebody without RFC, invoiced at the counter."""
    branch: Branch = Branch.objects.open().earliest("id")
    number = Ticket.objects.filter(source=SOURCE).count() + 1
    line = SaleLine(
        line=Line(
            cantidad=Decimal(1), precio=Decimal("116.00"), impuestos=(Impuesto("002", "Tasa", Decimal("0.160000")),)
        ),
        clave_prod_serv="01010101",
        clave_unidad="ACT",
        descripcion="Artículo de prueba",
    )
    sale = Sale(
        source=SOURCE,
        external_id=f"{number:04d}",
        folio=f"PRUEBA-{number}",
        sold_at=now,
        forma_pago="01",
        total=Decimal("116.00"),
        lines=(line,),
    )
    ticket, _ = register_ticket(sale=sale, branch=branch, now=now)
    receptor = public_receptor(nombre="CLIENTE DE PRUEBA", lugar_expedicion=branch.cp)
    return claim_ticket(ticket_id=ticket.pk, receptor=receptor, correo="", origin=Origin.COUNTER, now=now)

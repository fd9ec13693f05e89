"""Doubles: who may be the same twice, what a merge would move, and the merge."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from amate.access.may import MAY_KEEP_CUSTOMERS
from amate.billing_cycle.collection.join import join_customers
from amate.customers.current import current_of
from amate.customers.doubles import Double, doubles_of
from amate.customers.fingerprint import Changed
from amate.customers.merge import MergeRefused, plan_merge
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.customers.search import search
from amate.invoices.models import Invoice
from amate.web.backoffice.customer import find_customer, fiscal_facts
from amate.web.backoffice.customer_edit import CHANGED
from amate.web.backoffice.keyset import asked
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.clock import now

SHOWN = 20
# The tables that a merge moves rows of, as people call them.
KINDS = {
    "FiscalProfile": ("versión o propuesta de datos fiscales", "versiones y propuestas de datos fiscales"),
    "Contact": ("contacto", "contactos"),
    "Receivable": ("cargo por cobrar", "cargos por cobrar"),
    "Charge": ("concepto cobrado", "conceptos cobrados"),
    "Payment": ("pago", "pagos"),
    "JournalLine": ("movimiento contable", "movimientos contables"),
    "Subscription": ("suscripción", "suscripciones"),
    "Parking": ("espera de facturación", "esperas de facturación"),
    "Service": ("servicio", "servicios"),
    "CutDecision": ("corte por falta de pago", "cortes por falta de pago"),
    "Notice": ("aviso de cobro", "avisos de cobro"),
    "PromiseToPay": ("promesa de pago", "promesas de pago"),
    "OptOut": ("canal por el que no se le avisa", "canales por los que no se le avisa"),
    "Exemption": ("exención de corte", "exenciones de corte"),
    "CollectorNote": ("nota de cobranza", "notas de cobranza"),
    "PaymentHint": ("pago en camino", "pagos en camino"),
    "PaymentReference": ("referencia de pago", "referencias de pago"),
    "LearnedOrigin": ("cuenta desde la que paga", "cuentas desde las que paga"),
    "ReportedPayment": ("pago reportado", "pagos reportados"),
    "Statement": ("estado de cuenta", "estados de cuenta"),
    "AccountLink": ("enlace a su página", "enlaces a su página"),
}


@require_safe
def choose(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_KEEP_CUSTOMERS)
    found = find_customer(customer_id)
    if found.merged_into_id is not None:
        return redirect(address(request, "merge_choose", find_remaining(found).pk))
    text = asked(request, "q")["q"]
    hits = [one for one in search(text=text, limit=SHOWN + 1) if one.pk != found.pk] if text else []
    return show(
        request,
        "office/customers/doubles.html",
        room="customers",
        customer=found,
        text=text,
        rows=[Double(one, ()) for one in hits[:SHOWN]] if text else doubles_of(found, limit=SHOWN),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, slug: str, customer_id: int, other_id: int) -> HttpResponse:
    """What would move from the other to this one; a POST merges."""
    require(request, MAY_KEEP_CUSTOMERS)
    kept, merged = find_customer(customer_id), find_customer(other_id)
    if request.method != "POST":
        if kept.merged_into_id is not None or merged.merged_into_id is not None:
            return redirect(address(request, "customer", find_remaining(kept).pk))
        return _page(request, kept, merged)
    try:
        done = join_customers(
            kept_id=kept.pk,
            merged_id=merged.pk,
            sat_changed_rfc=request.POST.get("sat_cambio") == "1",
            seen=request.POST.get("visto", ""),
            now=now(),
        )
    except Changed:
        return _page(request, find_customer(kept.pk), find_customer(merged.pk), wrong=CHANGED)
    except MergeRefused as refused:
        return _page(request, kept, merged, wrong=str(refused))
    messages.success(request, f"Unimos a {merged.nombre} con este cliente. Su dirección de antes llega aquí.")
    return redirect(address(request, "customer", done.pk))


def _page(request: HttpRequest, kept: Customer, merged: Customer, *, wrong: str = "") -> HttpResponse:
    plan = plan_merge(kept=kept, merged=merged, sat_changed_rfc=False)
    documents = Invoice.objects.filter(profile__customer=merged)
    moves = [
        (documents.count(), ("factura", "facturas")),
        (documents.filter(claims__isnull=False).count(), ("nota de venta facturada", "notas de venta facturadas")),
        *((count, KINDS.get(name, (name, name))) for name, count in plan.moves.items()),
    ]
    return show(
        request,
        "office/customers/merge.html",
        room="customers",
        status=422 if wrong else 200,
        kept=kept,
        merged=merged,
        sides=[
            (kept, "Se queda", fiscal_facts(current_of(kept))),
            (merged, "Se une a él", fiscal_facts(current_of(merged))),
        ],
        plan=plan,
        data=fiscal_facts(plan.data),
        moves=[(count, words[count != 1]) for count, words in moves],
        wrong=wrong,
        customer=kept,
    )

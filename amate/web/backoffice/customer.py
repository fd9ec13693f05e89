"""One customer: the answer first, then the fiscal data and their versions, contacts, invoices and mails."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from amate.access.may import MAY_KEEP_CONTACTS, MAY_KEEP_CUSTOMERS
from amate.audit.models import Entry
from amate.customers.add import FILE
from amate.customers.current import current_of
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.customers.queries import proposals, versions_of
from amate.customers.remaining import find_remaining
from amate.customers.rules import is_real
from amate.fiscal.catalogs import name_of
from amate.invoices.models import AT_THE_SAT, ON_THE_WAY, Invoice, Kind, Origin, State
from amate.messages.models import Message
from amate.papers.dates import short
from amate.web.backoffice.customer_wheel import wheel_of
from amate.web.backoffice.customers import customer_pill
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.mails import delivery
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import invoice_rows

MAILS = 20
ORIGINS: dict[str, str] = {
    **dict(Origin.choices),
    "staff": "Tu equipo",
    "account": "La página del cliente",
    "merged": "Un cliente que se unió",
    FILE: "Un archivo importado",
}
LABELS = {
    "rfc": "RFC",
    "nombre": "Nombre o razón social",
    "domicilio_fiscal": "Código postal",
    "regimen_fiscal": "Régimen fiscal",
    "uso_cfdi": "Uso del CFDI",
    "residencia_fiscal": "Residencia fiscal",
    "num_reg_id_trib": "Registro tributario",
}


def origin_in_words(origin: str) -> str:
    """
    >>> origin_in_words("staff"), origin_in_words("import:12")
    ('Tu equipo', 'Un archivo importado')
    """
    return ORIGINS.get(origin.partition(":")[0], origin)


@dataclass(frozen=True, slots=True)
class Version:
    """`until` is empty for the current one; `who` is empty when no person did it."""

    since: datetime
    until: datetime | None
    text: str
    origin: str
    who: str


@require_safe
def customer(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    found = find_customer(customer_id)
    if found.merged_into_id is not None:
        return redirect(address(request, "customer", find_remaining(found).pk))
    current = current_of(found)
    invoices = Invoice.objects.select_related("branch").filter(profile__customer=found).order_by("-id")
    page = page_of(invoices, request=request, kept={})
    return show(
        request,
        "office/customers/customer.html",
        room="customers",
        customer=found,
        pill=customer_pill(found),
        answer=_answer(found),
        facts=fiscal_facts(current),
        versions=_versions(found),
        contacts=Contact.objects.filter(customer=found).order_by("id"),
        origins=ORIGINS,
        proposed=proposals().filter(customer=found),
        merged=Customer.objects.filter(merged_into=found).order_by("-merged_at")[:10],
        rows=invoice_rows(page.rows),
        page=page,
        mails=_mails(page.rows),
        may_keep=may(request, MAY_KEEP_CUSTOMERS),
        may_keep_contacts=may(request, MAY_KEEP_CONTACTS),
        may_verify=current is not None
        and is_real(current.rfc)
        and found.verified_at is None
        and may(request, MAY_KEEP_CUSTOMERS),
        **wheel_of(request, found),
    )


def find_customer(customer_id: int) -> Customer:
    found: Customer | None = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found


def fiscal_facts(profile: FiscalProfile | None) -> list[tuple[str, str]]:
    """(label, value) as the SAT has them, keys with their names."""
    return [(LABELS[name], in_words(name, getattr(profile, name))) for name in LABELS if getattr(profile, name, "")]


def in_words(name: str, value: str) -> str:
    return f"{value} · {name_of(name, value)}" if name in ("regimen_fiscal", "uso_cfdi") and value else value


def _answer(found: Customer) -> list[str]:
    """FACE principle 7: what whoever calls wants to know, above everything."""
    rows = Invoice.objects.filter(profile__customer=found)
    live = rows.filter(state__in=AT_THE_SAT, kind=Kind.INGRESO, replaced_by__isnull=True)
    stamped = live.values("moneda").order_by("moneda")
    sums = list(stamped.annotate(count=Count("pk"), total=Sum("total"), last=Max("stamped_at")))
    open_ = rows.aggregate(
        going=Count("pk", filter=Q(state__in=ON_THE_WAY)), refused=Count("pk", filter=Q(state=State.REFUSED))
    )
    said = [_invoiced(one["count"], one["total"], one["moneda"]) for one in sums] or ["Aún sin facturas"]
    if sums:
        said.append(f"la última, el {short(max(one['last'] for one in sums).astimezone(office_zone()))}")
    if open_["going"]:
        said.append(f"{open_['going']} en camino")
    if open_["refused"]:
        said.append(f"{open_['refused']} rechazada{'' if open_['refused'] == 1 else 's'}")
    return said


def _invoiced(count: int, total: Decimal, moneda: str) -> str:
    """
    >>> _invoiced(1, Decimal("120"), "MXN"), _invoiced(12, Decimal("4500.5"), "USD")
    ('1 factura vigente por $120.00', '12 facturas vigentes por $4,500.50 USD')
    """
    words = "factura vigente" if count == 1 else "facturas vigentes"
    return f"{count} {words} por ${total:,.2f}" + ("" if moneda == "MXN" else f" {moneda}")


def _versions(found: Customer) -> list[Version]:
    kept = versions_of(found)
    acts = Entry.objects.filter(about=f"customer:{found.pk}", detail__has_key="profile").order_by("id")
    who = {one.detail["profile"]: one.actor for one in acts[:200]}
    return [
        Version(
            since=one.accepted_at,  # type: ignore[arg-type]  # the query asked for accepted ones
            until=one.superseded_at,
            text=" · ".join([one.rfc, one.nombre, f"CP {one.domicilio_fiscal}", one.regimen_fiscal, one.uso_cfdi]),
            origin=origin_in_words(one.origin),
            who=who.get(one.pk, ""),
        )
        for one in kept
    ]


def _mails(invoices: list[Invoice]) -> list[dict[str, Any]]:
    """What was sent about the invoices that are shown, newest first."""
    numbers = {f"invoice:{one.pk}": one for one in invoices}
    return [
        {
            "to": message.to,
            "invoice": numbers[message.about],
            "pill": delivery(message).pill,
            "moment": message.sent_at or message.created_at,
            "error": message.error,
        }
        for message in Message.objects.filter(about__in=numbers).order_by("-id")[:MAILS]
    ]

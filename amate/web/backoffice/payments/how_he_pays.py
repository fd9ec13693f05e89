"""Cómo paga un cliente: his references, the accounts he pays from, and new references asked from a provider."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_RECONCILE
from amate.adapters.payments import LASTING, Way
from amate.billing_cycle.reconciliation.confirm import forget_origin
from amate.billing_cycle.reconciliation.give_reference import CannotAsk, ask_reference, has_reference
from amate.billing_cycle.reconciliation.models import BankAccount, LearnedOrigin, PaymentReference, ProviderAccount
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.references import customer_reference
from amate.promises.models import Promise
from amate.web.backoffice.customer import find_customer
from amate.web.backoffice.page import address, show
from amate.web.backoffice.payments.fields import ids_of
from amate.web.backoffice.roles import may, require
from amate.web.clock import now

MOST = 999_999  # the last customer whom a reference of seven digits can name
WAYS = {Way.SPEI: "Pedir su CLABE", Way.CASH: "Pedir su referencia de efectivo"}


@require_http_methods(["GET", "HEAD", "POST"])
def how_he_pays(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    customer = find_customer(customer_id)
    if customer.merged_into_id is not None:
        return redirect(address(request, "how_he_pays", find_remaining(customer).pk))
    if request.method == "POST":
        require(request, MAY_RECONCILE)
        _act(request, customer)
        return redirect(address(request, "how_he_pays", customer.pk))
    references = PaymentReference.objects.filter(customer=customer, ended_at__isnull=True).select_related("account")
    asking = Promise.objects.open().filter(kind="give_reference", args__customer_id=customer.pk)
    return show(
        request,
        "office/payments/how_he_pays.html",
        room="payments",
        customer=customer,
        number=customer_reference(customer.number) if customer.number <= MOST else "",
        accounts=BankAccount.objects.exclude(clabe="").order_by("name"),
        references=references.order_by("-id")[:50],
        origins=LearnedOrigin.objects.filter(customer=customer, forgotten_at__isnull=True).order_by("-id")[:50],
        asking=asking.count(),
        offers=_offers(customer) if may(request, MAY_RECONCILE) else [],
        may_reconcile=may(request, MAY_RECONCILE),
    )


def _act(request: HttpRequest, customer: Customer) -> None:
    for origin_id in ids_of([request.POST.get("olvidar", "")]):
        if LearnedOrigin.objects.filter(pk=origin_id, customer=customer).exists():
            forget_origin(origin_id=origin_id, now=now())
            messages.success(request, "Ya no lo reconocemos por esa cuenta.")
        return
    said, _, way = request.POST.get("pedir", "").partition("-")
    account = ProviderAccount.objects.filter(pk__in=ids_of([said]), closed_at__isnull=True).first()
    if account is None or way not in WAYS:
        messages.error(request, "Elige qué referencia pedir.")
        return
    try:
        ask_reference(customer_id=customer.pk, account_id=account.pk, way=Way(way), now=now())
    except CannotAsk as why:
        messages.error(request, str(why))
    else:
        messages.success(request, f"La pedimos a {account.name}: aparece aquí en un momento.")


def _offers(customer: Customer) -> list[tuple[str, str]]:
    """What may be asked for: the button's value and its words."""
    accounts = ProviderAccount.objects.filter(closed_at__isnull=True).order_by("id")
    return [
        (f"{account.pk}-{way.value}", f"{words} a {account.name}")
        for account in accounts
        for way, words in WAYS.items()
        if way in LASTING.get(account.code, ())
        if not has_reference(customer_id=customer.pk, account_id=account.pk, way=way)
    ]

"""Reading customers: the list, what waits for review, and to whom invoices go."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from amate.customers.models import Contact, Customer, CustomerWord, FiscalProfile
from amate.tenancy.compiled import Arg, Compiled

STATES = {
    "to_review": "Con propuesta por revisar",
    "verified": "Verificados por tu equipo",
    "unverified": "Sin verificar",
    "no_rfc": "Sin RFC",
    "double": "Pueden estar dos veces",
}

_RECEIVERS = Compiled(
    lambda: Contact.objects.filter(customer_id=Arg("customer"), receives_invoices=True).order_by("id")
)


def with_proposals(rows: Any) -> Any:
    """Each with `proposed`: whether a proposal waits."""
    return rows.annotate(proposed=Exists(FiscalProfile.objects.to_review().filter(customer=OuterRef("pk"))))


def in_state(rows: Any, state: str) -> Any:
    """`state`: one of STATES."""
    if state == "to_review":
        return rows.filter(pk__in=FiscalProfile.objects.to_review().values("customer_id"))
    if state == "verified":
        return rows.filter(verified_at__isnull=False)
    if state == "unverified":
        return rows.filter(verified_at__isnull=True)
    if state == "double":
        return rows.filter(_shares_with_another())
    return rows.filter(rfc="")


def _shares_with_another() -> Q:
    """The same mail, telephone or whole name as somebody else. Reads one company's customers whole: for a list that
    somebody asks for, not for every page."""
    said = CustomerWord.objects.filter(Q(word__contains="@") | Q(word__regex=r"^[0-9]{10}$"))
    shared = said.values("word").annotate(of=Count("customer", distinct=True)).filter(of__gt=1).values("word")
    names = Customer.objects.live().values("search_name").annotate(of=Count("pk")).filter(of__gt=1)
    return Q(pk__in=CustomerWord.objects.filter(word__in=shared).values("customer")) | Q(
        search_name__in=names.values("search_name")
    )


def proposals() -> Any:
    """What waits for review, oldest first."""
    return FiscalProfile.objects.to_review().select_related("customer").order_by("id")


def versions_of(customer: Customer) -> list[FiscalProfile]:
    """Every version that was accepted, newest first."""
    rows = FiscalProfile.objects.filter(customer=customer, accepted_at__isnull=False)
    return list(rows.order_by("-accepted_at", "-id")[:50])


def mails_for_invoices(customer: Customer) -> list[str]:
    """Of contacts to whom staff send every invoice of this customer."""
    return [one.correo for one in _RECEIVERS.all(customer=customer.pk)]

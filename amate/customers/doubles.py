"""Who may be the same customer twice."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from amate.customers.models import Contact, Customer, CustomerWord
from amate.customers.rules import is_near, may_be_one

LOOKED_AT = 60  # customers that share most words of the name


@dataclass(frozen=True, slots=True)
class Double:
    """`why`: in words for staff, the strongest reason first."""

    customer: Customer
    why: tuple[str, ...]


def doubles_of(customer: Customer, *, limit: int) -> list[Double]:
    """Probable doubles: the same mail or telephone, or a near name; never one with another real RFC, which is another
    taxpayer. The most reasons first."""
    why: dict[int, list[str]] = defaultdict(list)
    contacts = list(Contact.objects.filter(customer=customer))
    mails = {one.lower() for one in (customer.correo, *(c.correo for c in contacts)) if one}
    digits = {one.digits for one in contacts if len(one.digits) == 10}
    for pk in _having(mails):
        why[pk].append("El mismo correo")
    for pk in _having(digits):
        why[pk].append("El mismo teléfono")
    for pk in _near(customer):
        why[pk].append("Nombre parecido")
    why.pop(customer.pk, None)
    found = [one for one in Customer.objects.live().filter(pk__in=why) if may_be_one(customer.rfc, one.rfc)]
    found.sort(key=lambda one: (-len(why[one.pk]), one.pk))
    return [Double(one, tuple(why[one.pk])) for one in found[:limit]]


def _having(words: set[str]) -> list[int]:
    if not words:
        return []
    rows = CustomerWord.objects.filter(word__in=words).values_list("customer_id", flat=True).distinct()
    return list(rows[:LOOKED_AT])


def _near(customer: Customer) -> list[int]:
    """By the words first, which an index finds; then by how like the whole names are."""
    words = set(customer.search_name.split())
    if len(words) < 2:
        found = Customer.objects.live().filter(search_name=customer.search_name)
        return list(found.values_list("pk", flat=True)[:LOOKED_AT])
    shared = (
        CustomerWord.objects.filter(~Q(customer=customer), word__in=words)
        .values("customer_id")
        .annotate(shared=Count("word", distinct=True))
        .order_by("-shared", "customer_id")
        .values_list("customer_id", flat=True)[:LOOKED_AT]
    )
    names = Customer.objects.filter(pk__in=list(shared)).values_list("pk", "search_name")
    return [pk for pk, name in names if is_near(customer.search_name, name)]

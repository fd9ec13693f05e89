"""By which ways a customer can be reached about what he owes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from amate.billing_cycle.collection.models import Channel
from amate.billing_cycle.collection.opt_out import silenced_of
from amate.customers.models import Contact, Customer
from amate.messages.models import Message


@dataclass(frozen=True, slots=True)
class Reach:
    """`mail`: where reminders go, or "" if there is none that arrives; `phone`: as it was typed; `silenced`: channels by which
    he asked not to be reminded."""

    nombre: str
    number: int
    mail: str
    phone: str
    silenced: frozenset[Channel] = field(default=frozenset())


def reach_of(customer_ids: Collection[int]) -> dict[int, Reach]:
    """Of each, in four statements. Whoever handles payments comes before the account's own address; an address from which
    a mail came back is none until a person took care of it."""
    people: dict[int, list[Contact]] = defaultdict(list)
    for one in Contact.objects.filter(customer_id__in=customer_ids).order_by("-handles_payments", "id"):
        people[one.customer_id].append(one)
    customers = list(Customer.objects.filter(pk__in=customer_ids).order_by("id"))
    mails = {one.pk: _mails(one, people[one.pk]) for one in customers}
    every = {mail for some in mails.values() for mail in some}
    dead = {to.lower() for to in Message.objects.astray().filter(to__in=every).values_list("to", flat=True)}
    silenced = silenced_of(customer_ids)
    return {
        one.pk: Reach(
            one.nombre,
            one.number,
            next((mail for mail in mails[one.pk] if mail.lower() not in dead), ""),
            next((person.telefono for person in people[one.pk] if person.telefono), ""),
            silenced.get(one.pk, frozenset()),
        )
        for one in customers
    }


def _mails(customer: Customer, people: Iterable[Contact]) -> list[str]:
    payers = [one.correo for one in people if one.correo and one.handles_payments]
    return [*payers, *([customer.correo] if customer.correo else [])]

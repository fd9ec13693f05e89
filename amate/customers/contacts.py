"""The people of a customer: added, corrected, removed."""

from dataclasses import dataclass
from datetime import datetime

from amate.audit.record import record
from amate.catalogs.search import plain_text
from amate.customers.add import STAFF
from amate.customers.fingerprint import Changed, of_contact
from amate.customers.models import Contact
from amate.customers.remaining import lock_live, lock_remaining
from amate.customers.rules import national


@dataclass(frozen=True, slots=True)
class Said:
    """A contact as staff typed it: at least one of the three texts, and a mail if invoices go there."""

    nombre: str
    correo: str
    telefono: str
    receives_invoices: bool
    handles_payments: bool


def add_contact(*, customer_id: int, said: Said, now: datetime) -> Contact:
    """Raises remaining.Merged."""
    customer = lock_live(customer_id)
    contact = Contact.objects.create(customer=customer, origin=STAFF, created_at=now, **_columns(said))
    record("customer.contact_added", about=f"customer:{customer.pk}", now=now, **_told(contact))
    return contact


def change_contact(*, contact_id: int, said: Said, seen: str, now: datetime) -> Contact:
    """`seen`: the fingerprint of what was on the page. Raises Changed, and Contact.DoesNotExist when it was removed."""
    contact = _locked(contact_id)
    if of_contact(contact) != seen:
        raise Changed
    before = contact.correo
    for name, value in _columns(said).items():
        setattr(contact, name, value)
    contact.save(update_fields=list(_columns(said)))
    record(
        "customer.contact_changed", about=f"customer:{contact.customer_id}", now=now, before=before, **_told(contact)
    )
    return contact


def remove_contact(*, contact_id: int, now: datetime) -> Contact:
    """What was sent to it stays told. Raises Contact.DoesNotExist."""
    contact = _locked(contact_id)
    record("customer.contact_removed", about=f"customer:{contact.customer_id}", now=now, **_told(contact))
    Contact.objects.filter(pk=contact.pk).delete()
    return contact


def _locked(contact_id: int) -> Contact:
    """Under its customer's lock, which everything of a customer is written under."""
    lock_remaining(Contact.objects.values_list("customer_id", flat=True).get(pk=contact_id))
    return Contact.objects.get(pk=contact_id)


def _columns(said: Said) -> dict[str, str | bool]:
    return {
        "nombre": said.nombre,
        "search_name": plain_text(said.nombre),
        "correo": said.correo,
        "telefono": said.telefono,
        "digits": national(said.telefono),
        "receives_invoices": said.receives_invoices,
        "handles_payments": said.handles_payments,
    }


def _told(contact: Contact) -> dict[str, object]:
    """Where a customer's invoices went is found again by it, whoever changed it since."""
    return {
        "contact": contact.pk,
        "who": str(contact),
        "correo": contact.correo,
        "receives_invoices": contact.receives_invoices,
    }

"""What a page showed, in a few letters: a form carries it back, so that nobody overwrites what he never saw."""

from hashlib import sha256

from amate.customers.models import Contact, Customer, FiscalProfile
from amate.customers.rules import FISCAL


class Changed(Exception):
    """Another hand changed it since the page was drawn. Nothing was written."""


def of_customer(customer: Customer, current: FiscalProfile | None) -> str:
    fiscal = [getattr(current, name) for name in FISCAL] if current else []
    return _of(customer.nombre, customer.correo, *fiscal)


def of_pair(customer: Customer, current: FiscalProfile | None, other: Customer, theirs: FiscalProfile | None) -> str:
    return _of(of_customer(customer, current), of_customer(other, theirs))


def of_contact(contact: Contact) -> str:
    flags = (str(contact.receives_invoices), str(contact.handles_payments))
    return _of(contact.nombre, contact.correo, contact.telefono, *flags)


def _of(*values: str) -> str:
    return sha256("\0".join(values).encode()).hexdigest()[:16]

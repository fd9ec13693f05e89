"""A customer as another system keeps him, told under its own key as often as it likes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from amate.audit.record import record
from amate.customers.accept import find_customer
from amate.customers.add import KeyTaken, RfcTaken, add_customer
from amate.customers.change import change_customer
from amate.customers.contacts import Said, add_contact
from amate.customers.current import current_of
from amate.customers.fingerprint import Changed, of_customer
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.customers.remaining import find_remaining, lock_remaining
from amate.customers.rules import FISCAL, is_real, national
from amate.fiscal.receptor import Receptor


class HasAnotherKey(Exception):
    """The RFC is of a customer whom that system calls otherwise. Nothing was written."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(
            f"Ese RFC ya es del cliente {customer.number}, {customer.nombre}, con la clave “{customer.external_id}”: "
            "usa esa clave, o une los dos clientes en Amate"
        )
        self.customer = customer


@dataclass(frozen=True, slots=True)
class Told:
    """`receptor` None: the fiscal data that he has stay, and with them his name. `correo` and `telefono` None: those that he
    has stay. `seen`: the fingerprint of what that system read last; None: it does not ask."""

    external_id: str
    nombre: str
    receptor: Receptor | None = None
    correo: str | None = None
    telefono: str | None = None
    seen: str | None = None


def customer_of_key(external_id: str) -> Customer | None:
    """Who remains of whom that system calls so."""
    found: Customer | None = Customer.objects.filter(external_id=external_id).first()
    return None if found is None else find_remaining(found)


def keep_customer(*, told: Told, now: datetime) -> tuple[Customer, bool]:
    """(the customer, whether he is new). Told again, nothing changes. One whom we know by his RFC is given the key.

    Raises HasAnotherKey, `add.RfcTaken`, `add.KeyTaken` and `fingerprint.Changed`; then nothing was written.
    """
    known = customer_of_key(told.external_id) or _of_rfc(told)
    if known is None:
        if told.seen is not None:
            raise Changed
        try:
            said = {"nombre": told.nombre, "receptor": told.receptor, "correo": told.correo or ""}
            made = add_customer(**said, external_id=told.external_id, now=now)  # type: ignore[arg-type]
        except (KeyTaken, RfcTaken) as taken:  # told twice at once: the other was first
            known = find_remaining(taken.customer)
        else:
            _keep_telephone(made, told.telefono, now=now)
            return made, True
    return _change(known, told, now=now), False


def _of_rfc(told: Told) -> Customer | None:
    if told.receptor is None or not is_real(told.receptor.rfc):
        return None
    return find_customer(rfc=told.receptor.rfc, nombre=told.receptor.nombre)


def _change(known: Customer, told: Told, *, now: datetime) -> Customer:
    customer = lock_remaining(known.pk)
    current = current_of(customer)
    fingerprint = of_customer(customer, current)
    if told.seen is not None and told.seen != fingerprint:
        raise Changed
    if customer.external_id != told.external_id and not Customer.objects.filter(external_id=told.external_id).exists():
        if customer.external_id:
            raise HasAnotherKey(customer)
        _give_key(customer, told.external_id)
        record("customer.key_given", about=f"customer:{customer.pk}", now=now, external_id=told.external_id)
    receptor = told.receptor
    nombre = told.nombre if current is None else current.nombre
    correo = customer.correo if told.correo is None else told.correo
    if _differs(customer, current, nombre=nombre, receptor=receptor, correo=correo):
        change_customer(
            customer_id=customer.pk, nombre=nombre, receptor=receptor or _own(current), correo=correo,
            seen=fingerprint, now=now,
        )  # fmt: skip
    _keep_telephone(customer, told.telefono, now=now)
    changed: Customer = Customer.objects.get(pk=customer.pk)
    return changed


def _give_key(customer: Customer, external_id: str) -> None:
    try:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(external_id=external_id)
    except IntegrityError:  # told of another customer at this very moment
        raise KeyTaken(Customer.objects.get(external_id=external_id)) from None


def _own(current: FiscalProfile | None) -> Receptor | None:
    return None if current is None or not is_real(current.rfc) else current.receptor


def _differs(
    customer: Customer, current: FiscalProfile | None, *, nombre: str, receptor: Receptor | None, correo: str
) -> bool:
    if receptor is None:
        return (customer.nombre, customer.correo) != (nombre, correo)
    same = current is not None and all(getattr(current, one) == (getattr(receptor, one) or "") for one in FISCAL)
    return not same or customer.correo != correo


def _keep_telephone(customer: Customer, telefono: str | None, *, now: datetime) -> None:
    """Beside those that he has: which of them rings no more is a person's to say."""
    digits = national(telefono or "")
    if digits and not Contact.objects.filter(customer=customer, digits=digits).exists():
        said = Said(nombre="", correo="", telefono=telefono or "", receives_invoices=False, handles_payments=True)
        add_contact(customer_id=customer.pk, said=said, now=now)

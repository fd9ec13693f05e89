"""A customer written down by hand, before any invoice."""

from datetime import datetime, timedelta

from amate.audit.record import record
from amate.catalogs.search import plain_text
from amate.companies.folios import take_folio
from amate.customers.accept import NUMBERS, find_customer
from amate.customers.current import make_current
from amate.customers.models import Customer
from amate.customers.propose import propose_profile
from amate.fiscal.receptor import Receptor
from amate.tenancy.writes import insert_unless_there

STAFF = "staff"  # the origin of what staff typed
FILE = "import"  # of what a file brought: `import:` and the batch
TWICE = timedelta(seconds=10)  # within which the same words are one button pressed twice


class KeyTaken(Exception):
    """The other system's key is `customer`'s already. Nothing was written."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(f"Esa clave ya es del cliente {customer.number}, {customer.nombre}")
        self.customer = customer


class RfcTaken(Exception):
    """The RFC is `customer`'s already. Nothing was written."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(f"Ese RFC ya es del cliente {customer.number}, {customer.nombre}")
        self.customer = customer


def add_customer(
    *,
    nombre: str,
    receptor: Receptor | None,
    correo: str,
    now: datetime,
    external_id: str = "",
    origin: str = STAFF,
) -> Customer:
    """With fiscal data, which staff then answer for if they typed them, or with a name only. `external_id`: what another
    system calls him. Raises RfcTaken and KeyTaken.

    Two people may have one name, so nothing in the database keeps a name from being there twice; but the same words at
    once are the same customer.
    """
    name, rfc = (receptor.nombre, receptor.rfc) if receptor else (nombre, "")
    if rfc and (known := find_customer(rfc=rfc, nombre=name)):
        raise RfcTaken(known)
    number = take_folio(series=NUMBERS)  # locked from here on: of two that come at once the second sees the first
    if external_id and (known := Customer.objects.filter(external_id=external_id).first()):
        raise KeyTaken(known)
    if not rfc and not external_id and (known := _just_added(nombre=name, correo=correo, now=now)):
        return known
    customer = Customer(
        number=number,
        rfc=rfc,
        nombre=name,
        search_name=plain_text(name),
        correo=correo,
        external_id=external_id,
        created_at=now,
        verified_at=now if receptor and origin == STAFF else None,
    )
    if not insert_unless_there(customer):  # an invoice brought the same RFC at this very moment
        known = find_customer(rfc=rfc, nombre=name)
        assert known is not None
        raise RfcTaken(known)
    detail = {}
    if receptor is not None:
        profile = propose_profile(receptor=receptor, correo=correo, origin=origin, now=now)
        make_current(profile=profile, customer=customer, now=now)
        detail = {"profile": profile.pk}
    record("customer.added", about=f"customer:{customer.pk}", now=now, number=customer.number, **detail)
    return customer


def _just_added(*, nombre: str, correo: str, now: datetime) -> Customer | None:
    last: Customer | None = Customer.objects.order_by("-id").first()
    if last is None or (last.rfc, last.nombre, last.correo) != ("", nombre, correo):
        return None
    return last if now - TWICE <= last.created_at <= now else None

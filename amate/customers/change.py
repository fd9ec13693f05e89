"""Staff change who a customer is: a new version of the fiscal data, never an edit of the old one."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from amate.audit.record import record
from amate.catalogs.search import plain_text
from amate.customers.add import STAFF, RfcTaken
from amate.customers.current import current_of, dismiss_the_same, make_current
from amate.customers.fingerprint import Changed, of_customer
from amate.customers.models import Customer, FiscalProfile
from amate.customers.propose import propose_profile
from amate.customers.remaining import lock_live
from amate.customers.rules import FISCAL, is_real
from amate.fiscal.receptor import Receptor


class HasFiscalData(Exception):
    """A customer with fiscal data keeps them: they are changed, not taken away; a generic RFC's are its name. Nothing was
    written."""


def change_customer(
    *, customer_id: int, nombre: str, receptor: Receptor | None, correo: str, seen: str, now: datetime
) -> Customer:
    """Write what staff typed; with the same fiscal data there is no new version. Staff answer for them from now on.

    `receptor` None: only a name, for whoever has no fiscal data yet, or the mail of a generic RFC. `seen`: the fingerprint of what was on the page.
    Raises Changed, remaining.Merged, add.RfcTaken and HasFiscalData; nothing was written then.
    """
    customer = lock_live(customer_id)
    current = current_of(customer)
    if of_customer(customer, current) != seen:
        raise Changed
    if receptor is None and current is not None and (is_real(current.rfc) or nombre != current.nombre):
        raise HasFiscalData
    before = {name: str(getattr(current, name, "")) for name in FISCAL} | {"correo": customer.correo}
    if receptor is not None:
        _change_fiscal(customer, current, receptor, now=now)
    elif customer.nombre != nombre:
        customer.nombre, customer.search_name = nombre, plain_text(nombre)
    customer.correo = correo
    customer.save(update_fields=["nombre", "search_name", "correo", "verified_at"])
    after = current_of(customer)
    said = {name: str(getattr(after, name, "")) for name in FISCAL} | {"correo": customer.correo}
    record(
        "customer.changed",
        about=f"customer:{customer.pk}",
        now=now,
        profile=after.pk if after else None,
        changed=sorted(name for name, value in said.items() if before[name] != value),
    )
    return customer


def _change_fiscal(customer: Customer, current: FiscalProfile | None, receptor: Receptor, *, now: datetime) -> None:
    _refuse_taken(receptor.rfc, customer)
    customer.verified_at = now
    if current is not None and all(getattr(current, name) == (getattr(receptor, name) or "") for name in FISCAL):
        return
    try:
        with transaction.atomic():
            profile = propose_profile(receptor=receptor, correo="", origin=STAFF, now=now)
            make_current(profile=profile, customer=customer, now=now)
    except IntegrityError:  # an invoice brought the same RFC at this very moment
        _refuse_taken(receptor.rfc, customer)
        raise
    dismiss_the_same(profile=profile, customer=customer, now=now)


def _refuse_taken(rfc: str, customer: Customer) -> None:
    other = Customer.objects.live().filter(~Q(pk=customer.pk), rfc=rfc).first() if is_real(rfc) else None
    if other is not None:
        raise RfcTaken(other)


def verify_customer(*, customer_id: int, now: datetime) -> Customer:
    """Staff answer for the data as they are: from here on the portal only proposes. Again changes nothing.

    Raises remaining.Merged.
    """
    customer = lock_live(customer_id)
    if customer.verified_at is None and current_of(customer) is not None:
        customer.verified_at = now
        customer.save(update_fields=["verified_at"])
        record("customer.verified", about=f"customer:{customer.pk}", now=now)
    return customer

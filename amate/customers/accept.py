"""The SAT has stamped with these data, so they are right: the proposal becomes the customer's current version."""

from datetime import datetime

from amate.catalogs.search import plain_text
from amate.companies.folios import take_folio
from amate.customers.models import Customer, FiscalProfile
from amate.fiscal.rfc import GENERICS
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert_unless_there

NUMBERS = "|clientes"  # no series of invoices can be called so: the SAT forbids the bar
FISCAL = ("rfc", "nombre", "domicilio_fiscal", "regimen_fiscal", "uso_cfdi", "residencia_fiscal", "num_reg_id_trib")


_OF_RFC = Compiled(lambda: Customer.objects.filter(rfc=Arg("rfc")).select_for_update(no_key=True).order_by("id")[:1])
_OF_NAME = Compiled(
    lambda: (
        Customer.objects.filter(rfc=Arg("rfc"), nombre=Arg("nombre")).select_for_update(no_key=True).order_by("id")[:1]
    )
)
_CURRENT = Compiled(lambda: FiscalProfile.objects.current().filter(customer_id=Arg("customer")).order_by("id")[:1])


def accept_profile(*, profile: FiscalProfile, now: datetime) -> Customer:
    """Insert the customer of this RFC or bring the known one up to date (FEATURES 27). Locks the customer.

    Mail is added, never replaced; the same data again make no new version. Called again, it changes nothing.
    """
    customer, is_new = _customer_of(profile, now=now)
    if profile.accepted_at is not None:
        return customer
    current = None if is_new else _CURRENT.first(customer=customer.pk)
    same = current is not None and all(getattr(current, name) == getattr(profile, name) for name in FISCAL)
    if current is not None and not same:
        FiscalProfile.objects.current().filter(customer=customer).update(superseded_at=now)
    superseded_at = now if same else None
    FiscalProfile.objects.filter(pk=profile.pk).update(customer=customer, accepted_at=now, superseded_at=superseded_at)
    if not is_new:
        _follow(customer, profile)
    return customer


def _follow(customer: Customer, profile: FiscalProfile) -> None:
    changes = {}
    if customer.nombre != profile.nombre:
        changes = {"nombre": profile.nombre, "search_name": plain_text(profile.nombre)}
    if profile.correo and not customer.correo:
        changes["correo"] = profile.correo
    if changes:
        Customer.objects.filter(pk=customer.pk).update(**changes)


def _customer_of(profile: FiscalProfile, *, now: datetime) -> tuple[Customer, bool]:
    """The customer, locked, and whether it was made for this profile."""
    if profile.customer_id is not None:
        return Customer.locked(profile.customer_id), False
    known = _find(profile)
    if known is not None:
        return known, False
    made = Customer(
        number=take_folio(series=NUMBERS),
        rfc=profile.rfc,
        nombre=profile.nombre,
        search_name=plain_text(profile.nombre),
        correo=profile.correo,
        created_at=now,
    )
    # Two first invoices of one RFC may be stamped at once: the constraint decides, and the loser reads the winner.
    if insert_unless_there(made):
        return made, True
    found = _find(profile)
    assert found is not None  # the row that was in the way
    return found, False


def _find(profile: FiscalProfile) -> Customer | None:
    """The customer of an RFC. Under the generic ones there is nobody to find: each name is its own customer."""
    if profile.rfc in GENERICS:
        return _OF_NAME.first(rfc=profile.rfc, nombre=profile.nombre)
    return _OF_RFC.first(rfc=profile.rfc)

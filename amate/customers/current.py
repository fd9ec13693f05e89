"""A version of fiscal data becomes the current one of its customer."""

from datetime import datetime

from amate.catalogs.search import plain_text
from amate.customers.models import Customer, FiscalProfile
from amate.customers.rules import same_data
from amate.fiscal.rfc import GENERICS
from amate.tenancy.writes import rewrite


def make_current(*, profile: FiscalProfile, customer: Customer, now: datetime) -> None:
    """Replace what was current; the customer follows in name and RFC. The customer is locked by who calls."""
    FiscalProfile.objects.current().filter(customer=customer).update(superseded_at=now)
    if customer.rfc != profile.rfc or customer.nombre != profile.nombre:
        customer.rfc, customer.nombre, customer.search_name = profile.rfc, profile.nombre, plain_text(profile.nombre)
        customer.save(update_fields=["rfc", "nombre", "search_name"])
    rewrite(profile, customer_id=customer.pk, accepted_at=now, superseded_at=None)


def dismiss_the_same(*, profile: FiscalProfile, customer: Customer, now: datetime) -> None:
    """Proposals that wait and say what is now current."""
    waiting = FiscalProfile.objects.to_review().filter(customer=customer).exclude(pk=profile.pk)
    said = [one.pk for one in waiting if same_data(one, profile)]
    if said:
        FiscalProfile.objects.filter(pk__in=said).update(dismissed_at=now)


def current_of(customer: Customer) -> FiscalProfile | None:
    found: FiscalProfile | None = FiscalProfile.objects.current().filter(customer=customer).first()
    return found


def current_or(profile: FiscalProfile) -> FiscalProfile:
    """What its customer's data are now, under the same RFC; of a stranger or a generic RFC the profile itself."""
    if profile.customer_id is None or profile.rfc in GENERICS:
        return profile
    now: FiscalProfile | None = (
        FiscalProfile.objects.current().filter(customer_id=profile.customer_id, rfc=profile.rfc).first()
    )
    return now or profile

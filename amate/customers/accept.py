"""The SAT has stamped with these data, so they are right: the proposal becomes the customer's current version."""

from datetime import datetime

from amate.audit.record import record
from amate.catalogs.search import plain_text
from amate.companies.folios import take_folio
from amate.customers.current import make_current
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.customers.remaining import lock_remaining
from amate.customers.rules import Verdict, judge, same_data
from amate.fiscal.rfc import GENERICS
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert_unless_there, rewrite

PORTAL = "portal"  # the origin of what a visitor typed
NUMBERS = "|clientes"  # no series of invoices can be called so: the SAT forbids the bar


_OF_RFC = Compiled(
    lambda: Customer.objects.live().filter(rfc=Arg("rfc")).select_for_update(no_key=True).order_by("id")[:1]
)
_OF_NAME = Compiled(
    lambda: (
        Customer.objects.live()
        .filter(rfc=Arg("rfc"), nombre=Arg("nombre"))
        .select_for_update(no_key=True)
        .order_by("id")[:1]
    )
)
_MERGED_OF_RFC = Compiled(
    lambda: Customer.objects.filter(merged_into__isnull=False, rfc=Arg("rfc")).order_by("-id")[:1]
)
_MERGED_OF_NAME = Compiled(
    lambda: Customer.objects.filter(merged_into__isnull=False, rfc=Arg("rfc"), nombre=Arg("nombre")).order_by("-id")[:1]
)
_CURRENT = Compiled(lambda: FiscalProfile.objects.current().filter(customer_id=Arg("customer")).order_by("id")[:1])


def accept_profile(*, profile: FiscalProfile, now: datetime) -> Customer:
    """Insert the customer of this RFC or bring the known one up to date (FEATURES 27). Locks the customer.

    Of a customer whose data staff answer for, or who has a subscription, it waits as a proposal. Mail is added, never replaced; the same data again
    make no new version. Called again, it changes nothing.
    """
    customer, is_new = _customer_of(profile, now=now)
    if profile.accepted_at is not None or profile.confirmed_at is not None:
        return customer
    current = None if is_new else _CURRENT.first(customer=customer.pk)
    if current is not None and current.pk == profile.pk:  # a worker that was thought dead was faster
        return customer
    guarded = customer.verified_at is not None or customer.subscriber_since is not None
    verdict = judge(profile, current=current, guarded=guarded)
    if verdict is Verdict.REVIEW:
        _hold(profile, customer, now=now)
    elif verdict is Verdict.CURRENT and not is_new:
        make_current(profile=profile, customer=customer, now=now)
    else:
        old = None if verdict is Verdict.CURRENT else now
        rewrite(profile, customer_id=customer.pk, accepted_at=now, superseded_at=old)
    if profile.correo and profile.correo != customer.correo:
        note_mail(customer, typed=profile.correo, origin=profile.origin, now=now)
    return customer


def _hold(profile: FiscalProfile, customer: Customer, *, now: datetime) -> None:
    """For staff to review, once: the same proposal again adds nothing to decide."""
    waiting = FiscalProfile.objects.to_review().filter(customer=customer).exclude(pk=profile.pk)
    again = any(same_data(one, profile) for one in waiting)
    FiscalProfile.objects.filter(pk=profile.pk).update(
        customer=customer, confirmed_at=now, dismissed_at=now if again else None
    )
    if not again:
        record("customer.proposed", about=f"customer:{customer.pk}", now=now, profile=profile.pk, origin=profile.origin)


def note_mail(customer: Customer, *, typed: str, origin: str, now: datetime) -> None:
    """What a visitor or a second hand typed is only noted: anybody may type anybody's RFC, and the customer's own mail is
    where the counter offers to send the next invoice."""
    if not customer.correo and origin != PORTAL:
        Customer.objects.filter(pk=customer.pk).update(correo=typed)
    elif (
        customer.correo.lower() != typed.lower()
        and not Contact.objects.filter(customer=customer, correo__iexact=typed).exists()
    ):
        Contact.objects.create(customer=customer, correo=typed, origin=origin, created_at=now)


def _customer_of(profile: FiscalProfile, *, now: datetime) -> tuple[Customer, bool]:
    """The customer, locked, and whether it was made for this profile."""
    if profile.customer_id is not None:
        return lock_remaining(profile.customer_id), False
    known = find_customer(rfc=profile.rfc, nombre=profile.nombre)
    if known is not None:
        return known, False
    made = Customer(
        number=take_folio(series=NUMBERS),
        rfc=profile.rfc,
        nombre=profile.nombre,
        search_name=plain_text(profile.nombre),
        correo="" if profile.origin == PORTAL else profile.correo,
        created_at=now,
    )
    # Two first invoices of one RFC may be stamped at once: the constraint decides, and the loser reads the winner.
    if insert_unless_there(made):
        return made, True
    found = find_customer(rfc=profile.rfc, nombre=profile.nombre)
    assert found is not None  # the row that was in the way
    return found, False


def find_customer(*, rfc: str, nombre: str) -> Customer | None:
    """The customer of an RFC under its lock; of one that was merged, who remains. Under a generic RFC each name is its
    own customer."""
    generic = rfc in GENERICS
    said = {"rfc": rfc, "nombre": nombre} if generic else {"rfc": rfc}
    found = (_OF_NAME if generic else _OF_RFC).first(**said)
    if found is not None:
        return found
    # A new statement: a merge may have been committed while we waited for the lock (C6).
    pointer = (_MERGED_OF_NAME if generic else _MERGED_OF_RFC).first(**said)
    return lock_remaining(pointer.pk) if pointer is not None else None

"""The customers of a file: who is new is added, what differs of who is there is proposed, and both are taken back while
nobody has used them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q

from amate.customers.accept import note_mail
from amate.customers.add import FILE, RfcTaken, add_customer
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.customers.rules import FISCAL, national
from amate.customers.send_for_review import send_for_review
from amate.fiscal.receptor import Receptor
from amate.intake.customer_rows import CustomerAt
from amate.intake.found import Good
from amate.intake.models import Batch
from amate.intake.told import Told


def origin_of(batch: Batch) -> str:
    """What its profiles and contacts say of where they came from: by it they are found again."""
    return f"{FILE}:{batch.pk}"


@dataclass(frozen=True, slots=True)
class Adds:
    """What a row says of a customer who is there that nobody has said yet. `receptor`: to review."""

    receptor: Receptor | None
    correo: str
    telefono: str

    def __bool__(self) -> bool:
        return bool(self.receptor or self.correo or self.telefono)


@dataclass(slots=True)
class _Known:
    """`said`: versions that are current, wait, or were dismissed: none of them is proposed again."""

    customer: Customer
    current: FiscalProfile | None
    said: list[FiscalProfile]
    mails: set[str]
    telephones: set[str]

    def adds(self, one: CustomerAt) -> Adds:
        receptor = one.receptor
        if not one.says_uso and self.current is not None:
            receptor = replace(receptor, uso_cfdi=self.current.uso_cfdi)
        heard = any(all(getattr(was, name) == (getattr(receptor, name) or "") for name in FISCAL) for was in self.said)
        return Adds(
            None if heard else receptor,
            "" if one.correo.lower() in self.mails else one.correo,
            "" if national(one.telefono) in self.telephones else one.telefono,
        )


def look_at_customers(batch: Batch, chunk: list[Good[CustomerAt]], told: Told, now: datetime) -> None:
    _sort(chunk, told, _known(_rfcs(chunk)))


def keep_customers(batch: Batch, chunk: list[Good[CustomerAt]], told: Told, now: datetime) -> None:
    list(Customer.objects.live().filter(rfc__in=_rfcs(chunk)).select_for_update(no_key=True).order_by("pk"))
    known = _known(_rfcs(chunk))
    fresh, more = _sort(chunk, told, known)
    for one in fresh:
        _add(one, origin=origin_of(batch), now=now)
    for one, adds in more:
        _propose(known[one.receptor.rfc].customer, adds, origin=origin_of(batch), now=now)


def take_back_customers(batch: Batch, now: datetime) -> tuple[int, int]:
    """How many were taken back, or lost what was proposed of them, and how many stay, since somebody has invoiced them,
    changed them or decided already."""
    origin, undone, kept = origin_of(batch), 0, 0
    brought = [model.objects.filter(origin=origin).values("customer") for model in (FiscalProfile, Contact)]
    rows = Customer.objects.filter(Q(pk__in=brought[0]) | Q(pk__in=brought[1]))
    for customer in rows.select_for_update(no_key=True).order_by("pk"):
        if _is_untouched(customer, origin) and _take_away(customer):
            undone += 1
            continue
        waiting = FiscalProfile.objects.to_review().filter(customer=customer, origin=origin).delete()[0]
        # Staff who gave a contact a name or a task have made it theirs.
        plain = Contact.objects.filter(customer=customer, origin=origin, nombre="")
        gone = plain.filter(receives_invoices=False, handles_payments=False).delete()[0]
        undone, kept = (undone + 1, kept) if waiting + gone else (undone, kept + 1)
    return undone, kept


def _rfcs(chunk: list[Good[CustomerAt]]) -> list[str]:
    return [one.thing.receptor.rfc for one in chunk]


def _known(rfcs: Collection[str]) -> dict[str, _Known]:
    found: dict[int, _Known] = {}
    for one in Customer.objects.live().filter(rfc__in=rfcs):
        found[one.pk] = _Known(one, None, [], {"", one.correo.lower()}, {""})
    for profile in FiscalProfile.objects.filter(customer__in=found).exclude(accepted_at=None, confirmed_at=None):
        it = found[profile.customer_id or 0]
        is_current = profile.accepted_at is not None and profile.superseded_at is None
        if is_current:
            it.current = profile
        if is_current or profile.accepted_at is None:
            it.said.append(profile)
    for contact in Contact.objects.filter(customer__in=found):
        found[contact.customer_id].mails.add(contact.correo.lower())
        found[contact.customer_id].telephones.add(contact.digits)
    return {one.customer.rfc: one for one in found.values()}


def _sort(
    chunk: Iterable[Good[CustomerAt]], told: Told, known: dict[str, _Known]
) -> tuple[list[CustomerAt], list[tuple[CustomerAt, Adds]]]:
    """Count them: who is new, and what there is to add to who is known."""
    fresh, more, counts = [], [], told.counts
    for one in chunk:
        there = known.get(one.thing.receptor.rfc)
        if there is None:
            fresh.append(one.thing)
            counts.new += 1
            counts.padded += one.thing.padded
        elif adds := there.adds(one.thing):
            more.append((one.thing, adds))
            counts.changed += 1
        else:
            counts.repeated += 1
    return fresh, more


def _add(one: CustomerAt, *, origin: str, now: datetime) -> None:
    try:
        customer = add_customer(
            nombre=one.receptor.nombre, receptor=one.receptor, correo=one.correo, now=now, origin=origin
        )
    except RfcTaken:  # an invoice brought the same RFC at this very moment, and what the SAT has stamped with stays
        return
    if one.telefono:
        _contact(customer, correo="", telefono=one.telefono, origin=origin, now=now)


def _propose(customer: Customer, adds: Adds, *, origin: str, now: datetime) -> None:
    if adds.receptor is not None:
        send_for_review(customer_id=customer.pk, receptor=adds.receptor, correo="", origin=origin, now=now)
    if adds.correo:
        note_mail(customer, typed=adds.correo, origin=origin, now=now)
    if adds.telefono:
        _contact(customer, correo="", telefono=adds.telefono, origin=origin, now=now)


def _contact(customer: Customer, *, correo: str, telefono: str, origin: str, now: datetime) -> None:
    Contact.objects.create(
        customer=customer, correo=correo, telefono=telefono, digits=national(telefono), origin=origin, created_at=now
    )


def _is_untouched(customer: Customer, origin: str) -> bool:
    """Whether it is as the file brought it: made by it, answered for by nobody, with nothing more to its name."""
    profiles = list(FiscalProfile.objects.filter(customer=customer))
    if len(profiles) != 1 or customer.verified_at is not None or customer.merged_into_id is not None:
        return False
    [made] = profiles
    others = Contact.objects.filter(customer=customer).exclude(origin=origin)
    return (
        made.origin == origin and made.superseded_at is None and made.correo == customer.correo and not others.exists()
    )


def _take_away(customer: Customer) -> bool:
    """False if something points at it: an invoice, a charge, a subscription."""
    try:
        with transaction.atomic():
            Contact.objects.filter(customer=customer).delete()
            FiscalProfile.objects.filter(customer=customer).delete()
            customer.delete()
    except ProtectedError:
        return False
    return True

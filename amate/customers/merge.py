"""Two rows of one customer become one: everything moves to who remains, and the other only points at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.fields.reverse_related import ForeignObjectRel

from amate.audit.record import record
from amate.catalogs.search import plain_text
from amate.customers.current import current_of
from amate.customers.fingerprint import Changed, of_pair
from amate.customers.models import Contact, Customer, CustomerWord, FiscalProfile
from amate.customers.rules import is_real, may_be_one

TWO_TAXPAYERS = (
    "Tienen RFC distintos, {kept} y {merged}: para el SAT son dos contribuyentes y sus facturas no se juntan. Solo es "
    "correcto unirlos si el SAT le cambió el RFC a la misma persona o empresa y el anterior ya no existe."
)


class MergeRefused(Exception):
    """Nothing was written. The message (Spanish) says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do. `data`: the fiscal data that remain, None if neither has any; `moves`: rows of each kind,
    by model name, of those there are; `seen`: the fingerprint of both; `refusal`: why it may not be, or "". `two_rfcs`: lawful only if the
    SAT changed the RFC."""

    kept: Customer
    merged: Customer
    data: FiscalProfile | None
    moves: dict[str, int]
    seen: str
    two_rfcs: bool
    refusal: str


def plan_merge(*, kept: Customer, merged: Customer, sat_changed_rfc: bool) -> Plan:
    """Look only. The fiscal data that remain are those of `kept`, unless it has none or only generic ones."""
    two = not may_be_one(kept.rfc, merged.rfc)
    refusal = ""
    if kept.pk == merged.pk:
        refusal = "Es el mismo cliente: elige el otro."
    elif two and not sat_changed_rfc:
        refusal = TWO_TAXPAYERS.format(kept=kept.rfc, merged=merged.rfc)
    mine, theirs = current_of(kept), current_of(merged)
    takes = theirs is not None and (mine is None or (is_real(theirs.rfc) and not is_real(mine.rfc)))
    return Plan(
        kept=kept,
        merged=merged,
        data=theirs if takes else mine,
        moves={
            model.__name__: count
            for model, names in _referring().items()
            if (count := model._default_manager.filter(_either(names, merged)).count())
        },
        seen=of_pair(kept, mine, merged, theirs),
        two_rfcs=two,
        refusal=refusal,
    )


def merge_customers(*, kept_id: int, merged_id: int, sat_changed_rfc: bool, seen: str, now: datetime) -> Customer:
    """Merge in one transaction, under both locks in order of id. Merged so before: changes nothing.

    `sat_changed_rfc`: staff say that the second RFC no longer exists. `seen`: that of the plan they looked at. Raises
    MergeRefused, fingerprint.Changed and Customer.DoesNotExist.
    """
    kept, merged = _lock_both(kept_id, merged_id)
    if merged.merged_into_id == kept.pk:
        return kept
    for one in (kept, merged):
        if one.merged_into_id is not None:
            raise MergeRefused(f"El cliente {one.number}, {one.nombre}, ya se unió con otro: vuelve a buscarlo.")
    plan = plan_merge(kept=kept, merged=merged, sat_changed_rfc=sat_changed_rfc)
    if plan.refusal:
        raise MergeRefused(plan.refusal)
    if plan.seen != seen:
        raise Changed
    superseded = FiscalProfile.objects.current().filter(customer__in=(kept, merged))
    if plan.data is not None:  # without, neither has any
        superseded.exclude(pk=plan.data.pk).update(superseded_at=now)
    for model, names in _referring().items():
        if hasattr(model, "make_way"):
            model.make_way(kept_id=kept.pk, merged_id=merged.pk, now=now)
        for name in names:
            model._default_manager.filter(**{name: merged}).update(**{name: kept})
    # First the pointer: only then is the RFC free for who remains.
    Customer.objects.filter(pk=merged.pk).update(merged_into=kept, merged_at=now)
    _follow(kept, merged, plan.data)
    _keep_mail(kept, merged, now=now)
    record(
        "customer.merged",
        about=f"customer:{kept.pk}",
        now=now,
        merged=merged.pk,
        number=merged.number,
        rfc=merged.rfc,
        sat_changed_rfc=plan.two_rfcs,
        moves=plan.moves,
    )
    return kept


def _lock_both(kept_id: int, merged_id: int) -> tuple[Customer, Customer]:
    """In order of id. One that is merged already is read, never locked: an invoice on its way may hold it and want the
    other, which we have by then."""
    found: dict[int, Customer] = {}
    for pk in sorted({kept_id, merged_id}):
        found[pk] = Customer.objects.get(pk=pk)
        if found[pk].merged_into_id is None:
            found[pk] = Customer.locked(pk)
    # A new statement judges what was true once we had them (C6).
    return found[kept_id], found[merged_id]


def _referring() -> dict[Any, list[str]]:
    """Every table that refers to a customer, by which fields, those of rooms above included; triggers keep the words.

    A table of which a customer has at most one open row ends the lesser of two by its own
    `make_way(*, kept_id, merged_id, now)`, just before its rows move.
    """
    back = [one for one in Customer._meta.get_fields(include_hidden=True) if isinstance(one, ForeignObjectRel)]
    found: dict[Any, list[str]] = {}
    for model, field in [(one.related_model, one.field) for one in back]:
        if model not in (Customer, CustomerWord) and getattr(field, "db_constraint", False):
            found.setdefault(model, []).append(field.name)
    return found


def _either(names: list[str], customer: Customer) -> Q:
    return Q(*((name, customer) for name in names), _connector=Q.OR)


def _follow(kept: Customer, merged: Customer, data: FiscalProfile | None) -> None:
    if data is not None and (kept.rfc, kept.nombre) != (data.rfc, data.nombre):
        kept.rfc, kept.nombre, kept.search_name = data.rfc, data.nombre, plain_text(data.nombre)
    kept.correo = kept.correo or merged.correo
    kept.verified_at = kept.verified_at or merged.verified_at
    kept.subscriber_since = kept.subscriber_since or merged.subscriber_since
    kept.save(update_fields=["rfc", "nombre", "search_name", "correo", "verified_at", "subscriber_since"])


def _keep_mail(kept: Customer, merged: Customer, *, now: datetime) -> None:
    """The other's mail is not lost: it becomes a contact, if it is not known."""
    mail = merged.correo
    if not mail or mail.lower() == kept.correo.lower():
        return
    if not Contact.objects.filter(customer=kept, correo__iexact=mail).exists():
        Contact.objects.create(
            customer=kept,
            nombre=merged.nombre[:120],
            search_name=plain_text(merged.nombre)[:120],
            correo=mail,
            origin="merged",
            created_at=now,
        )

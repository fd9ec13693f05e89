"""Branches: a place of issue is opened, changed or closed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import slugify

from amate.audit.record import record
from amate.companies.fields import FieldsRefused, cleaned
from amate.companies.models import Branch
from amate.fiscal.clock import UnknownPlace, zone_of


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """`code` is what tills name it by and never changes; empty: made from the name."""

    code: str
    nombre: str
    cp: str
    serie: str
    address: str


class BranchRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field, "" for the branch as a whole. Nothing was written."""


def add_branch(*, facts: BranchFacts, now: datetime) -> Branch:
    """Raises BranchRefused. A serie belongs to one branch: two would mix their folios."""
    read = _read(facts, but=None)
    branch = Branch.objects.create(**read)
    record("branch.added", about=f"branch:{branch.pk}", now=now, **read)
    return branch


def change_branch(*, branch_id: int, facts: BranchFacts, now: datetime) -> Branch:
    """Everything but its code. Notes already registered keep their deadline. Raises BranchRefused."""
    branch = Branch.locked(branch_id)
    read = _read(facts, but=branch)
    before = {name: getattr(branch, name) for name in read if getattr(branch, name) != read[name]}
    if before:
        Branch.objects.filter(pk=branch.pk).update(**read)
        after = {name: read[name] for name in before}
        record("branch.changed", about=f"branch:{branch.pk}", now=now, before=before, after=after)
    return Branch.locked(branch_id)


def close_branch(*, branch_id: int, now: datetime) -> None:
    """Nothing more is sold there; its notes and invoices live on. Raises BranchRefused for the last open one."""
    branches = {branch.pk: branch for branch in Branch.objects.open().select_for_update(no_key=True)}
    if branch_id not in branches:
        return
    if len(branches) == 1:
        raise BranchRefused(
            {"": "Es tu única sucursal abierta: de ella salen tus facturas. Abre otra antes de cerrarla"}
        )
    Branch.objects.filter(pk=branch_id).update(closed_at=now)
    record("branch.closed", about=f"branch:{branch_id}", now=now)


def open_branch_again(*, branch_id: int, now: datetime) -> None:
    if Branch.objects.filter(pk=branch_id, closed_at__isnull=False).update(closed_at=None):
        record("branch.opened_again", about=f"branch:{branch_id}", now=now)


def _read(facts: BranchFacts, *, but: Branch | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    nombre, address = cleaned("nombre", facts.nombre, errors), cleaned("address", facts.address, errors)
    others = Branch.objects.exclude(pk=but.pk) if but else Branch.objects.all()
    code = but.code if but else slugify(facts.code or nombre)[:40]
    serie, cp = facts.serie.strip().upper(), facts.cp.strip()
    if not nombre:
        errors.setdefault("nombre", "Escribe cómo se llama la sucursal")
    elif not code:
        errors["code"] = "Escribe una clave con letras o números, como norte"
    elif others.filter(code=code).exists():
        errors["code"] = f"Ya tienes una sucursal con la clave {code}. Elige otra"
    try:
        zone_of(cp)
    except UnknownPlace as unknown:
        errors["cp"] = str(unknown)
    if not serie.isalnum() or not serie.isascii() or len(serie) > 10:
        errors["serie"] = "La serie lleva de 1 a 10 letras sin acento o números, como AF"
    elif (user := others.filter(serie=serie).first()) is not None:
        errors["serie"] = f"La serie {serie} ya es de {user.nombre}. Cada sucursal lleva la suya"
    if errors:
        raise BranchRefused(errors)
    return {"code": code, "nombre": nombre, "cp": cp, "serie": serie, "address": address}

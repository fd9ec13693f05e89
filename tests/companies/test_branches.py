"""Branches open, change and close; a serie belongs to one."""

import pytest

from amate.audit.models import Entry
from amate.companies.branches import (
    BranchFacts,
    BranchRefused,
    add_branch,
    change_branch,
    close_branch,
    open_branch_again,
)
from amate.companies.models import Branch
from tests.world import World

NORTE = BranchFacts(code="", nombre="Sucursal Norte", cp="22000", serie="n", address="Calle 3a 1200")


def add(world: World, **other: str) -> Branch:
    facts = BranchFacts(**{**{name: getattr(NORTE, name) for name in NORTE.__slots__}, **other})
    return world.scoped(lambda: add_branch(facts=facts, now=world.now()))


def test_a_branch_is_added_with_a_code_made_of_its_name(world: World) -> None:
    added = add(world)
    assert (added.code, added.serie, added.cp) == ("sucursal-norte", "N", "22000")
    assert world.scoped(lambda: Entry.objects.latest("id").act) == "branch.added"


@pytest.mark.parametrize(
    ("other", "field", "sentence"),
    [
        ({"serie": "af"}, "serie", "La serie AF ya es de Sucursal Centro"),
        ({"serie": "A-1"}, "serie", "de 1 a 10 letras"),
        ({"code": "centro"}, "code", "Ya tienes una sucursal con la clave centro"),
        ({"cp": "00000"}, "cp", "no es un código postal"),
        ({"nombre": " "}, "nombre", "Escribe cómo se llama"),
        ({"nombre": "Norte | Sur"}, "nombre", "|"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, other: dict[str, str], field: str, sentence: str) -> None:
    with pytest.raises(BranchRefused) as refused:
        add(world, **other)
    assert sentence in refused.value.errors[field]
    assert world.scoped(lambda: Branch.objects.count()) == 1


def test_a_change_leaves_the_code_and_says_what_was_before(world: World) -> None:
    added = add(world)
    facts = BranchFacts(code="otra", nombre="Playas", cp="22500", serie="N", address="")
    changed = world.scoped(lambda: change_branch(branch_id=added.pk, facts=facts, now=world.now()))
    assert (changed.code, changed.nombre, changed.cp) == ("sucursal-norte", "Playas", "22500")
    told = world.scoped(lambda: Entry.objects.latest("id"))
    assert told.detail["before"] == {"nombre": "Sucursal Norte", "cp": "22000", "address": "Calle 3a 1200"}


def test_the_last_open_one_stays_open(world: World) -> None:
    centro = world.shop.branch.pk
    with pytest.raises(BranchRefused, match="única sucursal abierta"):
        world.scoped(lambda: close_branch(branch_id=centro, now=world.now()))
    norte = add(world).pk
    world.scoped(lambda: close_branch(branch_id=centro, now=world.now()))
    assert world.scoped(lambda: [one.pk for one in Branch.objects.open()]) == [norte]
    world.scoped(lambda: open_branch_again(branch_id=centro, now=world.now()))
    assert world.scoped(lambda: Branch.objects.open().count()) == 2

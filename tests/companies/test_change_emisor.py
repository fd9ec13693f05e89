"""What the SAT and the customers know changes, field by field."""

from dataclasses import replace
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.companies.change_emisor import EmisorFacts, EmisorRefused, change_emisor
from amate.companies.models import Csd, Emisor
from tests.world import World

FACTS = EmisorFacts(
    rfc="CEA210315XX4",
    nombre="CAFETERIA EL AMATE",
    regimen_fiscal="601",
    nombre_comercial="Cafetería El Amate",
    telefono="33 1234 5678",
    correo="hola@elamate.example",
    usual_iva="0.16",
    issuing_suspended=False,
)


def change(world: World, **other: Any) -> Emisor:
    return world.scoped(lambda: change_emisor(facts=replace(FACTS, **other), now=world.now()))


def test_the_name_is_kept_as_the_sat_lists_it(world: World) -> None:
    assert change(world, nombre="Cafetería El Roble, S.A. de C.V.").nombre == "CAFETERÍA EL ROBLE"
    told = world.scoped(lambda: Entry.objects.latest("id"))
    assert (told.act, told.detail["before"]) == ("emisor.changed", {"nombre": "CAFETERIA EL AMATE"})


def test_nothing_changed_is_no_act(world: World) -> None:
    before = world.scoped(lambda: Entry.objects.count())
    change(world)
    assert world.scoped(lambda: Entry.objects.count()) == before


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"regimen_fiscal": "612"}, "regimen_fiscal"),
        ({"nombre": "CAFE | AMATE"}, "nombre"),
        ({"nombre": " "}, "nombre"),
        ({"rfc": "LOAM850712XX3", "regimen_fiscal": "612"}, "rfc"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, other: dict[str, str], field: str) -> None:
    with pytest.raises(EmisorRefused) as refused:
        change(world, **other)
    assert list(refused.value.errors) == [field]
    assert world.scoped(lambda: Emisor.objects.get().nombre) == "CAFETERIA EL AMATE"


def test_a_mistyped_rfc_is_corrected_while_no_seal_was_kept(world: World) -> None:
    world.scoped(lambda: Csd.objects.all().delete())
    assert change(world, rfc="loam850712xx3", regimen_fiscal="612").rfc == "LOAM850712XX3"

"""A customer is found by whatever somebody has at hand, and by an index."""

from typing import Any

import pytest
from django.db import connection

from amate.customers.models import Customer
from amate.customers.search import having, search
from amate.fiscal.receptor import Receptor
from tests.customers.hands import INGRID, SURCO, calls, written_down
from tests.database import as_owner
from tests.world import World


def found(world: World, text: str) -> list[str]:
    return [one.nombre for one in world.scoped(lambda: search(text=text, limit=10))]


@pytest.fixture
def three(world: World) -> dict[str, Any]:
    made = {
        "ingrid": written_down(world, INGRID, correo="Ingrid.Xodar@example.com"),
        "surco": written_down(world, SURCO),
        "peña": written_down(world, nombre="José Peña Ñúñez & Hijos"),
    }
    calls(world, made["surco"], nombre="María Luz Ibáñez", telefono="+52 1 (33) 1234-5678", correo="luz@surco.example")
    return made


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ingrid", "INGRID XODAR JIMENEZ"),
        ("XODAR ingrid", "INGRID XODAR JIMENEZ"),
        ("jimé xod", "INGRID XODAR JIMENEZ"),
        ("xoji740919u48", "INGRID XODAR JIMENEZ"),
        ("XOJI-740919-U48", "INGRID XODAR JIMENEZ"),
        ("XOJI 7409", "INGRID XODAR JIMENEZ"),
        ("ingrid.xodar@EXAMPLE.com", "INGRID XODAR JIMENEZ"),
        ("ingrid.xo", "INGRID XODAR JIMENEZ"),
        ("diseno", "SURCO DISEÑO"),
        ("Diseño, SURCO", "SURCO DISEÑO"),
        ("3312345678", "SURCO DISEÑO"),
        ("33 1234 56", "SURCO DISEÑO"),
        ("+52 33 1234 5678", "SURCO DISEÑO"),
        ("ibañez luz", "SURCO DISEÑO"),
        ("luz@surco", "SURCO DISEÑO"),
        ("pena hijos", "José Peña Ñúñez & Hijos"),
        ("nunez", "José Peña Ñúñez & Hijos"),
        ("3", "José Peña Ñúñez & Hijos"),
    ],
)
def test_it_finds_one_by(world: World, three: dict[str, Any], text: str, who: str) -> None:
    assert who in found(world, text)
    assert len(found(world, text)) == (2 if text == "3" else 1)  # "3" also begins a telephone


@pytest.mark.parametrize(
    "text", ["", "   ", "¿?", "ingrid surco", "odar", "5533", "nadie@example.com", "\x00", "%", "_"]
)
def test_it_finds_nobody_by(world: World, three: dict[str, Any], text: str) -> None:
    assert found(world, text.replace("\x00", "")) == []


def test_it_follows_every_change(world: World, three: dict[str, Any]) -> None:
    surco = three["surco"]
    world.scoped(lambda: Customer.objects.filter(pk=surco.pk).update(search_name="zurco", correo="a@b.mx"))
    assert (found(world, "surco"), len(found(world, "zurco")), len(found(world, "a@b.mx"))) == ([], 1, 1)
    calls(world, surco, nombre="Raúl")
    assert len(found(world, "raul zurco")) == 1


def test_it_never_finds_a_customer_of_another_company(world: World) -> None:
    written_down(world, INGRID, shop=world.other)
    assert found(world, "ingrid") == []
    assert len(world.scoped(lambda: search(text="ingrid", limit=5), world.other)) == 1


def test_an_rfc_with_enie_and_ampersand_is_found(world: World) -> None:
    written_down(world, Receptor("ÑA&8001019Q9", "ÑANDU Y ASOCIADOS", "44160", "601", "G03"))
    assert found(world, "ña&8001019q9") == found(world, "ñandu") == ["ÑANDU Y ASOCIADOS"]


def test_it_gives_as_many_as_asked(world: World) -> None:
    for n in range(4):
        written_down(world, nombre=f"Ana {n}")
    assert len(world.scoped(lambda: search(text="ana", limit=2))) == 2


def test_the_index_answers_under_the_policy(world: World, database_name: str) -> None:
    crowd(world, 3_000)
    with as_owner(database_name) as c:
        c.execute("ANALYZE customers_customer, customers_customerword")
    said = world.scoped(lambda: str(having(Customer.objects.live(), "nombre77 garcia").order_by("-id")[:20].explain()))
    assert "using customer_word" in said
    [condition] = [line for line in said.splitlines() if "Index Cond" in line and "word >=" in line]
    assert "company_id =" in condition


def crowd(world: World, count: int) -> None:
    """So many customers, in one statement."""

    def insert() -> None:
        with connection.cursor() as c:
            c.execute(
                "INSERT INTO customers_customer (company_id, number, rfc, nombre, search_name, correo, created_at) "
                "SELECT %s, 1000 + n, 'GOMA' || to_char(n, 'FM000000') || 'AB1', 'NOMBRE' || n, "
                "'nombre' || n || ' garcia' || (n %% 97) || ' lopez maria' || (n %% 7), 'c' || n || '@example.com', now() "
                "FROM generate_series(1, %s) n",
                [world.shop.company.pk, count],
            )

    world.scoped(insert)

"""A product is found by a person's words: one or many, accents or not."""

from dataclasses import replace
from typing import Any

import pytest

from amate.companies.article import Article
from amate.companies.models import Product
from amate.companies.products import keep_product
from amate.fiscal.catalogs import installed
from amate.web.backoffice.sale_finds import finds_of
from tests.web.office.desk import Office
from tests.world import World

PENCILS = Article("LAP-2", "Lápices del nº 2, caja", "44121706", "XBX", None, "01", (), None, True)


def keep(world: World, **changes: Any) -> Product:
    article = replace(PENCILS, **changes)
    return world.scoped(lambda: keep_product(article=article, catalogs=installed(), day=world.today(), now=world.now()))


@pytest.mark.parametrize("typed", ["lapiz", "Lápiz", "lapices", "LÁPICES", "caja lapiz", "lap-2", "nº"])
def test_it_is_found_at_the_counter_and_in_its_list(world: World, office: Office, typed: str) -> None:
    keep(world)
    keep(world, key="GOM-1", descripcion="Goma de borrar")
    assert [one.key for one in world.scoped(lambda: finds_of(typed, day=world.today())).products] == ["LAP-2"]
    page = office.text("productos/", q=typed)
    assert ("Lápices del nº 2" in page, "Goma de borrar" in page) == (True, False)


@pytest.mark.parametrize("typed", ["lápida", ".*", "(", "[zz", "%", "\\"])
def test_what_is_no_word_of_it_finds_nothing_and_harms_nothing(world: World, typed: str) -> None:
    keep(world)
    assert world.scoped(lambda: finds_of(typed, day=world.today())).products == []


def test_the_counter_says_that_the_sat_names_no_brands(world: World, office: Office) -> None:
    page = office.world.inside(
        lambda: office.client.post(f"{world.shop.office}mostrador/venta/", {"accion": "buscar", "buscar": "zzqqxx"})
    )
    assert "El SAT nombra las cosas sin marca" in page.content.decode()

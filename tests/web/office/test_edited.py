"""Two people change one thing: the second is told, loses nothing he typed, and may save once he looked."""

import re
from typing import Any

import pytest

from amate.companies.models import Branch, Emisor, PortalPolicy, Product
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.office.test_settings import RULES, post
from tests.world import World

PAGES = ("empresa", "marca", "textos", "sucursal", "reglas", "producto")


def page_of(world: World, thing: str) -> tuple[str, str, dict[str, str]]:
    """Where the thing is seen, where it is sent, and what somebody types; "@" is his own word."""
    branch = world.shop.branch.pk
    return {
        "empresa": (
            "empresa/",
            "empresa/",
            {"rfc": "CEA210315XX4", "nombre": "CAFETERIA EL AMATE", "regimen_fiscal": "601", "usual_iva": "0.16"}
            | {"nombre_comercial": "@"},
        ),
        "marca": ("marca/", "marca/", {"colour": "@", "guardar": "1"}),
        "textos": ("marca/", "marca/textos/", {"foot_note": "@", "welcome": ""}),
        "sucursal": (
            f"sucursales/{branch}/",
            f"sucursales/{branch}/",
            {"nombre": "@", "cp": "44100", "serie": "AF", "address": ""},
        ),
        "reglas": (
            "portal/",
            "portal/",
            RULES | {"s0-source": "@", "s0-label": "la caja", "effective_from": str(world.today()), "guardar": "1"},
        ),
        "producto": ("", "", {}),
    }[thing]


def kept(world: World, thing: str) -> str:
    def look() -> str:
        emisor = Emisor.objects.get()
        return str(
            {
                "empresa": lambda: emisor.nombre_comercial,
                "marca": lambda: emisor.colour,
                "textos": lambda: emisor.foot_note,
                "sucursal": lambda: Branch.objects.get().nombre,
                "reglas": lambda: ",".join(PortalPolicy.objects.latest("effective_from").sources),
                "producto": lambda: Product.objects.get().descripcion,
            }[thing]()
        )

    return world.scoped(look)


def version_in(page: str, action: str = "") -> str:
    start = page.index(action) if action else 0
    found = re.search(r'name="version" value="([0-9a-f]{16})"', page[start:])
    assert found, page
    return found[1]


@pytest.mark.parametrize("thing", PAGES)
def test_the_second_is_told_and_what_he_typed_is_kept(world: World, office: Office, thing: str) -> None:
    first, second = ("#112233", "#223344") if thing == "marca" else ("caja-de-ana", "caja-de-leo")
    if thing == "producto":
        pk = desk.listed(world)
        typed = {"descripcion": "@", "clave_prod_serv": "50201706", "clave_unidad": "H87", "iva": "0.16", "precio": "5"}
        seen = f"productos/{pk}/"

        def send(word: str, **more: str) -> Any:
            data = {name: value.replace("@", word) for name, value in typed.items()} | more
            return world.inside(lambda: office.client.post(world.shop.office + seen, data))
    else:
        where, path, typed = page_of(world, thing)
        seen = f"ajustes/{where}"

        def send(word: str, **more: str) -> Any:
            return post(office, path, {name: value.replace("@", word) for name, value in typed.items()} | more)

    action = "marca/textos/" if thing == "textos" else ""
    version = version_in(office.text(seen), action)
    assert send(first, version=version).status_code == 302
    assert kept(world, thing) == first
    answer = send(second, version=version)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No se guardó: alguien cambió" in page
    assert "Revisa y vuelve a guardar" in page
    assert second in page
    assert kept(world, thing) == first
    assert send(second, version=version_in(page, action)).status_code == 302
    assert kept(world, thing) == second


def test_looking_at_a_consequence_keeps_the_version_of_the_page(world: World, office: Office) -> None:
    version = version_in(office.text("ajustes/portal/"))
    typed = RULES | {"effective_from": str(world.today())}
    assert post(office, "portal/", typed | {"guardar": "1", "version": version}).status_code == 302
    seen = post(office, "portal/", typed | {"ver": "1", "version": version}).content.decode()
    assert version_in(seen) == version
    assert post(office, "portal/", typed | {"guardar": "1", "version": version_in(seen)}).status_code == 422

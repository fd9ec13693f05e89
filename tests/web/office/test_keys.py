"""Claves: made with chosen permissions, shown once, revoked at once; the API refuses what they do not allow."""

import re
from typing import Any

import pytest

from amate.access.keys import SCOPES, UnknownScope, make_api_key
from amate.access.models import ApiKey
from amate.audit.models import Entry
from amate.web.backoffice.keys import WORDS
from tests.web.office.desk import Office
from tests.world import World


def post(office: Office, path: str, **said: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def made(office: Office, *scopes: str) -> str:
    page = post(office, "claves/", nombre="Caja 2", permisos=list(scopes)).content.decode()
    found = re.search(r'id="clave">(amate_[\w-]{43})<', page)
    assert found, page
    return found[1]


def call(world: World, key: str, method: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    return world.client.generic(method, path, "{}", content_type="application/json", headers=headers)


def test_every_permission_of_the_api_has_its_words() -> None:
    assert set(WORDS) == set(SCOPES)


def test_a_key_is_shown_once_and_works(world: World, office: Office) -> None:
    key = made(office, "tickets:read")
    page = office.text("claves/")
    assert key not in page
    assert key[:12] in page
    assert "Leer notas y cómo van" in page
    assert call(world, key, "GET", "/api/v1/tickets/7K4M9QXW2TRP").status_code == 404  # asked, and there is none
    row = world.inside(lambda: ApiKey.objects.latest("id"))
    assert key not in str(world.inside(lambda: list(ApiKey.objects.values())))
    act = world.scoped(lambda: Entry.objects.latest("id"))
    assert (act.act, act.about, act.detail["scopes"]) == ("key.made", f"key:{row.pk}", ["tickets:read"])
    assert key not in str(act.detail)


def test_every_operation_of_the_api_refuses_a_key_without_its_permission(world: World, office: Office) -> None:
    """By the document itself: an operation that is added later is asked too."""
    paths = world.client.get("/api/v1/openapi.json").json()["paths"]
    keys = {scope: made(office, scope) for scope in SCOPES}
    looked = 0
    for path, operations in paths.items():
        address = re.sub(r"\{[^}]+\}", "x", path)
        for method in operations:
            answers = {scope: call(world, key, method.upper(), address) for scope, key in keys.items()}
            allowed = [scope for scope, answer in answers.items() if answer.status_code != 403]
            assert len(allowed) == 1, (method, path, allowed)
            refused = {answer.json()["scope"] for scope, answer in answers.items() if scope not in allowed}
            assert refused == set(allowed), (method, path)
            looked += 1
    assert looked >= 6


def test_a_revoked_key_is_refused_with_the_next_request(world: World, office: Office) -> None:
    key = made(office, "tickets:read")
    row = world.inside(lambda: ApiKey.objects.latest("id"))
    assert "Caja 2" in office.text(f"claves/{row.pk}/revocar/")
    assert call(world, key, "GET", "/api/v1/tickets/7K4M9QXW2TRP").status_code == 404
    assert post(office, f"claves/{row.pk}/revocar/").status_code == 302
    assert call(world, key, "GET", "/api/v1/tickets/7K4M9QXW2TRP").status_code == 401
    assert "Revocada el" in office.text("claves/")
    post(office, f"claves/{row.pk}/revocar/")
    assert world.scoped(lambda: Entry.objects.filter(act="key.revoked").count()) == 1


def test_a_key_of_the_other_company_cannot_be_revoked_from_here(world: World, office: Office) -> None:
    theirs = world.inside(lambda: ApiKey.objects.get(company=world.other.company))
    assert post(office, f"claves/{theirs.pk}/revocar/").status_code == 404
    assert world.inside(lambda: ApiKey.objects.get(pk=theirs.pk).revoked_at) is None


@pytest.mark.parametrize(
    ("nombre", "permisos", "told"),
    [
        ("", ["tickets:read"], "Escribe un nombre"),
        ("Caja", [], "Elige al menos un permiso"),
        ("Caja", ["all:all"], "Ese permiso no existe"),
    ],
)
def test_a_key_without_name_or_known_permission_is_not_made(
    world: World, office: Office, nombre: str, permisos: list[str], told: str
) -> None:
    before = world.inside(ApiKey.objects.count)
    answer = post(office, "claves/", nombre=nombre, permisos=permisos)
    assert answer.status_code == 422
    assert answer.content.decode().count(told) == 2
    assert world.inside(ApiKey.objects.count) == before


def test_no_act_makes_a_key_with_a_permission_that_does_not_exist(world: World) -> None:
    with pytest.raises(UnknownScope, match="all:all"):
        world.scoped(lambda: make_api_key(company=world.shop.company, name="x", scopes=["all:all"], now=world.now()))

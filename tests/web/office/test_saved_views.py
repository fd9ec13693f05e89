"""Saved views: named, above their list, private or shared, renamed and removed, each with its line in the audit."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from amate.access.models import Role
from amate.audit.models import Entry
from amate.desk.keep_view import MOST
from amate.desk.models import SavedView
from tests.access.team import hired
from tests.web.office.desk import Office
from tests.world import World

NEW = "vistas/nueva/?lista=notas&estado=open&desde=2026-11-01"


def post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(world.shop.office + path, said))


def saved(world: World) -> list[tuple[str, str, bool]]:
    return world.scoped(lambda: list(SavedView.objects.order_by("id").values_list("name", "query", "shared")))


def view_id(world: World) -> int:
    return world.scoped(lambda: int(SavedView.objects.latest("id").pk))


def colleague(world: World, role: Role) -> Client:
    leo, client = hired(world, "leo@amate.example", role), Client()
    world.inside(lambda: client.force_login(leo.user, backend="django.contrib.auth.backends.ModelBackend"))
    return client


def tabs(world: World, client: Client, path: str = "notas/") -> list[tuple[str, bool]]:
    page = world.inside(lambda: client.get(world.shop.office + path))
    return [(tab.name, tab.current) for tab in page.context["list"].tabs]


def test_a_filter_gets_a_name_and_stands_above_its_list(world: World, office: Office) -> None:
    page = world.inside(lambda: office.client.get(world.shop.office + NEW)).content.decode()
    assert "Por facturar" in page
    answer = post(world, office.client, NEW, name="Por facturar en noviembre", shared="")
    assert answer["Location"] == f"{world.shop.office}notas/?desde=2026-11-01&estado=open"
    assert saved(world) == [("Por facturar en noviembre", "desde=2026-11-01&estado=open", False)]
    assert tabs(world, office.client) == [("Todo", True), ("Por facturar en noviembre", False)]
    here = "notas/?estado=open&desde=2026-11-01"  # the order of the address does not matter
    assert tabs(world, office.client, here) == [("Todo", False), ("Por facturar en noviembre", True)]
    assert tabs(world, office.client, "facturas/") == []
    entry = world.scoped(lambda: Entry.objects.get(act="view.saved"))
    assert (entry.actor, entry.detail["name"]) == ("ana@amate.example", "Por facturar en noviembre")


def test_a_private_view_is_not_there_for_others(world: World, office: Office) -> None:
    post(world, office.client, NEW, name="Mía")
    leo = colleague(world, Role.ADMIN)
    assert tabs(world, leo) == []
    assert "Mía" not in world.inside(lambda: leo.get(f"{world.shop.office}vistas/")).content.decode()
    theirs = f"{world.shop.office}vistas/{view_id(world)}/"
    assert world.inside(lambda: leo.get(theirs)).status_code == 404
    assert world.inside(lambda: leo.post(theirs, {"name": "Robada"})).status_code == 404
    assert world.inside(lambda: leo.post(theirs + "quitar/")).status_code == 404
    assert saved(world)[0][0] == "Mía"


def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner_or_who_leads(world: World, office: Office) -> None:
    post(world, office.client, NEW, name="De todos", shared="1")
    leo = colleague(world, Role.CASHIER)
    assert tabs(world, leo) == [("Todo", True), ("De todos", False)]
    assert post(world, leo, f"vistas/{view_id(world)}/", name="Robada").status_code == 404
    assert post(world, leo, f"vistas/{view_id(world)}/quitar/").status_code == 404
    post(world, leo, NEW.replace("open", "void"), name="La de Leo", shared="1")
    assert post(world, office.client, f"vistas/{view_id(world)}/quitar/").status_code == 302
    assert [name for name, _, _ in saved(world)] == ["De todos"]


def test_it_is_renamed_and_no_longer_shared(world: World, office: Office) -> None:
    post(world, office.client, NEW, name="Una", shared="1")
    answer = post(world, office.client, f"vistas/{view_id(world)}/", name="Otra", shared="")
    assert answer["Location"] == f"{world.shop.office}vistas/"
    assert saved(world) == [("Otra", "desde=2026-11-01&estado=open", False)]
    entry = world.scoped(lambda: Entry.objects.get(act="view.changed"))
    assert (entry.detail["before"], entry.detail["name"]) == ("Una", "Otra")
    assert "Otra" in world.inside(lambda: office.client.get(f"{world.shop.office}vistas/")).content.decode()


def test_a_name_is_asked_for_and_is_ones_own_only_once(world: World, office: Office) -> None:
    assert post(world, office.client, NEW, name=" ").status_code == 422
    assert post(world, office.client, NEW, name="x" * 41).status_code == 422
    post(world, office.client, NEW, name="Una")
    again = post(world, office.client, NEW, name="Una")
    assert again.status_code == 422
    assert "Ya tienes una vista con ese nombre" in again.content.decode()
    post(world, office.client, NEW, name="Otra")
    assert post(world, office.client, f"vistas/{view_id(world)}/", name="Una").status_code == 422
    leo = colleague(world, Role.CASHIER)
    assert post(world, leo, NEW, name="Una").status_code == 302  # another's name is free
    assert len(saved(world)) == 3


def test_the_database_itself_keeps_names_unique(world: World, office: Office) -> None:
    post(world, office.client, NEW, name="Una")

    def double() -> None:
        found = SavedView.objects.get()
        found.pk = None
        found.save(force_insert=True)

    with pytest.raises(IntegrityError, match="saved_view_name"):
        world.scoped(double)


def test_there_are_no_more_than_can_be_read(world: World, office: Office) -> None:
    def fill() -> None:
        for number in range(MOST):
            SavedView.objects.create(
                owner=world.shop.owner, listing="notas", name=f"v{number}", query="q=x", saved_at=world.now()
            )

    world.scoped(fill)
    answer = post(world, office.client, NEW, name="una más")
    assert answer.status_code == 422
    assert f"Ya guardaste {MOST} vistas" in answer.content.decode()


def test_a_list_without_filters_has_nothing_to_name(world: World, office: Office) -> None:
    for path in ("vistas/nueva/", "vistas/nueva/?lista=notas", "vistas/nueva/?lista=nada&estado=open"):
        assert world.inside(lambda path=path: office.client.get(world.shop.office + path)).status_code == 302
    assert "Aún no guardas ninguna vista" in office.text("vistas/")


def test_a_view_of_the_audit_is_only_for_who_may_read_it(world: World, office: Office) -> None:
    post(world, office.client, "vistas/nueva/?lista=auditoria&tipo=ticket", name="Lo de notas", shared="1")
    leo = colleague(world, Role.CASHIER)
    page = world.inside(lambda: leo.get(f"{world.shop.office}vistas/")).content.decode()
    assert "Lo de notas" not in page
    assert world.inside(lambda: leo.get(f"{world.shop.office}vistas/nueva/?lista=auditoria&tipo=x")).status_code == 403


def test_a_view_that_outlived_a_choice_still_opens(world: World, office: Office) -> None:
    def old() -> None:
        SavedView.objects.create(
            owner=world.shop.owner, listing="notas", name="Vieja", query="estado=gone&q=R", saved_at=world.now()
        )

    world.scoped(old)
    page = office.get("notas/", estado="gone", q="R")
    assert "no es una de las opciones" in page.content.decode()
    assert office.get(f"vistas/{view_id(world)}/").status_code == 200

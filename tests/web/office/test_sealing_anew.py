"""The guided act for a document that the PAC never confirmed (DECISIONS C9), and the alarms that only a person can mend."""

from typing import Any

import pytest

from amate.access.models import Membership, Role
from amate.invoices.models import State
from amate.promises.models import Promise
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World

MAY = {Role.OWNER, Role.ADMIN, Role.ACCOUNTANT}


def lost(world: World) -> Any:
    world.pac.admin("faults", {"kind": "500_before"})
    invoice = desk.claimed(world)
    world.settle()
    world.time_passes(hours=80)
    world.settle()
    world.pac.admin("faults", {}, method="DELETE")
    return desk.again(world, invoice)


def ask(world: World, invoice: Any, **said: str) -> Any:
    client = world.log_in()
    path = f"{world.shop.office}facturas/{invoice.pk}/sellar-de-nuevo/"
    return world.inside(lambda: client.post(path, said, follow=True))


def test_the_page_says_what_to_look_for_and_only_then_seals_anew(world: World, office: Office) -> None:
    invoice = lost(world)
    page = office.text(f"facturas/{invoice.pk}/")
    assert "El PAC nunca confirmó esta factura" in page
    for fact in (invoice.number, invoice.rfc, "Reintentar ahora", "Sellar de nuevo"):
        assert fact in page
    answer = ask(world, invoice)
    assert "busca la factura en el listado del PAC y marca la casilla" in answer.content.decode()
    assert desk.again(world, invoice).state == State.UNKNOWN
    assert "La sellamos de nuevo" in ask(world, invoice, revisado="1").content.decode()
    world.settle()
    assert desk.again(world, invoice).state == State.STAMPED
    assert len(world.pac.documents()) == 1


def test_it_is_not_offered_nor_done_while_a_machine_can_find_out(world: World, office: Office) -> None:
    world.pac.admin("faults", {"kind": "500_before"})
    invoice = desk.claimed(world)
    world.settle()
    assert "Sellar de nuevo" not in office.text(f"facturas/{invoice.pk}/")
    assert "Ya no hacía falta" in ask(world, invoice, revisado="1").content.decode()
    assert desk.again(world, invoice).state == State.UNKNOWN


@pytest.mark.parametrize("role", list(Role))
def test_only_who_answers_for_the_books_may(world: World, office: Office, role: Role) -> None:
    invoice = lost(world)
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    assert ("Sellar de nuevo" in office.text(f"facturas/{invoice.pk}/")) is (role in MAY)
    assert ask(world, invoice, revisado="1").status_code == (200 if role in MAY else 403)
    assert desk.again(world, invoice).state == (State.DRAFT if role in MAY else State.UNKNOWN)


def test_home_rings_when_the_pac_has_no_credits_and_stops_when_it_has(world: World, office: Office) -> None:
    world.pac.admin("credits", {"left": 0}, method="PUT")
    for _ in range(2):
        desk.claimed(world)
    world.settle()
    (todo,) = office.get().context["todo"]
    assert (todo.tone, todo.text, todo.yours) == ("bad", "El PAC se quedó sin timbres", True)
    assert "2 facturas esperan y saldrán solas" in todo.why
    assert "Necesita que lo veas" in office.text("pendientes/")
    assert '<span class="count">2<' in office.text("facturas/")
    world.pac.admin("credits", {"left": 10}, method="PUT")
    world.time_passes(hours=1)
    world.settle()
    assert office.get().context["todo"] == []
    assert world.scoped(lambda: Promise.objects.open().count()) == 0

"""Small acts are done at once and taken back by a button of the next page (FACE PAT-10): nobody is asked twice."""

import re
from html import unescape
from typing import Any

import pytest

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.companies.models import Product
from amate.desk.models import SavedView
from amate.help.models import Case
from amate.messages.models import Message
from amate.self_invoicing.models import Ticket
from tests.web.office import desk, plenty
from tests.web.office.desk import Office
from tests.world import World

BANNER = re.compile(r'<form class="banner undo[^>]*action="([^"]*)">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def post(office: Office, path: str, **said: str) -> str:
    """Where it leads, without the company's part."""
    answer = office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))
    assert answer.status_code == 302, path
    return str(answer["Location"]).removeprefix(office.world.shop.office).partition("#")[0]


def take_back(office: Office, page: str) -> str:
    found = BANNER.search(page)
    assert found, "the page offers no way back"
    fields = {unescape(name): unescape(value) for name, value in FIELD.findall(found[2]) if "csrf" not in name}
    return post(office, unescape(found[1]).removeprefix(office.world.shop.office), **fields)


def look(office: Office, path: str) -> str:
    answer = office.world.inside(lambda: office.client.get(office.world.shop.office + path))
    assert answer.status_code == 200
    return str(answer.content.decode())


def acts(world: World) -> list[str]:
    return world.scoped(lambda: list(Entry.objects.order_by("id").values_list("act", flat=True)))


def state(world: World, pk: int) -> tuple[str, str]:
    return world.scoped(lambda: Ticket.objects.values_list("state", "state_reason").get(pk=pk))


def test_a_lock_is_taken_back(world: World, office: Office) -> None:
    ticket = world.sale()
    page = look(office, post(office, f"notas/{ticket.pk}/bloquear/", motivo="Posible devolución"))
    assert "Bloqueada: nadie puede facturarla" in page
    take_back(office, page)
    assert state(world, ticket.pk) == ("open", "")
    assert acts(world)[-2:] == ["ticket.locked", "ticket.unlocked"]


def test_an_unlock_is_taken_back_with_the_reason_it_had(world: World, office: Office) -> None:
    ticket = world.sale()
    post(office, f"notas/{ticket.pk}/bloquear/", motivo="Posible <devolución>")
    look(office, "")
    take_back(office, look(office, post(office, f"notas/{ticket.pk}/desbloquear/")))
    assert state(world, ticket.pk) == ("locked", "Posible <devolución>")


def test_a_retired_product_is_sold_again(world: World, office: Office) -> None:
    product = desk.listed(world)
    page = look(office, post(office, f"productos/{product}/retirar/"))
    assert "quedó retirado" in page
    take_back(office, page)
    assert world.scoped(lambda: Product.objects.get(pk=product).is_active) is True
    assert acts(world)[-1] == "product.sold_again"


def test_a_view_that_was_removed_comes_back_with_its_name(world: World, office: Office) -> None:
    view = plenty.view(world)
    take_back(office, look(office, post(office, f"vistas/{view}/quitar/")))
    kept = world.scoped(lambda: SavedView.objects.values_list("name", "query", "shared").get())
    assert kept == ("Abiertas", "estado=open", False)


def test_a_mail_that_was_let_be_asks_for_somebody_again(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    mail = world.scoped(lambda: desk.astray(world, invoice))
    take_back(office, look(office, post(office, f"correos/{mail}/atendido/")))
    assert world.scoped(lambda: list(Message.objects.astray().values_list("pk", flat=True))) == [mail]
    assert acts(world)[-2:] == ["mail.let_be", "mail.let_be_no_more"]
    assert "Ya no hacía falta" in look(office, post(office, f"correos/{mail}/por-atender/"))


def test_a_closed_message_is_opened_again(world: World, office: Office) -> None:
    case = desk.asked_for_help(world)
    take_back(office, look(office, post(office, f"ayuda/{case}/cerrar/")))
    assert world.scoped(lambda: Case.objects.get(pk=case).state) == "open"


def test_the_way_back_is_offered_once(world: World, office: Office) -> None:
    ticket = world.sale()
    path = post(office, f"notas/{ticket.pk}/bloquear/", motivo="x")
    assert BANNER.search(look(office, path))
    assert not BANNER.search(look(office, path))


@pytest.mark.parametrize("again", [False, True])
def test_what_did_not_happen_is_not_taken_back(world: World, office: Office, again: bool) -> None:
    """A second click changes nothing: taking it back would undo the first one."""
    ticket = world.sale()
    if again:
        post(office, f"notas/{ticket.pk}/bloquear/", motivo="x")
        look(office, "")
        page = look(office, post(office, f"notas/{ticket.pk}/bloquear/", motivo="y"))
    else:
        page = look(office, post(office, f"notas/{ticket.pk}/desbloquear/"))
    assert not BANNER.search(page)


def test_a_cancelled_sale_has_no_way_back(world: World, office: Office) -> None:
    ticket = world.sale()
    assert not BANNER.search(look(office, post(office, f"notas/{ticket.pk}/cancelar/", motivo="x")))


def test_taking_back_asks_for_the_role_of_the_opposite_act(world: World, office: Office) -> None:
    product = desk.listed(world)
    page = look(office, post(office, f"productos/{product}/retirar/"))
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.SUPPORT))
    found = BANNER.search(page)
    assert found
    answer: Any = world.inside(lambda: office.client.post(found[1]))
    assert answer.status_code == 403

"""Atajos del teclado: the page that lists them and the switch of the single letters (WCAG 2.1.4)."""

from typing import Any

from amate.access.models import Membership, Role
from tests.web.office.desk import Office
from tests.world import World


def turn(office: Office, letters: str) -> Any:
    path = office.world.shop.office + "teclas/"
    return office.world.inside(lambda: office.client.post(path, {"letras": letters}))


def test_the_page_lists_every_key_that_leads_somewhere(office: Office) -> None:
    page = office.text("teclas/")
    for told in ("<kbd>Ctrl K</kbd>", "<kbd>g v</kbd>", "Ventas y autofactura", "<kbd>Esc</kbd>"):
        assert told in page, told
    assert 'data-key="v"' in page


def test_letters_are_turned_off_and_on_again_in_this_browser(office: Office) -> None:
    assert "<body data-keys>" in office.text()
    assert turn(office, "no").status_code == 302
    page = office.text("teclas/")
    assert "<body>" in page
    assert "Encender las letras" in page
    assert office.client.cookies["amate_teclas"]["path"] == "/oficina/"
    turn(office, "si")
    assert "<body data-keys>" in office.text("teclas/")


def test_a_key_to_a_room_that_is_not_yours_is_not_offered(world: World, office: Office) -> None:
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.CASHIER))
    page = office.text("teclas/")
    assert 'data-key="a"' not in page
    assert "<kbd>g a</kbd>" not in page

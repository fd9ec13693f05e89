"""States of the back office that no address shows by itself, in a real browser; and a day's work without any script.

What every address shows by itself: test_every_address.py.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from amate.customers.models import Customer
from amate.invoices.models import Invoice
from tests.browser.person import Person, weight_of
from tests.people import FISICA
from tests.web.office import desk
from tests.world import PASSWORD, World


@pytest.fixture
def ana(world: World, site: str, browser: Browser) -> Iterator[Person]:
    """The owner of the first shop, who has just entered."""
    person = Person(browser, site)
    person.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    yield person
    person.leaves()


def test_every_state_bears_inspection(world: World, ana: Person) -> None:
    world.mail.refuse.add("nadie@example.com")
    stamped = desk.stamped(world, correo="ingrid@example.com")
    unsent = desk.stamped(world, correo="nadie@example.com")
    world.mail.busy = True
    desk.stamped(world, correo="ingrid@example.com")
    refused = desk.refused_for_staff(world)
    draft = desk.claimed(world)
    pages = {
        "inicio": "",
        "notas-filtradas": "notas/?estado=invoiced&q=R-",
        "notas-ninguna": "notas/?q=ZZZ",
        "facturas-filtradas": "facturas/?estado=stamped&origen=portal",
        "factura-sin-enviar": f"facturas/{unsent.pk}/",
        "factura-rechazada": f"facturas/{refused.pk}/",
        "factura-borrador": f"facturas/{draft.pk}/",
        "pendientes": "pendientes/",
        "no-encontrada": "facturas/999999/",
    }
    for name, path in pages.items():
        ana.goes(world.shop.office + path)
        ana.bears_inspection(f"oficina-{name}")
    ana.goes(f"{world.shop.office}facturas/{stamped.pk}/")
    ana.page.get_by_label("Enviarla a este correo").fill("contador@example.com")
    ana.clicks("Enviar PDF y XML")
    ana.bears_inspection("oficina-factura-enviada")


def test_staff_work_without_javascript(world: World, site: str, browser: Browser) -> None:
    refused = desk.refused_for_staff(world)
    ana = Person(browser, site, script=False)
    ana.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    ana.page.get_by_role("link", name="Corregir").click()
    ana.page.get_by_role("link", name="INGRID XODAR JIMENEZ").click()
    assert ana.at == f"{world.shop.office}facturas/{refused.pk}/"
    ana.clicks("Reintentar ahora")
    assert ana.page.get_by_text("Lo intentamos otra vez").is_visible()
    world.settle()
    ana.page.reload()
    ana.page.get_by_label("Enviarla a este correo").fill("contador@example.com")
    ana.clicks("Enviar PDF y XML")
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["contador@example.com"]
    ana.page.reload()
    assert ana.page.get_by_text("Enviado").is_visible()
    ana.page.get_by_role("navigation", name="Principal en el celular").get_by_role("link", name="Ventas").click()
    ana.page.get_by_label("Estado").select_option("invoiced")
    ana.clicks("Filtrar")
    assert "estado=invoiced" in ana.at
    assert ana.page.locator("tbody tr").count() == 1
    ana.page.locator(".me summary").click()
    ana.page.get_by_role("link", name="Seguridad de tu cuenta").click()
    assert ana.at == "/cuenta/2fa/"
    ana.leaves()


def test_the_first_view_is_light(world: World, site: str, browser: Browser) -> None:
    for _ in range(3):
        desk.stamped(world)
    cookie = {"name": "amate_session", "value": world.log_in().cookies["amate_session"].value, "url": site}
    weight = weight_of(browser, f"{site}{world.shop.office}", [cookie])
    print("office home", weight)
    assert weight <= 60_000


def test_an_answer_typed_while_the_session_ended_is_sent_after_all(world: World, ana: Person) -> None:
    ana.goes(f"{world.shop.office}ayuda/{desk.asked_for_help(world)}/")
    ana.page.get_by_label("Tu respuesta").fill("Ya está.\n¿Algo más?")
    ana.context.clear_cookies(name="amate_session")
    ana.clicks("Enviar a ingrid@example.com")
    assert all("403" in one for one in ana.said)
    ana.said.clear()
    ana.bears_inspection("sesion-terminada")
    with ana.page.expect_popup() as opened:
        ana.page.get_by_role("link", name="Entrar en otra pestaña").click()
    door = opened.value
    door.get_by_label("Correo").fill(world.shop.owner.email)
    door.get_by_label("Contraseña").fill(PASSWORD)
    door.get_by_role("button", name="Entrar").click()
    door.wait_for_url("**/oficina/**")
    ana.clicks("Enviar otra vez")
    assert ana.page.get_by_role("heading", name="Falta enviarlo otra vez").is_visible()
    ana.clicks("Enviar otra vez")
    assert ana.page.get_by_text("Le enviamos tu respuesta por correo").is_visible()
    assert ana.page.get_by_text("¿Algo más?").is_visible()


def test_a_name_of_one_endless_word_breaks_no_page(world: World, site: str, browser: Browser, ana: Person) -> None:
    ticket, word = world.sale(), "N" * 300
    buyer = Person(browser, f"{site}{world.shop.portal}")
    buyer.scans(ticket)
    buyer.gives(FISICA, nombre=word)
    _does_not_scroll(buyer)
    buyer.clicks("Emitir mi factura")
    world.settle()
    buyer.goes("listo/")
    _does_not_scroll(buyer)
    made = world.scoped(lambda: Invoice.objects.get())
    assert made.nombre == word
    customer = world.scoped(lambda: Customer.objects.get().pk)
    for path in ("", "facturas/", f"facturas/{made.pk}/", f"facturas/{made.pk}/sustituir/", f"notas/{ticket.pk}/",
                 "clientes/", f"clientes/{customer}/", "correos/", f"mostrador/factura/{made.pk}/", "buscar/?q=NNNN"):  # fmt: skip
        ana.goes(world.shop.office + path)
        _does_not_scroll(ana)


def _does_not_scroll(person: Person) -> None:
    for width in (390, 1280):
        person.page.set_viewport_size({"width": width, "height": 800})
        sideways = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{person.page.url} at {width}: {sideways}"

"""Every page of the back office in a real browser: on a phone and a desk, by day and by night, without any script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from amate.access.models import Membership, Role
from amate.self_invoicing.models import Claim
from tests.browser.person import Person, weight_of
from tests.web.office import desk
from tests.world import PASSWORD, World

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def ana(request: pytest.FixtureRequest, world: World, site: str, browser: Browser) -> Iterator[Person]:
    """The owner of the first shop, who has just entered. No page of the office needs a script."""
    width, theme = request.param
    person = Person(browser, site, width=width, theme=theme, script=True)
    person.goes(world.shop.office)
    person.bears_inspection("oficina-entrar")
    person.page.get_by_label("Correo").fill(world.shop.owner.email)
    person.page.get_by_label("Contraseña").fill("no es esta")
    person.clicks("Entrar")
    person.bears_inspection("oficina-entrar-error")
    person.page.get_by_label("Contraseña").fill(PASSWORD)
    person.clicks("Entrar")
    assert person.at == world.shop.office
    yield person
    person.leaves()


def test_every_page_bears_inspection(world: World, ana: Person) -> None:
    ana.bears_inspection("oficina-primer-dia")
    for room in ("notas/", "facturas/", "pendientes/"):
        ana.goes(world.shop.office + room)
        ana.bears_inspection(f"oficina-vacia-{room[:-1]}")
    world.mail.refuse.add("nadie@example.com")
    stamped = desk.stamped(world, correo="ingrid@example.com")
    unsent = desk.stamped(world, correo="nadie@example.com")
    world.mail.busy = True
    desk.stamped(world, correo="ingrid@example.com")
    refused = desk.refused_for_staff(world)
    draft = desk.claimed(world)
    ticket = world.scoped(lambda: Claim.objects.get(invoice=stamped).ticket_id)
    pages = {
        "inicio": "",
        "notas": "notas/",
        "notas-filtradas": "notas/?estado=invoiced&q=R-",
        "notas-ninguna": "notas/?q=ZZZ",
        "nota": f"notas/{ticket}/",
        "facturas": "facturas/",
        "facturas-filtradas": "facturas/?estado=stamped&origen=portal",
        "factura": f"facturas/{stamped.pk}/",
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
    ana.page.get_by_label("Enviarla a este correo").fill("contador")
    ana.clicks("Enviar PDF y XML")
    ana.bears_inspection("oficina-factura-error")
    ana.page.get_by_label("Enviarla a este correo").fill("contador@example.com")
    ana.clicks("Enviar PDF y XML")
    ana.bears_inspection("oficina-factura-enviada")


def test_the_pages_of_the_account_bear_inspection(world: World, ana: Person) -> None:
    world.inside(
        lambda: Membership.objects.create(user=world.shop.owner, company=world.other.company, role=Role.SUPPORT)
    )
    for name, path in {
        "empresas": "/oficina/",
        "seguridad": "/cuenta/2fa/",
        "activar": "/cuenta/2fa/totp/activate/",
        "contrasena": "/cuenta/password/change/",
        "salir": "/cuenta/logout/",
    }.items():
        ana.goes(path)
        ana.bears_inspection(f"cuenta-{name}")


def test_staff_work_without_javascript(world: World, site: str, browser: Browser) -> None:
    refused = desk.refused_for_staff(world)
    ana = Person(browser, site, script=False)
    ana.goes(world.shop.office)
    ana.page.get_by_label("Correo").fill(world.shop.owner.email)
    ana.page.get_by_label("Contraseña").fill(PASSWORD)
    ana.clicks("Entrar")
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

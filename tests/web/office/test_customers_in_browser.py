"""Clientes in a real browser: on a phone and a desk, by day and by night, without any script."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from amate.customers.models import Customer, FiscalProfile
from tests.browser.person import Person
from tests.customers.hands import INGRID, JUAN, SURCO, calls, written_down
from tests.customers.test_merge import bought
from tests.web.office import desk
from tests.world import World


def enters(world: World, browser: Browser, site: str, **look: object) -> Person:
    person = Person(browser, site, **look)  # type: ignore[arg-type]
    cookie = world.log_in().cookies["amate_session"].value
    person.context.add_cookies([{"name": "amate_session", "value": cookie, "url": site}])
    return person


@pytest.fixture
def ana(world: World, site: str, browser: Browser) -> Iterator[Person]:
    person = enters(world, browser, site)
    yield person
    person.leaves()


def test_the_customers_and_one_of_them_bear_inspection(world: World, ana: Person) -> None:
    base = f"{world.shop.office}clientes/"
    ana.goes(base)
    ana.bears_inspection("clientes-vacia")
    world.mail.refuse.add("nadie@example.com")
    desk.stamped(world, correo="ingrid@example.com")
    desk.stamped(world, correo="nadie@example.com")
    ingrid = world.scoped(lambda: Customer.objects.get())
    calls(
        world,
        ingrid,
        nombre="Luz, contabilidad",
        telefono="33 1234 5678",
        correo="luz@example.com",
        receives_invoices=True,
    )
    raul = calls(world, ingrid, nombre="Raúl", handles_payments=True)
    long = written_down(world, nombre="Comercializadora Internacional de Refacciones Automotrices del Noroeste")
    bought(world, JUAN)
    for name, path in {
        "lista": "",
        "ninguno": "?q=zzz&estado=unverified",
        "uno": f"{ingrid.pk}/",
        "sin-datos": f"{long.pk}/",
        "contacto": f"{ingrid.pk}/contactos/{raul.pk}/",
        "contacto-quitar": f"{ingrid.pk}/contactos/{raul.pk}/quitar/",
    }.items():
        ana.goes(base + path)
        ana.bears_inspection(f"clientes-{name}")


def test_the_forms_of_customers_bear_inspection(world: World, ana: Person) -> None:
    base = f"{world.shop.office}clientes/"
    surco = written_down(world, SURCO, correo="administracion@surco.example")
    ana.goes(base + "nuevo/")
    ana.bears_inspection("clientes-nuevo")
    ana.clicks("Agregar cliente")
    assert "error-summary" in str(ana.page.evaluate("document.activeElement.className"))
    ana.bears_inspection("clientes-nuevo-error")
    ana.goes(f"{base}{surco.pk}/datos/")
    ana.bears_inspection("clientes-datos")
    ana.page.locator("#cp").fill("44190")
    world.scoped(lambda: Customer.objects.filter(pk=surco.pk).update(correo="otro@surco.example"))
    ana.clicks("Guardar datos")
    assert ana.page.get_by_role("alert").get_by_text("alguien cambió este cliente hace un momento").is_visible()
    assert ana.page.locator("#cp").input_value() == "44190"
    ana.bears_inspection("clientes-conflicto")


def test_proposals_and_doubles_bear_inspection(world: World, ana: Person) -> None:
    base = f"{world.shop.office}clientes/"
    ana.goes(base + "propuestas/")
    ana.bears_inspection("clientes-propuestas-vacias")
    surco, ingrid = written_down(world, SURCO), bought(world, INGRID)
    bought(world, replace(SURCO, domicilio_fiscal="44100", uso_cfdi="G01"))
    twice = written_down(world, nombre="Ingrid Xodar")
    proposal = world.scoped(lambda: FiscalProfile.objects.to_review().get())
    for name, path in {
        "por-revisar": f"{surco.pk}/",
        "propuestas": "propuestas/",
        "propuesta": f"propuestas/{proposal.pk}/",
        "duplicados": f"{twice.pk}/unir/",
        "unir": f"{twice.pk}/unir/{ingrid.pk}/",
        "unir-dos-rfc": f"{ingrid.pk}/unir/{surco.pk}/",
    }.items():
        ana.goes(base + path)
        ana.bears_inspection(f"clientes-{name}")
    ana.clicks("Unir con INGRID XODAR JIMENEZ")
    ana.bears_inspection("clientes-unir-negado")


def test_staff_keep_customers_without_javascript_and_with_the_keyboard(
    world: World, site: str, browser: Browser
) -> None:
    ingrid = bought(world, INGRID)
    ana = enters(world, browser, site, script=False)
    ana.goes(world.shop.office)
    ana.page.locator(".tabs summary").click()
    ana.page.locator(".tabs").get_by_role("link", name="Clientes", exact=True).click()
    ana.page.get_by_label("Nombre, RFC, teléfono, correo o número").fill("jimé xod")
    ana.page.keyboard.press("Enter")
    ana.page.wait_for_url("**/clientes/?*q=*")
    ana.page.get_by_role("link", name="INGRID XODAR JIMENEZ").focus()
    ana.page.keyboard.press("Enter")
    ana.arrives(f"/clientes/{ingrid.pk}/")
    ana.page.get_by_role("link", name="Cambiar").click()
    ana.page.locator("#cp").fill("44100")
    ana.page.keyboard.press("Enter")
    ana.arrives(f"/clientes/{ingrid.pk}/")
    assert ana.page.get_by_text("Guardamos los datos de INGRID XODAR JIMENEZ").is_visible()
    ana.page.get_by_text("Versiones (2)").click()
    assert ana.page.get_by_text("Tu equipo · ana@amate.example · vigente").is_visible()
    ana.page.get_by_role("link", name="Agregar un contacto").click()
    ana.page.get_by_label("Correo electrónico").fill("luz@example.com")
    ana.page.get_by_label("Recibe por correo todas sus facturas").check()
    ana.clicks("Agregar contacto")
    assert ana.page.get_by_text("Recibe facturas").is_visible()
    ana.leaves()

"""The counter in a real browser, and without any script."""

import re

from playwright.sync_api import Browser

from amate.invoices.models import Invoice, State
from amate.self_invoicing.models import Ticket
from tests.browser.person import Person
from tests.people import FISICA, MORAL
from tests.web.office import desk
from tests.world import PASSWORD, World


def enter(world: World, site: str, browser: Browser, *, script: bool) -> Person:
    person = Person(browser, site, width=1280, script=script)
    person.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    return person


def test_every_state_of_the_counter_bears_inspection(world: World, site: str, browser: Browser) -> None:
    ana = enter(world, site, browser, script=True)
    ticket, locked = world.sale(), world.sale()
    counter = f"{world.shop.office}mostrador/"
    for name, path in {
        "mostrador-busca": f"{counter}?q={ticket.folio[:3]}",
        "mostrador-nada": f"{counter}?q=ZZZ",
    }.items():
        ana.goes(path)
        ana.bears_inspection(name)
    ana.goes(f"{counter}nota/{ticket.pk}/")
    ana.page.get_by_label("RFC de tu cliente").fill(FISICA["rfc"])
    ana.clicks("Continuar")
    ana.bears_inspection("mostrador-nota-datos")
    ana.goes(f"{counter}venta/")
    ana.clicks("Registrar y dar la nota")
    ana.bears_inspection("mostrador-venta-error")
    going = desk.claimed(world)
    ana.goes(f"{counter}factura/{going.pk}/")
    ana.bears_inspection("mostrador-emitiendo")
    world.settle()
    ana.page.get_by_role("heading", name=re.compile("lista$")).wait_for()
    ana.bears_inspection("mostrador-lista")
    ana.goes(f"{world.shop.office}notas/{locked.pk}/")
    ana.page.get_by_label("Motivo").fill("Posible devolución")
    ana.clicks("Bloquear la nota")
    ana.bears_inspection("nota-bloqueada")
    ana.leaves()


def test_the_total_follows_what_is_typed_and_one_click_registers_it(world: World, site: str, browser: Browser) -> None:
    ana = enter(world, site, browser, script=True)
    page = ana.page
    ana.goes(f"{world.shop.office}mostrador/venta/")
    page.get_by_label("Artículo o servicio").fill("Martillo de uña")
    page.get_by_label("Precio de uno").fill("116")
    page.get_by_role("row", name="Total $116.00", exact=True).wait_for()
    page.get_by_label("Cantidad").fill("3")
    page.get_by_role("row", name="Total $348.00", exact=True).wait_for()
    page.get_by_label("Impuestos").select_option(label="IVA 0 %")
    page.get_by_role("row", name="IVA 0 % $0.00").wait_for()
    page.get_by_label("Clave del SAT").fill("27111602")
    ana.bears_inspection("mostrador-venta-suma")
    page.get_by_label("Cantidad").fill("2")
    page.get_by_role("row", name="Total $232.00", exact=True).wait_for()
    ana.clicks("Registrar y dar la nota")
    page.get_by_text("Venta registrada").wait_for()
    assert [str(total) for total in world.scoped(lambda: list(Ticket.objects.values_list("total", flat=True)))] == [
        "232.00"
    ]


def test_a_sale_is_typed_and_invoiced_without_a_script(world: World, site: str, browser: Browser) -> None:
    ana = enter(world, site, browser, script=False)
    page = ana.page
    ana.goes(f"{world.shop.office}mostrador/")
    page.get_by_role("link", name="Capturar una venta").click()
    page.get_by_label("Artículo o servicio").fill("Martillo de uña")
    page.get_by_label("Precio de uno").fill("116")
    page.get_by_label("Clave del SAT").fill("27111602")
    ana.clicks("Agregar otra partida")
    second = page.get_by_role("group", name="Partida 2")
    second.get_by_label("Artículo o servicio").fill("Flete")
    second.get_by_label("Precio de uno").fill("58")
    second.get_by_label("Clave del SAT").fill("78101802")
    ana.clicks("Facturar ahora")
    assert page.get_by_text("$174.00 MXN").is_visible()
    assert page.get_by_role("row", name="IVA 16 % $24.00").is_visible()
    page.get_by_label("RFC de tu cliente").fill(MORAL["rfc"])
    page.keyboard.press("Enter")
    page.get_by_label("Nombre o razón social").fill(MORAL["nombre"])
    page.get_by_label("Código postal").fill(MORAL["cp"])
    page.get_by_label("Régimen fiscal").select_option(MORAL["regimen_fiscal"])
    page.get_by_label("Uso del CFDI").select_option(MORAL["uso_cfdi"])
    page.get_by_label("Correo electrónico").fill(MORAL["correo"])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Estamos emitiendo la factura").wait_for()
    world.settle()
    page.get_by_role("link", name="Actualizar").click()
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert (invoice.state, str(invoice.total)) == (State.STAMPED, "174.00")
    page.get_by_role("heading", name=f"Factura {invoice.number} lista").wait_for()
    assert world.scoped(Ticket.objects.count) == 1
    ana.leaves()

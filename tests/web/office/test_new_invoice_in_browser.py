"""A new invoice in a real browser: its preview comes without leaving the page, and without any script as well."""

import pytest
from playwright.sync_api import Browser

from amate.invoices.models import Invoice
from tests.browser.person import Person
from tests.people import MORAL
from tests.world import PASSWORD, World


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_it_is_looked_at_and_then_issued(world: World, site: str, browser: Browser, script: bool) -> None:
    ana = Person(browser, site, width=1280, script=script)
    ana.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    page = ana.page
    ana.goes(f"{world.shop.office}facturas/nueva/")
    page.get_by_label("RFC de tu cliente").fill(MORAL["rfc"])
    ana.clicks("Continuar")
    page.get_by_label("Nombre o razón social").fill(MORAL["nombre"])
    page.get_by_label("Código postal de su domicilio fiscal").fill(MORAL["cp"])
    page.get_by_label("Régimen fiscal").select_option(MORAL["regimen_fiscal"])
    page.get_by_label("Uso del CFDI").select_option(MORAL["uso_cfdi"])
    ana.clicks("Ver vista previa")
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert "Partida 1: Escribe qué se vendió" in summary.inner_text()
    if script:
        ana.bears_inspection("factura-nueva-error")
    page.get_by_label("Artículo o servicio").fill("Diseño de imagen")
    page.get_by_label("Precio de uno").fill("1160")
    page.get_by_label("Clave del SAT").fill("82141500")
    if script:
        page.get_by_role("row", name="Total $1,160.00", exact=True).wait_for()
    ana.clicks("Ver vista previa")
    page.get_by_role("img", name="Página 1 de 1 del borrador").wait_for()
    if script:
        ana.bears_inspection("factura-nueva-vista")
    assert world.scoped(Invoice.objects.count) == 0
    ana.clicks("Emitir factura por $1,160.00 MXN")
    page.get_by_role("heading", name="Estamos emitiendo la factura").wait_for()
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert (invoice.rfc, str(invoice.total)) == (MORAL["rfc"], "1160.00")
    ana.leaves()

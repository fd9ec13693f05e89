"""From an empty installation to invoices at the counter and in the portal, in a browser alone: no command line.

Only one thing is taken from the terminal: the address that `amate serve` prints once. Counted in steps and clicks, and
told with pictures in docs/guia (`make guide` makes them anew).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from amate.fiscal.xml import parse
from tests.browser.chromium import chromium
from tests.people import FISICA, MORAL
from tests.stories.demo import FIRST_START, Demo
from tests.stories.guide import PICTURES, Camera, write_table, written_table
from tests.stories.her_files import Papers
from tests.stories.newcomer import Newcomer, Tally
from tests.stories.processes import outside, until

# What ten minutes of a person can bear; the exact numbers stand in the guide and are compared.
MOST_CLICKS = 60
MOST_TYPED = 35
PRINTED = re.compile(r"ready: (http://\S+/empezar/\S+)")
PATH = "main .path"  # of a new company, on its first page


@pytest.fixture
def installation(minted: Any, pac_server: Any, mail_server: Any) -> Iterator[Demo]:
    pac_server.reset()
    mail_server.clear()
    empty = Demo(command="serve", environment=outside(minted=minted, pac=pac_server, mail=mail_server))
    try:
        empty.start()
        yield empty
    finally:
        empty.clean_up()


@pytest.mark.timeout(900)
def test_a_newcomer_opens_shop(
    installation: Demo, minted: Any, pac_server: Any, mail_server: Any, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    update = bool(pytestconfig.getoption("--update-guide"))
    until(lambda: PRINTED.search(installation.log()), seconds=2 * FIRST_START, what="the printed address")
    printed = PRINTED.search(installation.log())
    assert printed
    tally, camera = Tally(), Camera(update=update)
    files = Papers(tmp_path, minted)
    with chromium() as browser:
        ana = Newcomer(browser, tally, width=1120, height=760)
        with tally.step("Registra tu empresa"):
            registers(ana, printed[1], camera)
        with tally.step("Completa tus datos"):
            completes_her_data(ana)
        with tally.step("Ponle tu color y tu logotipo"):
            brands(ana, files.logo, camera)
        with tally.step("Revisa tu sucursal"):
            opens_the_branch(ana, camera)
        with tally.step("Sube tu sello digital"):
            seals(ana, files, minted.csds["moral"].password, camera)
        with tally.step("Prueba tu PAC"):
            asks_the_pac(ana)
        with tally.step("Haz una factura de prueba"):
            tries(ana)
        with tally.step("Enciende tu portal"):
            switches_the_portal_on(ana, camera)
        with tally.step("Importa tus ventas"):
            imports(ana, files, camera)
        with tally.step("Factura en el mostrador"):
            code = sells_at_the_counter(ana, camera)
        with tally.step("Tu cliente factura en su celular"):
            buys(browser, tally, ana, code, camera)
        with tally.step("Mira tus facturas"):
            xml = looks_at_her_invoices(ana, camera)
        shows_the_rest(ana, camera)
        ana.leaves()
    print(f"{len(tally.steps)} steps, {tally.clicks} clicks, {tally.typed} fields\n{tally.table()}")
    assert parse(xml).get("Total") == "348.00"
    assert len(pac_server.documents()) == 3
    until(lambda: len(mail_server.mails) == 2, what="the mail to each customer")
    assert {mail["To"] for mail in mail_server.mails} == {FISICA["correo"], MORAL["correo"]}
    assert tally.clicks <= MOST_CLICKS
    assert tally.typed <= MOST_TYPED
    if update:
        write_table(tally.table())
    assert written_table() == tally.table(), "the guide says other numbers: run `make guide`"
    assert sorted(camera.names) == sorted(one.stem for one in PICTURES.glob("*.png")), "run `make guide`"


# ------------------------------------------------------------ the story


def registers(ana: Newcomer, address: str, camera: Camera) -> None:
    ana.opens(address)
    ana.types("RFC de la empresa", "CEA210315XX4")
    ana.types("Nombre como lo tiene el SAT", "CAFETERIA EL AMATE")
    ana.chooses("Régimen fiscal", "601")
    ana.types("Código postal", "44100")
    camera.takes("empezar-empresa", ana.page, shows="h1")
    ana.types("Nombre comercial", "Cafetería El Amate")
    ana.types("Tu nombre", "Ana Ruiz")
    ana.types("Tu correo", "ana@elamate.example")
    ana.types("Una contraseña", "una frase bastante larga")
    ana.clicks("Registrar mi empresa")
    ana.reads_heading("Pon en marcha tu facturación")
    camera.takes("empezar-camino", ana.page)


def completes_her_data(ana: Newcomer) -> None:
    ana.follows("Completar", within=PATH)
    ana.types("Teléfono para tus clientes", "33 1234 5678")
    ana.types("Correo para tus clientes", "hola@elamate.example")
    ana.clicks("Guardar los datos")
    ana.reads("quedaron guardados")
    ana.goes_to("Inicio")


def brands(ana: Newcomer, logo: Path, camera: Camera) -> None:
    ana.follows("Elegir", within=PATH)
    ana.types("Color de tu marca", "#7a3b12")
    ana.clicks("Guardar el color")
    ana.picks("Logotipo", logo)
    ana.clicks("Subir el logotipo")
    ana.reads("Tu logotipo quedó guardado")
    camera.takes("configurar-marca", ana.page)
    ana.goes_to("Inicio")


def seals(ana: Newcomer, files: Papers, password: str, camera: Camera) -> None:
    ana.follows("Subir", within=PATH)
    ana.picks("Certificado (.cer)", files.cer)
    ana.picks("Llave privada (.key)", files.key)
    ana.types("Contraseña de la llave privada", password)
    ana.clicks("Subir el sello digital")
    ana.reads("quedó guardado y ya se usa")
    camera.takes("certificados-en-uso", ana.page)
    ana.goes_to("Inicio")


def opens_the_branch(ana: Newcomer, camera: Camera) -> None:
    ana.follows("Revisar", within=PATH)
    ana.reads("Hora del centro")
    ana.types("Dirección", "Av. Juárez 415, Centro, Guadalajara")
    ana.clicks("Guardar la sucursal")
    ana.reads("La sucursal quedó guardada")
    camera.takes("configurar-sucursales", ana.page)
    ana.goes_to("Inicio")


def asks_the_pac(ana: Newcomer) -> None:
    ana.follows("Probar", within=PATH)
    ana.clicks("Usar el simulador y probarlo")
    ana.reads("Tu PAC está listo")
    ana.goes_to("Inicio")


def tries(ana: Newcomer) -> None:
    ana.clicks("Hacer una")
    ana.reads("Así nace una factura")
    ana.goes_to("Inicio")


def switches_the_portal_on(ana: Newcomer, camera: Camera) -> None:
    ana.follows("Encender", within=PATH)
    ana.ticks("Portal encendido")
    camera.takes("portal-reglas", ana.page)
    ana.clicks("Guardar las reglas")
    ana.reads("Las reglas quedaron guardadas")


def imports(ana: Newcomer, files: Papers, camera: Camera) -> None:
    ana.goes_to("Importar")
    ana.types("De dónde viene", "caja-1")
    ana.picks("Archivo", files.sales)
    ana.clicks("Subir y revisar")
    ana.reads("Falta decir qué columna tiene el folio")
    ana.follows("Decir qué es cada columna")
    ana.chooses("Folio de la nota", "Operación")
    ana.chooses("IVA", "0.16")
    ana.types("Descripción", "Consumo")
    ana.types("Clave del SAT del producto", "90101500")
    ana.types("Clave del SAT de la unidad", "E48")
    camera.takes("ventas-columnas", ana.page)
    ana.clicks("Revisar el archivo otra vez")
    ana.reads("“doscientos” no es un número")
    camera.takes("ventas-errores", ana.page, shows="main td")
    ana.goes_to("Importar")
    ana.types("De dónde viene", "caja-1")
    ana.picks("Archivo", files.mended)
    ana.clicks("Subir y revisar")
    ana.clicks("Registrar 5 ventas por $928.00")
    ana.reads_heading("Resultado")


def sells_at_the_counter(ana: Newcomer, camera: Camera) -> str:
    """Answers the code of another note, which a buyer will have in her hand."""
    ana.goes_to("Ventas y autofactura")
    codes = [code_of(ana, folio) for folio in ("C-101", "C-102")]
    camera.takes("ventas-lista", ana.page)
    ana.goes_to("Mostrador")
    ana.types("Código, folio, o el QR leído con tu lector", codes[0])
    ana.clicks("Buscar", within="main")
    ana.types("RFC de tu cliente", MORAL["rfc"])
    ana.clicks("Continuar")
    ana.types("Nombre o razón social", MORAL["nombre"])
    ana.types("Código postal", MORAL["cp"])
    ana.chooses("Régimen fiscal", MORAL["regimen_fiscal"])
    ana.chooses("Uso del CFDI", MORAL["uso_cfdi"])
    ana.types("Correo electrónico", MORAL["correo"])
    camera.takes("mostrador-datos", ana.page, shows="h1")
    ana.clicks("Emitir factura por $116.00")
    expect(ana.page.get_by_role("heading", name=re.compile(r"^Factura \S+ lista$"))).to_be_visible()
    camera.takes("mostrador-lista", ana.page)
    return codes[1]


def code_of(ana: Newcomer, folio: str) -> str:
    return ana.page.locator("tr", has_text=folio).locator("small.mono").first.inner_text()


def buys(browser: Browser, tally: Tally, ana: Newcomer, code: str, camera: Camera) -> None:
    ana.goes_to("Inicio")
    portal = ana.page.locator(".portal-link").get_attribute("href")
    assert portal
    buyer = Newcomer(browser, tally, width=390, height=844)
    buyer.opens(portal)
    buyer.types("Código de facturación", code.lower())
    buyer.types("Total de tu compra", "348.00")
    camera.takes("portal-codigo", buyer.page)
    buyer.clicks("Buscar mi compra")
    buyer.types("RFC", FISICA["rfc"])
    with buyer.page.expect_response("**/datos/fiscal/"):
        buyer.page.keyboard.press("Tab")
    buyer.types("Nombre", FISICA["nombre"])
    buyer.types("Código postal", FISICA["cp"])
    with buyer.page.expect_response("**/datos/fiscal/"):
        buyer.chooses("Régimen fiscal", FISICA["regimen_fiscal"])
    buyer.types("Correo", FISICA["correo"])
    camera.takes("portal-datos", buyer.page, shows="#rfc")
    buyer.clicks("Continuar")
    buyer.clicks("Emitir mi factura")
    buyer.reads_heading("Tu factura está lista")
    camera.takes("portal-lista", buyer.page)
    buyer.leaves()


def looks_at_her_invoices(ana: Newcomer, camera: Camera) -> bytes:
    """Answers the XML of the portal's invoice."""
    ana.goes_to("Facturas")
    for name, origin in (("SURCO DISEÑO", "Mostrador"), ("INGRID XODAR JIMENEZ", "Portal de autofactura")):
        row = ana.page.locator("tr", has_text=name)
        expect(row).to_contain_text(origin)
        expect(row).to_contain_text("Vigente")
    camera.takes("facturas-lista", ana.page)
    ana.follows("INGRID XODAR JIMENEZ")
    ana.reads("Origen: Portal de autofactura")
    camera.takes("facturas-una", ana.page)
    with ana.page.expect_download() as waiting:
        ana.follows("XML")
    return waiting.value.path().read_bytes()


def shows_the_rest(ana: Newcomer, camera: Camera) -> None:
    """Rooms that the story has no need of, for the guide."""
    office = ana.page.url.split("/facturas/")[0]
    for name, room in (
        ("facturas-inicio", "/"),
        ("personas-invitar", "/personas/"),
        ("personas-claves", "/claves/"),
        ("ventas-a-mano", "/mostrador/venta/"),
    ):
        ana.opens(office + room)
        camera.takes(name, ana.page)

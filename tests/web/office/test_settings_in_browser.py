"""Ajustes and the first run in a real browser: on a phone and a desk, by day and by night, with and without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from amate.companies.models import Csd, Emisor
from amate.running.first_run import new_token
from tests.browser.person import Person
from tests.database import empty
from tests.web.office.test_pages_in_browser import LOOKS
from tests.world import PASSWORD, World

ROOMS = (
    "",
    "empresa/",
    "marca/",
    "sucursales/",
    "sello/",
    "correo/",
    "correo/?por=smtp",
    "correo/?por=proveedor",
    "dominio/",
    "portal/",
)


def enters(person: Person, world: World) -> None:
    person.goes(world.shop.office)
    person.page.get_by_label("Correo").fill(world.shop.owner.email)
    person.page.get_by_label("Contraseña").fill(PASSWORD)
    person.clicks("Entrar")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_bears_inspection(world: World, site: str, browser: Browser, width: int, theme: str) -> None:
    ana = Person(browser, site, width=width, theme=theme)
    enters(ana, world)
    ana.bears_inspection("ajustes-camino")
    for room in ROOMS:
        ana.goes(f"{world.shop.office}ajustes/{room}")
        ana.bears_inspection(f"ajustes-{room.strip('/') or 'indice'}")
    ana.clicks("Guardar las reglas")
    ana.goes(f"{world.shop.office}ajustes/sucursales/")
    ana.clicks("Abrir la sucursal")
    ana.bears_inspection("ajustes-sucursales-error")
    ana.goes(f"{world.shop.office}ajustes/sucursales/{world.shop.branch.pk}/")
    ana.bears_inspection("ajustes-sucursal")
    ana.goes(f"{world.shop.office}ajustes/sello/")
    ana.clicks("Subir el sello digital")
    ana.bears_inspection("ajustes-sello-error")
    ana.goes(f"{world.shop.office}ajustes/dominio/")
    ana.page.get_by_label("Dominio de tu portal").fill("https://tienda.mx")
    ana.clicks("Usar este dominio")
    ana.bears_inspection("ajustes-dominio-error")
    world.scoped(lambda: Emisor.objects.update(rfc="LOAM850712XX3", regimen_fiscal="626"))
    ana.goes(f"{world.shop.office}ajustes/portal/")
    ana.page.get_by_text("Un concepto en lugar del detalle").click()
    ana.page.get_by_label("La factura dice").first.fill("Consumo de alimentos")
    ana.clicks("Guardar las reglas")
    ana.bears_inspection("ajustes-portal-error")
    ana.leaves()


def test_with_script_each_page_answers_while_one_chooses(world: World, site: str, browser: Browser) -> None:
    ana = Person(browser, site, width=1280)
    enters(ana, world)
    ana.goes(f"{world.shop.office}ajustes/portal/")
    ana.page.get_by_label("Días para facturar después").fill("0")
    ana.page.get_by_label("Días para facturar después").press("Tab")
    expect(ana.page.locator("#simulador")).to_contain_text("a las 23:59 (hora del centro)")
    ana.page.get_by_label("Portal encendido").uncheck()
    expect(ana.page.locator("#simulador")).to_contain_text("solo se factura en tu mostrador")
    ana.goes(f"{world.shop.office}ajustes/sucursales/")
    ana.page.get_by_label("Código postal").fill("22500")
    ana.page.get_by_label("Código postal").press("Tab")
    expect(ana.page.locator("#hora")).to_have_text("Hora del noroeste")
    assert ana.said == []
    ana.leaves()


def test_a_csd_is_uploaded_and_its_verdict_comes_by_itself(
    world: World, live: str, browser: Browser, tmp_path: Path
) -> None:
    world.scoped(lambda: Csd.objects.all().delete())
    minted = world.minted.csds["moral"]
    (tmp_path / "c.cer").write_bytes(minted.cer)
    (tmp_path / "c.key").write_bytes(minted.key)
    ana = Person(browser, live, width=1280)
    enters(ana, world)
    ana.goes(f"{world.shop.office}ajustes/sello/")
    ana.page.get_by_label("Certificado (.cer)").set_input_files(tmp_path / "c.cer")
    ana.page.get_by_label("Llave privada (.key)").set_input_files(tmp_path / "c.key")
    ana.page.get_by_label("Contraseña de la llave privada").fill(minted.password)
    ana.clicks("Subir el sello digital")
    expect(ana.page.get_by_text("quedó guardado y ya se usa")).to_be_visible(timeout=20_000)
    assert ana.said == []
    ana.leaves()


@pytest.mark.parametrize("script", [True, False])
def test_an_empty_installation_becomes_a_company(
    world: World,
    committed: str,
    site: str,
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: bool,
) -> None:
    empty(committed)
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    ana = Person(browser, site, width=390, script=script)
    ana.goes(f"/empezar/{new_token()}")
    if script:
        ana.bears_inspection("empezar")
    ana.clicks("Registrar mi empresa")
    if script:
        ana.bears_inspection("empezar-error")
    page = ana.page
    page.get_by_label("RFC de la empresa").fill("CEA210315XX4")
    page.get_by_label("Nombre como lo tiene el SAT").fill("CAFETERIA EL AMATE")
    page.get_by_label("Régimen fiscal").select_option("601")
    page.get_by_label("Código postal").fill("44100")
    page.get_by_label("Tu nombre").fill("Ana Ruiz")
    page.get_by_label("Tu correo").fill("ana@amate.example")
    page.get_by_label("Una contraseña").fill(PASSWORD)
    ana.clicks("Registrar mi empresa")
    assert ana.at == "/oficina/cafeteria-el-amate/"
    assert page.get_by_text("Pon en marcha tu facturación").is_visible()
    if script:
        ana.bears_inspection("empezar-inicio")
    ana.leaves()

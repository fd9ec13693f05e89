"""Ajustes and the first run in a real browser, with and without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from amate.companies.models import Csd
from amate.running.first_run import new_token
from tests.browser.person import Person
from tests.database import empty
from tests.world import PASSWORD, World


def enters(person: Person, world: World) -> None:
    person.enters(world.shop.office, world.shop.owner.email, PASSWORD)


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

"""The journey in a real browser, with script and without, through every turn it can take (E2E-4)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from amate.invoices.models import Invoice
from tests.browser.person import Person
from tests.people import FISICA, MORAL
from tests.world import World

LOOKS = [(width, theme, script) for width in (390, 1280) for theme in ("light", "dark") for script in (True, False)]


@pytest.fixture
def ana(world: World, live: str, browser: Browser) -> Iterator[Person]:
    person = Person(browser, f"{live}{world.shop.portal}")
    yield person
    person.leaves()


@pytest.mark.parametrize(("width", "theme", "script"), LOOKS)
def test_a_sale_becomes_its_buyers_invoice(
    world: World, live: str, browser: Browser, width: int, theme: str, script: bool
) -> None:
    ticket = world.sale()
    ana = Person(browser, f"{live}{world.shop.portal}", width=width, theme=theme, script=script)
    ana.opens(ticket)
    assert ana.at == "datos/"
    ana.gives()
    assert ana.at == "revisar/"
    expect(ana.page.get_by_text("SURCO DISEÑO", exact=True)).to_be_visible()
    expect(ana.page.get_by_text("Quitamos “S.A. DE C.V.”")).to_be_visible()
    ana.clicks("Emitir mi factura")
    if script:
        ana.arrives("/listo/")
    else:
        _presses_until_ready(ana)
    expect(ana.page.get_by_role("heading", name="Tu factura está lista")).to_be_visible()
    for kind in ("PDF", "XML"):
        with ana.page.expect_download() as waiting:
            ana.page.get_by_role("link", name=f"Descargar {kind}").click()
        assert waiting.value.suggested_filename.endswith(f".{kind.lower()}")
    assert ana.said == []
    ana.leaves()


def _presses_until_ready(ana: Person) -> None:
    for _ in range(40):
        if ana.at == "listo/":
            return
        ana.page.wait_for_timeout(500)
        ana.page.get_by_role("link", name="Actualizar").click()
        ana.page.wait_for_load_state("load")
    raise AssertionError(f"never ready: {ana.at}")


def test_the_qr_leaves_no_code_in_the_address_nor_in_the_history(world: World, ana: Person) -> None:
    ticket = world.sale()
    ana.goes()
    ana.scans(ticket)
    assert ana.at == "datos/"
    ana.page.go_back()
    assert ticket.code not in ana.page.url
    assert ana.page.evaluate("history.length") == 3


def test_a_double_click_on_emit_makes_one_invoice(world: World, ana: Person) -> None:
    ana.scans(world.sale())
    ana.gives()
    ana.page.get_by_role("button", name="Emitir mi factura").dblclick()
    ana.arrives("/listo/")
    assert world.scoped(lambda: Invoice.objects.count()) == 1


def test_two_tabs_that_emit_at_once_make_one_invoice(world: World, ana: Person) -> None:
    ana.scans(world.sale())
    ana.gives()
    second = ana.context.new_page()
    second.goto(ana.page.url)
    for page in (ana.page, second):
        page.get_by_role("button", name="Emitir mi factura").click(no_wait_after=True)
    for page in (ana.page, second):
        page.wait_for_url("**/listo/")
    assert world.scoped(lambda: Invoice.objects.count()) == 1


def test_going_back_after_issuing_never_offers_to_issue_again(world: World, ana: Person) -> None:
    ana.emits(world.sale())
    ana.arrives("/listo/")
    for _ in range(3):
        ana.page.go_back(wait_until="load")
        assert ana.page.get_by_role("button", name="Emitir mi factura").count() == 0


def test_coming_back_with_the_same_note_shows_the_same_invoice(world: World, ana: Person) -> None:
    ticket = world.sale()
    ana.emits(ticket)
    ana.arrives("/listo/")
    uuid = ana.page.locator("dd.mono").inner_text()
    ana.opens(ticket)
    assert ana.at == "listo/"
    assert ana.page.locator("dd.mono").inner_text() == uuid


def test_what_the_sat_refuses_comes_back_on_its_field_by_itself(world: World, ana: Person) -> None:
    ana.scans(world.sale())
    ana.gives()
    ana.clicks("Dejarlo como lo escribí")
    ana.clicks("Emitir mi factura")
    ana.arrives("/datos/")
    assert ana.stands_at("errores")
    ana.page.get_by_role("link", name="El nombre debe ser idéntico").click()
    assert ana.stands_at("nombre")
    assert ana.page.locator("#nombre").input_value() == MORAL["nombre"]
    ana.gives()
    ana.clicks("Emitir mi factura")
    ana.arrives("/listo/")


def test_the_choices_follow_the_rfc_and_the_focus_stays(world: World, ana: Person) -> None:
    page = ana.page
    ana.scans(world.sale())
    page.locator("#rfc").fill(FISICA["rfc"])
    with page.expect_response("**/datos/fiscal/"):
        page.locator("#rfc").press("Tab")
    expect(page.locator("#regimen_fiscal option")).to_have_count(14)
    assert ana.stands_at("nombre")
    page.locator("#regimen_fiscal").focus()
    with page.expect_response("**/datos/fiscal/"):
        page.locator("#regimen_fiscal").select_option("605")
    expect(page.locator("input[value=S01]")).to_be_checked()
    expect(page.locator("input[value=G03]")).to_have_count(0)
    assert ana.stands_at("regimen_fiscal")
    page.locator("#rfc").fill("XOJI740919U40")
    page.locator("#rfc").press("Tab")
    expect(page.get_by_text("El último dígito no coincide")).to_be_visible()


def test_the_asking_stops_when_the_pac_stays_away(world: World, site: str, browser: Browser) -> None:
    ana = Person(browser, f"{site}{world.shop.portal}")
    ana.emits(world.sale())
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url) if "fase=" in request.url else None)
    ana.page.wait_for_timeout(5_000)
    assert 2 <= len(asked) <= 5, "once soon, once soon after each change, and every two seconds"
    world.time_passes(seconds=61)
    expect(ana.page.get_by_text("Tu solicitud está guardada")).to_be_visible()
    before = len(asked)
    ana.page.wait_for_timeout(5_000)
    assert len(asked) == before
    assert ana.said == []
    ana.leaves()


@pytest.mark.parametrize("width", [320, 390])
def test_a_small_phone_never_scrolls_sideways(world: World, site: str, browser: Browser, width: int) -> None:
    ana = Person(browser, f"{site}{world.shop.portal}", width=width)
    ana.goes()
    ana.bears_inspection("telefono-codigo")
    ana.scans(world.sale())
    ana.bears_inspection("telefono-datos")
    ana.gives(nombre="Comercializadora e Importadora de Ferretería Especializada del Occidente, S. de R.L. de C.V.")
    ana.bears_inspection("telefono-revisar")
    ana.leaves()

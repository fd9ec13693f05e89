"""The palette, the keys and the living pages in a real browser, by keyboard alone; and the same without any script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from amate.access.models import Membership, Role
from amate.intake.models import Batch
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from tests.browser.person import Person, weight_of
from tests.web.office import desk
from tests.world import World

LIGHT = 60_000  # bytes of a first view, all files, brotli (DECISIONS E3)
Enter = Callable[..., Person]


def session(world: World, site: str) -> dict[str, Any]:
    return {"name": "amate_session", "value": world.log_in().cookies["amate_session"].value, "url": site}


@pytest.fixture
def enter(world: World, site: str, browser: Browser) -> Iterator[Enter]:
    """Somebody with a session, at Inicio."""
    met: list[Person] = []

    def new(*, width: int = 1280, theme: str = "light", script: bool = True) -> Person:
        person = Person(browser, f"{site}{world.shop.office}", width=width, theme=theme, script=script)
        person.context.add_cookies([session(world, site)])  # type: ignore[list-item]
        person.goes()
        met.append(person)
        return person

    yield new
    for person in met:
        person.leaves()


def test_the_palette_works_by_keyboard_alone(world: World, enter: Enter) -> None:
    ticket = world.sale()
    world.sale()
    ana = enter()
    keyboard, palette = ana.page.keyboard, ana.page.locator("#paleta")
    ana.page.get_by_role("link", name="Facturas").first.focus()
    keyboard.press("Control+k")
    expect(palette).to_be_visible()
    assert ana.stands_at("paleta-q")
    expect(palette.get_by_role("option", name="Mostrador")).to_be_visible()
    keyboard.type("importar ve")
    expect(palette.get_by_role("option")).to_have_count(1)
    assert ana.page.locator("#paleta-q").get_attribute("aria-expanded") == "true"
    expect(palette.get_by_role("status")).to_have_text("1 resultado")
    keyboard.press("Escape")
    expect(palette).to_be_hidden()
    assert ana.page.evaluate("document.activeElement.textContent").strip() == "Facturas"  # focus came back
    keyboard.press("Control+k")
    keyboard.type(ticket.code[:4])
    option = palette.get_by_role("option", name=ticket.folio)
    expect(option).to_be_visible()
    keyboard.press("ArrowDown")
    active = ana.page.locator("#paleta-q").get_attribute("aria-activedescendant")
    assert active == palette.locator("[aria-selected=true]").get_attribute("id")
    assert ana.stands_at("paleta-q")
    keyboard.press("ArrowUp")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    ana.arrives(f"/notas/{ticket.pk}/")


def test_enter_without_a_choice_goes_straight_to_a_whole_code(world: World, enter: Enter) -> None:
    ticket = world.sale()
    ana = enter()
    ana.page.keyboard.press("/")
    ana.page.keyboard.type(show_code(ticket.code))
    ana.page.keyboard.press("Enter")
    ana.arrives(f"/notas/{ticket.pk}/")


def test_arrows_go_round_and_typing_lets_the_choice_go(enter: Enter) -> None:
    ana = enter()
    ana.page.keyboard.press("Control+k")
    options = ana.page.locator("#paleta").get_by_role("option")
    expect(options.first).to_be_visible()
    ana.page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    ana.page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    ana.page.keyboard.type("aud")
    expect(options).to_have_count(1)
    assert ana.page.locator("[aria-selected=true]").count() == 0
    ana.page.keyboard.type("zzz")
    expect(ana.page.locator("#paleta [role=status]")).to_contain_text("Nada se llama así")
    expect(ana.page.locator("#paleta-lista")).to_be_hidden()


def test_letters_lead_to_rooms_until_they_are_turned_off(world: World, enter: Enter) -> None:
    ana = enter()
    ana.page.keyboard.press("g")
    ana.page.keyboard.press("f")
    ana.arrives("/facturas/")
    ana.page.locator("#q").fill("")
    ana.page.locator("#q").press_sequentially("g/v?")  # in a field they are letters
    assert ana.at == "facturas/"
    assert ana.page.locator("#q").input_value() == "g/v?"
    ana.page.locator("h1").click()
    ana.page.keyboard.press("?")
    ana.arrives("/teclas/")
    ana.clicks("Apagar las letras")
    ana.page.locator("h1").click()
    for key in ("g", "f", "/", "?"):
        ana.page.keyboard.press(key)
    assert ana.at == "teclas/"
    expect(ana.page.locator("#paleta")).to_be_hidden()
    ana.page.keyboard.press("Control+k")
    expect(ana.page.locator("#paleta")).to_be_visible()


def test_a_phone_opens_it_by_its_lens(enter: Enter) -> None:
    ana = enter(width=390)
    ana.page.locator("a[data-palette]").click()
    expect(ana.page.locator("#paleta")).to_be_visible()
    ana.page.get_by_role("button", name="Cerrar").click()
    expect(ana.page.locator("#paleta")).to_be_hidden()


def test_without_script_nothing_is_lost(world: World, enter: Enter) -> None:
    ticket = world.sale()
    ana = enter(script=False)
    box = ana.page.get_by_role("searchbox", name="Buscar en toda la empresa")
    box.fill(show_code(ticket.code))
    box.press("Enter")
    assert ana.at == f"notas/{ticket.pk}/"
    phone = enter(width=390, script=False)
    phone.page.get_by_role("link", name="Buscar").click()
    assert phone.at == "buscar/"
    phone.page.get_by_label("Código, folio, UUID").fill("importar ventas")
    phone.clicks("Buscar")
    phone.page.get_by_role("link", name="Importar ventas").click()
    assert phone.at == "importar/?tipo=sales"


def test_the_skip_link_is_first_and_focus_is_seen(enter: Enter) -> None:
    ana = enter()
    ana.page.keyboard.press("Tab")
    assert ana.page.evaluate("document.activeElement.className") == "skip"
    ana.page.keyboard.press("Enter")
    assert ana.page.url.endswith("#contenido")
    ana.page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert ana.page.evaluate(f"{style}.outlineStyle") == "solid"
    assert ana.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_what_is_new_bears_inspection(world: World, enter: Enter) -> None:
    invoice = desk.stamped(world, correo="ingrid@example.com")
    asked = desk.asked_for_help(world)
    ana = enter()
    ana.page.keyboard.press("Control+k")
    expect(ana.page.locator("#paleta").get_by_role("option", name="Mostrador")).to_be_visible()
    ana.page.keyboard.type("ingrid")
    expect(ana.page.locator("#paleta").get_by_role("option", name="INGRID").first).to_be_visible()
    ana.page.keyboard.press("ArrowDown")
    ana.bears_inspection("oficina-paleta")
    ana.page.keyboard.press("Escape")
    for name, path in {
        "inicio-por-atender": "",
        "buscar": "buscar/",
        "buscar-hallazgos": f"buscar/?q={invoice.rfc}",
        "buscar-nada": "buscar/?q=zzzz",
        "teclas": "teclas/",
        "ayuda": "ayuda/",
        "ayuda-mensaje": f"ayuda/{asked}/",
        "ayuda-vacia": "ayuda/?estado=closed",
    }.items():
        ana.goes(path)
        ana.bears_inspection(f"oficina-{name}")
    ana.goes(f"ayuda/{asked}/")
    ana.page.get_by_label("Tu respuesta").fill("")
    ana.clicks("Enviar a ingrid@example.com")
    ana.bears_inspection("oficina-ayuda-error")


def test_a_link_of_a_row_is_no_flex_box(world: World, enter: Enter) -> None:
    world.sale()
    ana = enter()
    ana.goes("notas/")
    assert ana.page.evaluate("getComputedStyle(document.querySelector('a.row')).display") == "inline"
    ana.goes("ajustes/marca/")
    assert ana.page.evaluate("getComputedStyle(document.querySelector('p.row')).display") == "flex"


def test_paper_shows_the_data_and_no_menu(world: World, enter: Enter) -> None:
    invoice = desk.stamped(world)
    ticket: Any = world.scoped(lambda: Ticket.objects.latest("id"))
    told = {"": ticket.folio, "notas/": ticket.folio, "facturas/": invoice.nombre, f"notas/{ticket.pk}/": ticket.folio}
    ana = enter(theme="dark")
    for path, word in told.items():
        ana.goes(path)
        ana.page.emulate_media(media="print")
        for gone in (".side", ".tabs", ".bar-top", ".filter", ".button"):
            shown = ana.page.locator(gone).evaluate_all("found => found.filter(e => e.offsetParent !== null).length")
            assert shown == 0, (path, gone)
        expect(ana.page.locator(".only-print")).to_contain_text("CEA210315XX4")
        expect(ana.page.locator("main").get_by_text(word).first).to_be_visible()
        assert ana.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", path
    assert ana.page.pdf()[:5] == b"%PDF-"


def test_long_work_shows_how_it_goes_and_ends_by_itself(world: World, enter: Enter) -> None:
    batch = desk.uploaded(world)
    ana = enter()
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url))
    ana.goes(f"importar/{batch}/")
    expect(ana.page.get_by_text("Estamos leyendo tu archivo")).to_be_visible()
    world.scoped(lambda: Batch.objects.filter(pk=batch).update(progress=60))
    expect(ana.page.get_by_text("Va en 60 %")).to_be_visible()
    expect(ana.page.locator("[data-said]")).to_have_text("Lleva 50 %")
    assert ana.page.locator("[data-said]").get_attribute("role") == "status"
    ana.page.get_by_role("link", name="Actualizar").focus()
    world.scoped(lambda: Batch.objects.filter(pk=batch).update(progress=80))
    expect(ana.page.get_by_text("Va en 80 %")).to_be_visible()
    assert ana.page.evaluate("document.activeElement.textContent") == "Actualizar"
    world.settle()
    expect(ana.page.get_by_role("heading", name="Lo que encontramos")).to_be_visible()
    asked.clear()
    ana.page.wait_for_timeout(2600)
    assert [url for url in asked if "fase=" in url] == []


def test_nobody_asks_while_the_tab_is_hidden(world: World, enter: Enter) -> None:
    batch = desk.uploaded(world)
    ana = enter()
    ana.page.add_init_script(
        "Object.defineProperty(document, 'hidden', {get: () => !window.looked, configurable: true})"
    )
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url))
    ana.goes(f"importar/{batch}/")
    ana.page.wait_for_timeout(3200)
    assert [url for url in asked if "fase=" in url] == []
    with ana.page.expect_response(lambda answer: "fase=" in answer.url):
        ana.page.evaluate("window.looked = true; document.dispatchEvent(new Event('visibilitychange'))")


def test_long_work_is_followed_without_script_too(world: World, enter: Enter) -> None:
    batch = desk.uploaded(world)
    ana = enter(script=False)
    ana.goes(f"importar/{batch}/")
    world.settle()
    ana.page.get_by_role("link", name="Actualizar").click()
    expect(ana.page.get_by_role("heading", name="Lo que encontramos")).to_be_visible()


def test_a_session_that_ended_leads_to_the_door(world: World, enter: Enter) -> None:
    ana = enter()
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.CASHIER))
    ana.context.clear_cookies()
    ana.page.keyboard.press("Control+k")
    ana.arrives("/cuenta/login/")


def test_every_first_view_is_light(world: World, site: str, browser: Browser) -> None:
    for _ in range(3):
        desk.stamped(world)
    batch = desk.uploaded(world)
    cookie = session(world, site)
    seen = {
        path: weight_of(browser, f"{site}{world.shop.office}{path}", [cookie])
        for path in ("", "notas/", "facturas/", "buscar/", "teclas/", "ayuda/", f"importar/{batch}/")
    }
    print("weights", seen)
    assert {path: weight for path, weight in seen.items() if weight > LIGHT} == {}

"""The portal in English bears what it bears in Spanish: axe, narrow screens, and its weight."""

from playwright.sync_api import Browser

from tests.browser.inspection import inspect
from tests.browser.person import Person
from tests.browser.test_weight import weigh
from tests.world import World


def test_the_way_to_an_invoice_in_english(world: World, site: str, browser: Browser) -> None:
    ana = Person(browser, f"{site}{world.shop.portal}")
    ticket = world.sale()
    ana.page.goto(ana.portal)
    ana.page.get_by_role("link", name="English").click()
    ana.page.get_by_role("heading", name="Invoice your purchase").wait_for()
    inspect(ana.page, "codigo, en")
    ana.scans(ticket)
    ana.page.get_by_role("heading", name="Your tax data").wait_for()
    inspect(ana.page, "datos, en")
    seen = {rest: weigh(ana, rest) for rest in ("", "datos/")}
    assert seen[""] <= 25_000
    assert seen["datos/"] <= 40_000
    ana.page.goto(f"{ana.portal}ayuda/")
    ana.page.get_by_role("button", name="Send my message").click()
    ana.page.get_by_role("heading", name="Check these fields").wait_for()
    inspect(ana.page, "ayuda con errores, en")
    ana.page.get_by_role("button", name="Español").click()
    ana.page.get_by_role("heading", name="Revisa estos datos").wait_for()

"""Weights of a first visit, all files, under brotli (DECISIONS E3)."""

from playwright.sync_api import Browser

from tests.browser.person import Person, weight_of
from tests.world import World


def test_every_page_of_the_portal_is_light(world: World, site: str, browser: Browser) -> None:
    ana = Person(browser, f"{site}{world.shop.portal}")
    ticket = world.sale()
    seen = {"codigo": weight_of(browser, ana.portal)}
    ana.scans(ticket)
    seen["datos"] = weigh(ana, "datos/")
    ana.gives()
    seen["revisar"] = weigh(ana, "revisar/")
    ana.clicks("Emitir mi factura")
    seen["emitiendo"] = weigh(ana, "emitiendo/")
    world.settle()
    seen["listo"] = weigh(ana, "listo/")
    other = Person(browser, ana.portal)
    other.scans(ticket)
    seen["ya facturada"] = weigh(other, "descargar/")
    limits = {name: 40_000 if name in ("datos", "emitiendo") else 25_000 for name in seen}
    print("weights", seen)
    assert {name: weight for name, weight in seen.items() if weight > limits[name]} == {}


def weigh(person: Person, rest: str) -> int:
    return weight_of(person.browser, f"{person.portal}{rest}", person.context.cookies())

"""The forms of a router, a RADIUS, a WHM and an HTTP API, and the page of one that did not answer, in a real browser."""

from playwright.sync_api import Browser

from amate.billing_cycle.service.models import SwitchAccount
from tests.browser.person import Person
from tests.web.office.desk import Office
from tests.world import PASSWORD, World

AT = "servicios/sistemas/"
SAID = {
    "kind": "routeros",
    "clave": "a" * 32,
    "name": "Torre Norte de la colonia Independencia",
    "url": "https://torre-norte.router.example.mx",
    "user": "amate",
    "password": "x",
    "by": "list",
    "list_name": "morosos",
}


def test_what_a_system_is_asked_and_what_it_answered_bear_inspection(
    world: World, site: str, browser: Browser, office: Office
) -> None:
    world.inside(lambda: office.client.post(world.shop.office + AT, SAID))
    router = world.scoped(lambda: SwitchAccount.objects.get())
    told = {"tried_at": world.now(), "tried_said": "torre-norte.router.example.mx no contesta: ConnectError"}
    world.scoped(lambda: SwitchAccount.objects.update(**told, rests_until=world.now(), observed_at=world.now()))
    ana = Person(browser, site)
    ana.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    for page in ("?tipo=routeros", "?tipo=radius", "?tipo=whm", "?tipo=http", f"{router.pk}/"):
        ana.goes(world.shop.office + AT + page)
        ana.bears_inspection(page)
    ana.leaves()

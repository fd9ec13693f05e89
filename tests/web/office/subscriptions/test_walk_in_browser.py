"""HOUSE's walk B as a person lives it: set a plan, subscribe a customer, see the sentence, wait for the day, see the invoice."""

from datetime import timedelta

from playwright.sync_api import Browser

from amate.worker import billing
from tests.billing_cycle.subscriptions.test_run import today
from tests.billing_cycle.subscriptions.wheel import MORAL, Wheel
from tests.browser.person import Person
from tests.world import PASSWORD, World


def test_from_a_plan_to_the_invoice_of_its_first_period(world: World, site: str, browser: Browser) -> None:
    wheel = Wheel(world)
    shop = world.shop
    wheel.customer(fiscal=MORAL)
    ana = Person(browser, site, width=1280)
    ana.enters(shop.office, shop.owner.email, PASSWORD)
    page = ana.page
    ana.goes(f"{shop.office}suscripciones/planes/nuevo/")
    page.get_by_label("Nombre del plan").fill("Internet 50")
    page.get_by_label("Precio de cada periodo").fill("599.00")
    page.get_by_label("Lo que dirá la factura").fill("Internet de {mes}")
    page.get_by_label("Clave del SAT del servicio").fill("81112100")
    page.get_by_label("¿Cuándo sale la factura?").select_option("ppd")
    page.get_by_text("De cada pago sale su complemento").wait_for()
    ana.clicks("Guardar plan")
    ana.goes(f"{shop.office}suscripciones/nueva/")
    page.get_by_label("Cliente", exact=True).fill("surco")
    ana.clicks("Buscar cliente")
    ana.clicks("SURCO DISEÑO")
    starts = today(wheel) + timedelta(days=3)
    page.get_by_label("Desde el", exact=True).fill(str(starts))
    page.get_by_label("¿Cuánto dura?").select_option("open")
    page.locator("#resumen .answer").wait_for()
    assert "hasta que se cancele" in page.locator("#resumen .answer").inner_text()
    ana.bears_inspection("a subscription that is looked at")
    ana.clicks("Suscribir a")
    assert page.get_by_text("Todavía no se le cobra").is_visible()
    path = ana.at
    world.time_passes(days=3)
    world.scoped(lambda: billing.plan(world.now()))
    world.settle()
    page.reload()
    if "/cuenta/" in page.url:  # three days away
        ana.enters(shop.office, shop.owner.email, PASSWORD)
        ana.goes(path)
    billed = page.get_by_role("table", name="Periodos, del más nuevo al más viejo")
    billed.get_by_text("Vigente").wait_for()
    billed.get_by_role("link").first.click()
    page.wait_for_load_state("load")
    assert "/facturas/" in page.url
    assert {"Internet de", "PPD"} <= {word for word in ("Internet de", "PPD") if word in page.content()}
    ana.goes(f"{shop.office}corridas/")
    assert page.get_by_role("cell", name="Hoy").first.is_visible()
    ana.leaves()

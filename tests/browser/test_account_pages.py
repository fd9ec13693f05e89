"""A customer's own page in a real browser: every state, at both widths, by day and by night, and what it weighs."""

from datetime import timedelta

from playwright.sync_api import Browser

from amate.access.link_token import token_of_seed
from amate.adapters.payments import Way
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.make_page import BACK
from amate.billing_cycle.reconciliation.models import BankAccount, PaymentReference, ProviderAccount
from amate.billing_cycle.reconciliation.offer_vouchers import offer_vouchers
from amate.billing_cycle.statements.links import LIFE
from amate.web.portal.account.urls import urlpatterns
from tests.browser.person import Person, weight_of
from tests.web.portal.test_account import Account, mailed
from tests.world import World

LOOKED_AT = {"ask_for_link", "once", "home", "statement", "documents", "ask_report", "pay", "back"}
SAME_PAGE = {"ask_promise", "ask_fiscal", "ask_channels"}
FILES = {"statement_pdf", "statement_xlsx", "document_pdf", "document_xml"}
HEAVIEST = 25_000


def test_every_page_bears_inspection_and_is_light(world: World, site: str, browser: Browser) -> None:
    rosa = Account(world)
    clabe = "646180012300000425"
    world.scoped(lambda: BankAccount.objects.create(name="STP", bank="", clabe=clabe, created_at=world.now()))
    world.scoped(lambda: _vouchers(world, rosa))
    ana = Person(browser, f"{site}{world.shop.portal}cuenta/")
    page = f"{rosa.token}/"
    ana.goes()
    ana.bears_inspection("cuenta-pedir")
    ana.clicks("Enviarme el enlace")
    assert ana.stands_at("errores")
    ana.page.locator("#correo").fill("nadie@example.com")
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("cuenta-pedida")
    weights = {}
    for name, rest in {
        "cuenta": "",
        "estado": "estado/",
        "documentos": "documentos/",
        "avisar": "avisar-pago/",
    }.items():
        ana.goes(page + rest)
        assert name != "cuenta" or ana.page.get_by_role("img", name="Código de barras de 93000262276908").is_visible()
        ana.bears_inspection(name)
        weights[name] = weight_of(browser, f"{ana.portal}{page}{rest}", ana.context.cookies())
    _pays_on_a_page(world, rosa, ana)
    ana.goes(f"{page}avisar-pago/")
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("avisar-enviado")
    ana.goes(mailed(world).partition("/cuenta/")[2])
    ana.bears_inspection("avisar-pago")
    ana.page.get_by_label("¿Cuánto pagaste?").fill("")
    ana.clicks("Avisar de mi pago")
    assert ana.stands_at("errores")
    ana.bears_inspection("avisar-error")
    ana.page.get_by_label("¿Cuánto pagaste?").fill("399")
    ana.page.get_by_label("¿Cómo pagaste?").select_option("03")
    ana.clicks("Avisar de mi pago")
    ana.page.get_by_text("Recibimos tu aviso").wait_for()
    ana.bears_inspection("avisar-listo")
    world.time_passes(minutes=2)
    ana.goes(rosa.asks("datos").partition("/cuenta/")[2])
    ana.bears_inspection("datos")
    world.time_passes(minutes=2)
    ana.goes(rosa.asks("avisos").partition("/cuenta/")[2])
    ana.bears_inspection("avisos")
    world.time_passes(days=LIFE.days, minutes=timedelta(minutes=20).total_seconds() / 60)
    ana.goes(page)
    ana.bears_inspection("cuenta-vencida")
    seen = {name.removeprefix("own:") for name in ana.inspected}
    assert seen >= LOOKED_AT
    assert {one.name for one in urlpatterns} == LOOKED_AT | SAME_PAGE | FILES
    print("weights", weights)
    assert {name: weight for name, weight in weights.items() if weight > HEAVIEST} == {}
    ana.leaves()


def _pays_on_a_page(world: World, rosa: Account, ana: Person) -> None:
    account = world.scoped(lambda: ProviderAccount.objects.get(code="paypal"))
    path = f"{rosa.token}/pagar/{account.pk}/{rosa.debt.pk}/"
    ana.goes(path)
    ana.bears_inspection("pagar")
    ana.clicks("Pagar con PayPal")
    ana.page.get_by_text("Preparamos tu pago").wait_for()
    ana.bears_inspection("pagar-preparando")
    world.scoped(lambda: _page(world, rosa, account))
    ana.page.get_by_role("link", name="Continuar a PayPal").wait_for()  # the page asked by itself
    ana.bears_inspection("pagar-listo")
    ana.goes(f"de-regreso/1-1-card-9/{token_of_seed('1-1-card-9', purpose=BACK)}/")
    ana.bears_inspection("pagar-de-regreso")
    ana.goes(f"{rosa.token}/pagar/{account.pk}/999999/")
    ana.bears_inspection("pagar-nada")


def _page(world: World, rosa: Account, account: ProviderAccount) -> None:
    PaymentReference.objects.create(
        kind="order", value="1-1-card-9", customer=rosa.who, receivable=rosa.debt, account=account, amount="399.00",
        facts={"url": "https://pay.example/checkoutnow?token=5O190127TN364715T"}, payment_id="5O190127TN364715T",
        expires_at=world.now() + timedelta(hours=3), created_at=world.now(),
    )  # fmt: skip


def _vouchers(world: World, rosa: Account) -> None:
    now = world.now()
    paypal = keep_account(code="paypal", name="PayPal", private_key="a:b", webhook_keys="", api_url="", now=now)
    offer_vouchers(account_id=paypal.pk, ways=[Way.CARD], now=now)
    account = keep_account(code="conekta", name="Conekta", private_key="k", webhook_keys="", api_url="", now=now)
    facts = {"customer": rosa.who, "receivable": rosa.debt, "account": account, "amount": "399.00", "created_at": now}
    for kind, value, more in (
        ("cash", "93000262276908", {"shops": ["7 Eleven", "Farmacias del Ahorro", "Circle K"]}),
        ("clabe", "646180111800003298", {"bank": "STP"}),
        ("order", "1-1-card-1", {"url": "https://pay.example/checkout/ord_2tKXbHg1CqGzU9f3a"}),
    ):
        PaymentReference.objects.create(
            kind=kind, value=value, facts=more, expires_at=now + timedelta(days=20), **facts
        )

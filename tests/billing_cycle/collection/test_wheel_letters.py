"""The bill of what no CFDI brings, the text of a last warning, and a price that rises."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError

from amate.billing_cycle.reconciliation.models import BankAccount
from amate.billing_cycle.subscriptions.raise_prices import Rise, raise_prices, withdraw_rise
from amate.customers.models import Contact, Customer
from amate.ledger.models import FiscalMode, Receivable
from amate.messages.models import TextMessage
from amate.messages.set_texts import close_texts, set_texts
from tests.billing_cycle.collection.evening import DAY, DUE, Evening, text_of
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.ledger.hands import charged, pays
from tests.outside_servers import TextServer, serve_texts
from tests.world import World


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


@pytest.fixture(scope="module")
def gateway() -> Iterator[TextServer]:
    with serve_texts() as server:
        yield server


def test_what_no_cfdi_brings_is_told_by_its_bill_with_how_to_pay_it(evening: Evening) -> None:
    who = evening.debtor()
    evening.scoped(
        lambda: BankAccount.objects.create(
            name="BBVA", bank="bbva", clabe="012180001234567897", created_at=evening.world.now()
        )
    )
    evening.scoped(lambda: charged(who, "p:aviso", "349.00", mode=FiscalMode.AVISO, due_on=DUE))
    [mail] = evening.beat(DAY + timedelta(days=1))
    assert "Tu cobro de" in mail["Subject"]
    said = text_of(mail)
    assert "$349.00 MXN" in said
    assert "p:1" not in said  # of the invoice he has the CFDI
    assert "012180001234567897" in said
    assert f"{who.number:05}" in said
    assert evening.beat(DAY + timedelta(days=2)) == []


def test_a_bill_that_credit_covers_in_part_says_what_was_charged_covered_and_left(evening: Evening) -> None:
    who = evening.debtor()
    later = DAY + timedelta(days=60)

    def owe() -> None:
        pays(who, "early", "700.00", day=DAY)  # pays the first debt; 101.00 stand in his favour
        charged(who, "p:aviso", "349.00", mode=FiscalMode.AVISO, due_on=later, uses_credit=True)
        charged(who, "p:usd", "20.00", mode=FiscalMode.AVISO, due_on=later, moneda="USD")

    evening.scoped(owe)
    [mail] = evening.beat(DAY + timedelta(days=1))
    said = text_of(mail)
    assert "$248.00 MXN" in said
    assert "Se cobraron $349.00; tu saldo a favor cubrió $101.00. Quedan $248.00." in said
    assert "ya se pagaron" not in said
    assert "Total: $248.00 MXN\r\nTotal: $20.00 USD" in said
    html = mail.get_body(("html",)).get_content()
    assert "tu saldo a favor cubrió $101.00" in html
    assert "<strong>$248.00 MXN</strong> y <strong>$20.00 USD</strong>" in html
    evening.scoped(lambda: pays(who, "later", "48.00", day=DAY + timedelta(days=2), chosen=[_aviso()]))
    said = " ".join(text_of(one) for one in evening.beat(later - timedelta(days=5)))
    assert "Se cobraron $349.00; tu saldo a favor cubrió $101.00; ya se pagaron $48.00. Quedan $200.00." in said


def _aviso() -> int:
    return int(Receivable.objects.get(total=Decimal("349.00")).pk)


def texting(evening: Evening, gateway: TextServer, settings: Any) -> Customer:
    gateway.admin("POST", "reset")
    settings.PRIVATE_MAIL_HOSTS = ["127.0.0.1"]
    who = evening.debtor(correo="")

    def make() -> None:
        now = evening.world.now()
        set_texts(gateway=gateway.gateway(), most_a_month=None, version=0, now=now)
        Contact.objects.create(
            customer=who, nombre="Rosa", telefono="55 1234 5678", digits="5512345678", origin="staff", created_at=now
        )

    evening.scoped(make)
    return who


def test_a_last_warning_is_texted_without_debt_or_amount(evening: Evening, gateway: TextServer, settings: Any) -> None:
    texting(evening, gateway, settings)
    evening.beat(date(2026, 3, 17))
    assert evening.notices() == [("last", "sms", "sent")]
    [sent] = evening.scoped(lambda: list(TextMessage.objects.all()))
    assert (sent.to, sent.segments, sent.state) == ("+525512345678", 1, "sent")
    assert "jueves 19 de marzo" in sent.text
    assert "$" not in sent.text
    assert "599" not in sent.text


def test_a_text_that_may_have_left_does_not_leave_again(evening: Evening, gateway: TextServer, settings: Any) -> None:
    texting(evening, gateway, settings)

    def dies(*said: Any, **more: Any) -> Any:
        raise OperationalError("the database went away before it could be noted")

    from amate.worker import texts

    right = texts._sent
    texts._sent = dies  # type: ignore[assignment]
    try:
        evening.beat(date(2026, 3, 17))
    finally:
        texts._sent = right
    evening.be(date(2026, 3, 17), 15)
    evening.world.settle()
    assert evening.notices() == [("last", "sms", "unknown")]
    assert len(gateway.admin("GET", "texts")) == 1
    evening.beat(date(2026, 3, 18))
    assert evening.notices()[-1] == ("last", "call", "claimed")


def test_texts_that_were_turned_off_are_not_sent(evening: Evening, gateway: TextServer, settings: Any) -> None:
    texting(evening, gateway, settings)
    evening.scoped(lambda: close_texts(now=evening.world.now()))
    evening.beat(date(2026, 3, 17))
    assert evening.notices() == [("last", "call", "claimed")]


def test_who_pays_a_price_that_rises_is_told_both_prices_and_the_day_once(world: World) -> None:
    wheel = Wheel(world)
    plan = wheel.plan(price="599.00")
    who = wheel.customer()
    for start in ("2026-03-01", "2026-03-05"):
        wheel.subscribe(who, plan, start)
    today = world.today()
    day = today + timedelta(days=40)

    def rise(percent: str) -> int:
        asked = Rise([plan.pk], day, percent=Decimal(percent), why="sube el costo de la red")
        return int(raise_prices(rise=asked, today=today, now=world.now()).pk)

    first = world.scoped(lambda: rise("50"))
    world.scoped(lambda: withdraw_rise(rise_id=first, today=today, now=world.now()))
    world.scoped(lambda: rise("10"))
    world.settle()
    [mail] = world.mail.mails
    said = text_of(mail)
    assert "de $599.00 a $658.90 MXN" in said
    assert str(day.year) in mail["Subject"]
    assert "sube el costo de la red" in said


__all__ = ["DUE"]

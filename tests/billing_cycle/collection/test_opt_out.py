"""A customer is not reminded by the channels that he silenced; what is no reminder comes all the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from amate.audit.models import Entry
from amate.billing_cycle.collection.models import Channel, OptOut
from amate.billing_cycle.collection.opt_out import silence_channels, silenced_of
from amate.billing_cycle.statements.links import account_link, token_of
from amate.customers.add import add_customer
from amate.customers.models import Contact, Customer
from amate.ledger.models import FiscalMode
from amate.messages.set_texts import set_texts
from tests.billing_cycle.collection.evening import DAY, DUE, Evening
from tests.ledger.hands import charged
from tests.outside_servers import TextServer, serve_texts
from tests.web.portal.buyer import words
from tests.web.portal.test_account import mailed
from tests.world import World

LAST_TOLD = date(2026, 3, 17)  # a holiday moves it


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


@pytest.fixture(scope="module")
def gateway() -> Iterator[TextServer]:
    with serve_texts() as server:
        yield server


def silence(evening: Evening, who: Customer, *channels: Channel) -> bool:
    return evening.scoped(
        lambda: silence_channels(customer_id=who.pk, silenced=channels, by="ana", now=evening.world.now())
    )


def test_no_reminder_comes_by_mail_and_what_is_no_reminder_does(evening: Evening) -> None:
    quiet, other = evening.debtor(), evening.debtor()
    assert silence(evening, quiet, Channel.MAIL, Channel.CALL)
    assert not silence(evening, quiet, Channel.CALL, Channel.MAIL)
    evening.scoped(lambda: charged(quiet, "p:aviso", "349.00", mode=FiscalMode.AVISO, due_on=DUE + timedelta(days=60)))
    told = {
        day: sorted(mail["To"] for mail in evening.beat(day))
        for day in (DAY + timedelta(days=1), DUE - timedelta(days=1), LAST_TOLD)
    }
    assert list(told.values()) == [
        [quiet.correo],  # the bill of what no CFDI brings
        [other.correo],
        sorted([quiet.correo, other.correo]),  # the last warning: without it nobody may be cut
    ]
    evening.until(DUE + timedelta(days=45))
    calls = {who for who, _, channel, _ in rows(evening) if channel == "call"}
    assert calls == {other.pk}


def rows(evening: Evening) -> list[tuple[int, str, str, str]]:
    from amate.billing_cycle.collection.models import Notice

    return evening.scoped(
        lambda: list(Notice.objects.order_by("id").values_list("customer_id", "step", "channel", "state"))
    )


def test_a_last_warning_takes_the_way_that_he_left_open(evening: Evening, gateway: TextServer, settings: Any) -> None:
    gateway.admin("POST", "reset")
    settings.PRIVATE_MAIL_HOSTS = ["127.0.0.1"]
    by_text, by_mail = evening.debtor(), evening.debtor()

    def reached() -> None:
        now = evening.world.now()
        set_texts(gateway=gateway.gateway(), most_a_month=None, version=0, now=now)
        for who in (by_text, by_mail):
            Contact.objects.create(
                customer=who,
                nombre="Rosa",
                telefono="55 1234 5678",
                digits="5512345678",
                origin="staff",
                created_at=now,
            )

    evening.scoped(reached)
    silence(evening, by_text, Channel.MAIL)
    silence(evening, by_mail, Channel.SMS)
    assert [mail["To"] for mail in evening.beat(LAST_TOLD)] == [by_mail.correo]
    assert [(who, channel) for who, step, channel, _ in rows(evening) if step == "last"] == [
        (by_text.pk, "sms"),
        (by_mail.pk, "mail"),
    ]


def test_who_silences_it_after_it_was_claimed_gets_none(evening: Evening) -> None:
    who = evening.debtor()
    evening.be(DUE - timedelta(days=1))
    evening.scoped(evening._remind)
    silence(evening, who, Channel.MAIL)
    before = len(evening.world.mail.mails)
    evening.world.settle()
    assert len(evening.world.mail.mails) == before
    assert [(step, state) for _, step, _, state in rows(evening)][-1][1] == "skipped"


def test_he_chooses_on_his_page_and_the_office_sees_and_changes_it(world: World) -> None:
    who = world.scoped(lambda: add_customer(nombre="Rosa", receptor=None, correo="rosa@example.com", now=world.now()))
    token = world.scoped(
        lambda: token_of(account_link(customer_id=who.pk, key="k", to="rosa@example.com", now=world.now()))
    )
    client = Client()
    home = f"{world.shop.portal}cuenta/{token}/"
    assert "Elegir cómo me avisan" in words(world.inside(lambda: client.get(home)))
    world.inside(lambda: client.post(f"{home}avisos/"))
    link = mailed(world)
    page = world.inside(lambda: client.get(link)).content.decode()
    assert page.count('type="checkbox"') == 3
    assert world.inside(lambda: client.post(link, {"no_por": ["paloma"]})).status_code == 422
    done = words(world.inside(lambda: client.post(link, {"no_por": ["mail", "sms"]})))
    assert "Ya no te recordamos pagos por correo ni por SMS." in done
    assert world.scoped(lambda: silenced_of([who.pk])) == {who.pk: {Channel.MAIL, Channel.SMS}}
    world.inside(lambda: client.post(link, {}))  # the link does it once

    office = world.log_in()
    card = f"{world.shop.office}atender/{who.pk}/"
    assert world.inside(lambda: office.get(card)).content.decode().count(" checked") == 2
    assert world.inside(lambda: office.post(f"{card}avisos/", {"no_por": ["sms"]})).status_code == 302

    def after() -> tuple[list[tuple[str, str]], list[str]]:
        ended = OptOut.objects.filter(ended_at__isnull=False).values_list("channel", "by")
        acts = Entry.objects.filter(act="customer.channels").order_by("id")
        return list(ended), [one.detail["silenced"] for one in acts]

    assert world.scoped(after) == ([("mail", "rosa@example.com")], ["Correo, SMS", "SMS"])

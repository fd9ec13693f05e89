"""Mis compras: by a mailed link, without a password, what was mailed to that address and nothing else."""

import re
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.invoices.links import revoke_links
from amate.invoices.models import Invoice
from amate.messages.models import Message
from amate.self_invoicing.models import PurchasesLink
from amate.self_invoicing.my_purchases import forget_purchases_links
from tests.people import FISICA, MORAL
from tests.web.portal.buyer import Buyer, words
from tests.world import World

HERS = FISICA["correo"]


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def asks(world: World, buyer: Buyer, correo: str = HERS) -> str:
    """What is said; the mail, if any, is in `world.mail`."""
    world.mail.clear()
    answer = buyer.post("mis-compras/", {"correo": correo})
    assert answer.status_code == 200
    world.settle()
    return words(answer)


def linked(world: World) -> str:
    """The address in the mail, below the portal's."""
    (mail,) = world.mail.mails
    found = re.search(r"/(mis-compras/\S+/)", str(mail.get_body(("plain",)).get_content()))
    assert found
    return found[1]


def bought(world: World, who: dict[str, str], **more: Any) -> Invoice:
    made = world.claim(world.sale(more.get("shop")), who, **more)
    world.settle()
    return world.invoice(made, more.get("shop"))


def test_the_link_lists_what_was_mailed_there_with_both_files(world: World, buyer: Buyer) -> None:
    first, second = bought(world, FISICA), bought(world, {**MORAL, "correo": HERS})
    other = bought(world, MORAL)
    elsewhere = bought(world, FISICA, shop=world.other)
    asks(world, buyer, HERS.upper().replace("INGRID", "ingrid").lower())
    assert [mail["To"] for mail in world.mail.mails] == [HERS]
    page = words(buyer.get(linked(world)))
    assert page.index(f"Factura {second.number}") < page.index(f"Factura {first.number}")
    assert str(other.uuid) not in page
    assert MORAL["correo"] not in page
    assert page.count("A nombre de") == 2, elsewhere
    files = re.findall(r'href="(\S+?/factura\.(?:pdf|xml))"', page)
    assert len(files) == 4
    stranger = Buyer(world.shop)
    got = [stranger.client.get(one) for one in files]
    assert [one.status_code for one in got] == [200] * 4
    assert str(second.uuid).upper() in got[1].content.decode().upper()


def test_the_answer_is_the_same_whether_the_mail_is_known_or_not(world: World, buyer: Buyer) -> None:
    bought(world, FISICA)
    known = asks(world, buyer)
    assert len(world.mail.mails) == 1
    unknown = asks(world, buyer, "nadie@example.com")
    assert world.mail.mails == []
    assert known.replace(HERS, "X") == unknown.replace("nadie@example.com", "X")
    assert world.scoped(PurchasesLink.objects.count) == 1
    kept = world.scoped(lambda: list(Entry.objects.filter(act="invoice.list_asked").values_list("about", "detail")))
    assert kept == [("", {})] * 2


def test_the_link_is_over_after_a_day_and_nothing_of_it_is_kept(world: World, buyer: Buyer) -> None:
    bought(world, FISICA)
    asks(world, buyer)
    path = linked(world)
    kept = world.scoped(lambda: Message.objects.get(kind="purchases"))
    assert path not in kept.text + kept.html
    world.time_passes(hours=23)
    assert buyer.get(path).status_code == 200
    assert world.scoped(lambda: forget_purchases_links(now=world.now())) == 0
    world.time_passes(hours=2)
    assert buyer.get(path).headers["Location"] == buyer.url("mis-compras/?aviso=vencido")
    assert "Pide otro aquí" in words(buyer.get("mis-compras/?aviso=vencido"))
    assert world.scoped(lambda: forget_purchases_links(now=world.now())) == 1
    assert world.scoped(PurchasesLink.objects.count) == 0


def test_what_the_company_took_back_or_never_arrived_is_not_listed(world: World, buyer: Buyer) -> None:
    taken, lost, stays = (bought(world, FISICA) for _ in range(3))

    def spoil() -> None:
        revoke_links(invoice_id=taken.pk, now=world.now())
        Message.objects.filter(about=f"invoice:{lost.pk}").update(state=Message.State.BOUNCED)

    world.scoped(spoil)
    asks(world, buyer)
    page = words(buyer.get(linked(world)))
    assert f"Factura {stays.number}" in page
    assert page.count("A nombre de") == 1


def test_an_invoice_whose_own_link_is_over_is_mailed_again(world: World, buyer: Buyer) -> None:
    bought(world, FISICA)
    world.time_passes(days=200)
    asks(world, buyer)
    page = words(buyer.get(linked(world)))
    assert "factura.pdf" not in page
    assert "Enviármela otra vez" in page


def test_another_companys_link_opens_nothing_here(world: World, buyer: Buyer) -> None:
    bought(world, FISICA)
    asks(world, buyer)
    path = linked(world)
    assert Buyer(world.other).get(path).status_code == 302


def test_asking_and_guessing_are_limited(world: World, buyer: Buyer) -> None:
    bought(world, FISICA)
    an_hour = 3_600
    world.time_passes(seconds=an_hour - world.now().timestamp() % an_hour)  # the limiter counts by the clock's hours
    sent = []
    for _ in range(5):
        asks(world, buyer)
        sent.append(len(world.mail.mails))
        world.time_passes(minutes=2)
    assert sent == [1, 1, 1, 0, 0]
    guesser = Buyer(world.shop)
    said = [guesser.get(f"mis-compras/nada{n}/").status_code for n in range(12)]
    assert said[0] == 302
    assert 429 in said
    wrong = buyer.post("mis-compras/", {"correo": "ingrid"})
    assert wrong.status_code == 422

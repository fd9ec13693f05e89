"""Whoever paid is thanked once: by the mail of his document if it comes at once, else by a letter of its own."""

from datetime import timedelta

import pytest

from amate.customers.models import Contact
from tests.billing_cycle.reconciliation.payer import Payer
from tests.world import World


@pytest.fixture
def payer(world: World) -> Payer:
    return Payer(world)


def later(payer: Payer) -> None:
    payer.world.time_passes(minutes=16)
    payer.world.settle()


def mails(payer: Payer, about: str = "") -> list[str]:
    return [one for one in payer.subjects() if about in one]


def body(payer: Payer, subject: str) -> str:
    [mail] = [one for one in payer.world.mail.mails if subject in str(one["Subject"])]
    [text] = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    return str(text.get_content())


def test_a_document_at_once_is_the_thanks(payer: Payer) -> None:
    who, _ = payer.billed("aviso")
    payment = payer.paid(who, "599.00")
    later(payer)
    payer.asks(payment)
    later(payer)
    [only] = payer.subjects()
    assert "factura" in only
    assert "Gracias por tu pago. Adjuntamos tu factura" in body(payer, "factura")


def test_without_a_document_it_is_a_letter_that_says_what_is_left(payer: Payer) -> None:
    who, _ = payer.billed("aviso")
    payment = payer.paid(who, "500.00")
    payer.asks(payment)
    assert mails(payer) == ["Gracias por tu pago de $500.00 · " + payer.subjects()[0].partition(" · ")[2]]
    text = body(payer, "Gracias")
    assert "Recibimos tu pago de $500.00" in text
    assert "Te quedan por pagar $99.00." in text


def test_a_note_comes_with_the_thanks(payer: Payer) -> None:
    who, _ = payer.billed("publico")
    payer.paid(who, "599.00")
    later(payer)
    [ticket] = payer.tickets()
    text = body(payer, "Gracias")
    assert f"/{ticket.code}/59900" in text
    assert "Estás al corriente." in text


def test_it_goes_to_whoever_handles_payments(payer: Payer) -> None:
    who, _ = payer.billed("aviso")

    def handles() -> None:
        Contact.objects.create(
            customer=who, nombre="Luz", correo="luz@example.com", handles_payments=True, origin="staff",
            created_at=payer.now(),
        )  # fmt: skip

    payer.look(handles)
    payer.paid(who, "100.00")
    [mail] = payer.world.mail.mails
    assert str(mail["To"]) == "luz@example.com"


def test_what_is_no_news_and_what_went_back_is_not_thanked_for(payer: Payer) -> None:
    who, _ = payer.billed("aviso")
    payer.paid(who, "100.00", "old", paid_at=payer.now() - timedelta(days=16))
    payer.takes_back(payer.pays(who, "100.00", "back").payment)
    payer.world.settle()
    assert mails(payer, "Gracias") == []

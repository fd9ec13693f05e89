"""Ahora no, recuérdamelo: one mail before a note expires, only to a mail left for it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from amate.audit.models import Entry
from amate.self_invoicing.models import ExpiryReminder, Ticket
from amate.self_invoicing.remind_expiry import owe_reminders
from tests.web.portal.buyer import Buyer, words
from tests.world import World

ANA = "ana@example.com"


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def asks(buyer: Buyer, ticket: Ticket, correo: str = ANA) -> None:
    buyer.opens(ticket)
    assert "recuérdamelo antes de que venza" in words(buyer.get("datos/"))
    assert buyer.post("recordar/", {"correo": correo}).headers["Location"] == buyer.url("recordar/?listo=1")


def at(world: World, ticket: Ticket, *, hours_left: float) -> list[str]:
    """Whom the mails go to that the beat sends when so much time is left."""
    world.time_passes(seconds=(ticket.deadline - world.now() - timedelta(hours=hours_left)).total_seconds())
    world.mail.clear()
    world.scoped(lambda: owe_reminders(now=world.now()))
    world.settle()
    return [mail["To"] for mail in world.mail.mails]


def test_one_mail_goes_out_forty_eight_hours_before_and_the_address_is_forgotten(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    for _ in range(2):
        asks(buyer, ticket)
    assert "te escribimos una sola vez" in words(buyer.get("recordar/?listo=1"))
    (entry,) = world.scoped(lambda: list(Entry.objects.filter(act="ticket.reminder_asked")))
    assert (entry.about, entry.actor_kind, ANA in str(entry.detail)) == (f"ticket:{ticket.pk}", "visitor", False)
    assert at(world, ticket, hours_left=49) == []
    assert at(world, ticket, hours_left=48) == [ANA]
    text = str(world.mail.mails[0].get_body(("plain",)).get_content())
    assert f"/{ticket.code}/{ticket.total_cents}" in text
    assert "23:59" in text
    assert at(world, ticket, hours_left=1) == []
    assert world.scoped(lambda: ExpiryReminder.objects.get().correo) == ""


def test_nobody_who_has_his_invoice_or_left_no_mail_is_written_to(world: World, buyer: Buyer) -> None:
    had, silent, late = world.sale(), world.sale(), world.sale()
    asks(buyer, had)
    buyer.opens(silent)
    buyer.gives()  # a mail for his invoice is no mail for a reminder
    asks(buyer, late)
    world.claim(had)
    world.settle()
    assert at(world, late, hours_left=-1) == [], "the worker was away: it is too late"
    assert world.scoped(lambda: set(ExpiryReminder.objects.values_list("correo", flat=True))) == {""}


def test_one_invoiced_while_the_mail_waited_is_not_written_to(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    asks(buyer, ticket)
    world.time_passes(seconds=(ticket.deadline - world.now() - timedelta(hours=48)).total_seconds())
    world.scoped(lambda: owe_reminders(now=world.now()))
    world.claim(ticket)
    world.settle()
    assert ANA not in [mail["To"] for mail in world.mail.mails]


def test_it_is_offered_only_while_there_is_time(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.scoped(lambda: Ticket.objects.update(deadline=world.now() + timedelta(hours=47)))
    buyer.opens(ticket)
    assert "recuérdamelo" not in words(buyer.get("datos/"))
    assert buyer.post("recordar/", {"correo": ANA}).headers["Location"] == buyer.url("datos/")
    assert world.scoped(ExpiryReminder.objects.count) == 0


def test_a_wrong_mail_and_one_asked_for_too_often_are_told_at_the_field(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    assert "Escribe tu correo" in words(buyer.post("recordar/", {"correo": ""}))
    for _ in range(5):
        asks(buyer, world.sale())
    refused = buyer.post("recordar/", {"correo": ANA})
    assert refused.status_code == 422
    assert "Ya guardamos varios avisos" in words(refused)
    with pytest.raises(IntegrityError, match="no_mail_kept_of_a_reminder"):
        world.scoped(lambda: ExpiryReminder.objects.update(settled_at=world.now()))

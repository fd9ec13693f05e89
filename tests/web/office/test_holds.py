"""What staff do to one note: each act with its reason, its refusal and its line in the audit."""

from typing import Any

import pytest
from django.test import Client

from amate.access.models import Membership, Role, User
from amate.audit.models import Entry
from amate.self_invoicing.models import Ticket
from tests.access.team import hired
from tests.web.office import desk
from tests.world import World

COUNTER = {"lock", "unlock", "print", "send"}
MAY = {
    Role.OWNER: COUNTER | {"void"},
    Role.ADMIN: COUNTER | {"void"},
    Role.ACCOUNTANT: COUNTER | {"void"},
    Role.CASHIER: COUNTER,
    Role.COLLECTOR: set(),
    Role.SUPPORT: set(),
}


def post(world: World, client: Client, ticket: Ticket, act: str, **said: str) -> Any:
    return world.inside(lambda: client.post(f"{world.shop.office}notas/{ticket.pk}/{act}/", said, follow=True))


def page(world: World, client: Client, ticket: Ticket, more: str = "") -> Any:
    return world.inside(lambda: client.get(f"{world.shop.office}notas/{ticket.pk}/{more}"))


def state(world: World, ticket: Ticket) -> tuple[str, str]:
    found = world.scoped(lambda: Ticket.objects.get(pk=ticket.pk))
    return found.state, found.state_reason


def test_a_note_is_locked_with_its_reason_and_unlocked(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    told = post(world, client, ticket, "bloquear", motivo="Posible devolución").content.decode()
    assert state(world, ticket) == ("locked", "Posible devolución")
    assert "La bloqueó ana@amate.example: Posible devolución" in told
    assert "Está bloqueada" in told
    told = post(world, client, ticket, "desbloquear").content.decode()
    assert state(world, ticket) == ("open", "")
    assert "La desbloqueó ana@amate.example" in told


def test_what_another_locked_a_cashier_does_not_unlock(world: World) -> None:
    boss, leo, cashier = world.log_in(), Client(), hired(world, "leo@amate.example", Role.CASHIER).user
    world.inside(lambda: leo.force_login(cashier, backend="django.contrib.auth.backends.ModelBackend"))
    stopped, own = world.sale(), world.sale()
    post(world, boss, stopped, "bloquear", motivo="Posible fraude en caja")
    post(world, leo, own, "bloquear", motivo="Me equivoqué")
    assert "Desbloquear" not in page(world, leo, stopped).content.decode()
    assert post(world, leo, stopped, "desbloquear").status_code == 403
    assert "Desbloquear" in page(world, leo, own).content.decode()
    assert post(world, leo, own, "desbloquear").status_code == 200
    assert (state(world, stopped)[0], state(world, own)[0]) == ("locked", "open")


def test_who_locked_a_note_unlocks_it_with_another_mail_and_nobody_who_took_the_old_one(world: World) -> None:
    backend = "django.contrib.auth.backends.ModelBackend"
    leo, heir = Client(), Client()
    first = hired(world, "leo@amate.example", Role.CASHIER).user
    world.inside(lambda: leo.force_login(first, backend=backend))
    ticket = world.sale()
    post(world, leo, ticket, "bloquear", motivo="Me equivoqué")
    world.inside(lambda: User.objects.filter(pk=first.pk).update(email="leonardo@amate.example"))
    second = hired(world, "leo@amate.example", Role.CASHIER).user
    world.inside(lambda: heir.force_login(second, backend=backend))
    assert post(world, heir, ticket, "desbloquear").status_code == 403
    assert post(world, leo, ticket, "desbloquear").status_code == 200
    assert state(world, ticket)[0] == "open"


def test_a_reason_is_asked_for(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    for act in ("bloquear", "cancelar"):
        answer = post(world, client, ticket, act, motivo=" ")
        assert answer.status_code == 422
        assert answer.content.decode().count("Escribe el motivo") == 2
        assert "<title>Error: " in answer.content.decode()
    assert state(world, ticket)[0] == "open"


def test_a_cancelled_sale_says_so_and_offers_nothing_more(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    told = post(world, client, ticket, "cancelar", motivo="Se cobró dos veces").content.decode()
    assert state(world, ticket) == ("void", "Se cobró dos veces")
    assert "Bloquear la nota" in page(world, client, world.sale()).content.decode()
    for offer in ("Cancelar la venta", "Bloquear la nota", "Facturar en mostrador", "Enviar la nota"):
        assert offer not in told, offer


def test_a_note_that_was_invoiced_meanwhile_says_the_way_out(world: World) -> None:
    invoice = desk.stamped(world)
    ticket = world.scoped(lambda: Ticket.objects.get())
    client = world.log_in()
    assert "Bloquear la nota" not in page(world, client, ticket).content.decode()
    told = post(world, client, ticket, "bloquear", motivo="tarde").content.decode()
    assert f"ya tiene la factura {invoice.number}" in told
    assert state(world, ticket)[0] == "open"


@pytest.mark.parametrize(("paper", "width"), [("80", 226), ("58", 164), ("carta", 612)])
def test_it_is_printed_again_on_every_paper_and_that_is_told(world: World, paper: str, width: int) -> None:
    ticket, client = world.sale(), world.log_in()
    pdf = page(world, client, ticket, f"nota.pdf?papel={paper}")
    assert pdf.content.startswith(b"%PDF-")
    assert f"[0 0 {width}".encode() in pdf.content
    entry = world.scoped(lambda: Entry.objects.get(act="note.reprinted"))
    assert (entry.about, entry.actor, entry.detail) == (
        f"ticket:{ticket.pk}",
        "ana@amate.example",
        {"papel": paper},
    )
    assert page(world, client, ticket, "nota.pdf?papel=a4").status_code == 404


def test_the_note_is_sent_again_with_the_same_link_and_deadline(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    for _ in range(2):  # a double click is one wish
        post(world, client, ticket, "enviar", correo="ingrid@example.com")
    world.settle()
    (mail,) = world.mail.mails
    assert mail["To"] == "ingrid@example.com"
    text = mail.get_body(("plain",)).get_content()
    assert f"https://facturas.example/f/{world.shop.slug}/{ticket.code}/{ticket.total_cents}" in text
    assert "-".join(ticket.code[i : i + 4] for i in (0, 4, 8)) in text
    assert "23:59 (hora del centro)" in text
    assert "La envió por correo ana@amate.example: ingrid@example.com" in page(world, client, ticket).content.decode()


def test_after_the_window_the_mail_says_where_to_ask(world: World) -> None:
    ticket = world.sale()
    world.time_passes(days=40)
    post(world, world.log_in(), ticket, "enviar", correo="ingrid@example.com")
    world.settle()
    text = world.mail.mails[0].get_body(("plain",)).get_content()
    assert "pide tu factura en la tienda" in text
    assert "/f/" not in text


def test_an_address_that_cannot_be_used_is_refused_at_its_field(world: World) -> None:
    answer = post(world, world.log_in(), world.sale(), "enviar", correo="ingrid")
    assert answer.status_code == 422
    assert answer.content.decode().count("Al correo le falta algo") == 2


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_it_may(world: World, role: Role) -> None:
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client = world.log_in()
    may = MAY[role]
    ticket = world.sale()
    offered = page(world, client, ticket).content.decode()
    assert ("Bloquear la nota" in offered) is ("lock" in may)
    assert ("Cancelar la venta" in offered) is ("void" in may)
    assert ("Enviar la nota" in offered) is ("send" in may)
    for name, act in {"lock": "bloquear", "unlock": "desbloquear", "send": "enviar", "void": "cancelar"}.items():
        status = post(world, client, ticket, act, motivo="x", correo="a@example.com").status_code
        assert status == (200 if name in may else 403), (role, name)
    assert page(world, client, ticket, "nota.pdf").status_code == (200 if "print" in may else 403)
    assert (state(world, ticket)[0] == "void") is ("void" in may)

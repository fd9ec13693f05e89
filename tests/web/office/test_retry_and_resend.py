"""The two things staff may ask for, and who may ask."""

from typing import Any

import pytest
from django.test import Client

from amate.access.models import Membership, Role
from amate.invoices.models import State
from amate.messages.models import Message
from amate.promises.models import Promise
from tests.web.office import desk
from tests.world import World

MAY = {
    Role.OWNER: {"retry", "resend"},
    Role.ADMIN: {"retry", "resend"},
    Role.ACCOUNTANT: {"retry", "resend"},
    Role.CASHIER: {"resend"},
    Role.COLLECTOR: set(),
    Role.SUPPORT: set(),
}


def test_retrying_a_refusal_of_ours_seals_and_stamps_it(world: World) -> None:
    invoice = desk.refused_for_staff(world)
    answer = _retry(world, world.log_in(), _stuck(world))
    assert answer["Location"] == f"{world.shop.office}facturas/{invoice.pk}/"
    world.settle()
    assert desk.again(world, invoice).state == State.STAMPED


def test_retrying_while_the_cause_is_still_there_fails_again_and_stays_visible(world: World) -> None:
    invoice = desk.refused_for_staff(world)
    desk.unlisted(world, True)
    stuck = _stuck(world)
    _retry(world, world.log_in(), stuck)
    world.settle()
    assert desk.again(world, invoice).state == State.REFUSED
    again = world.scoped(lambda: Promise.objects.given_up().get())
    assert (again.pk, again.attempts) == (stuck, 2)


def test_retrying_goes_before_the_back_off(world: World) -> None:
    world.mail.busy = True
    desk.stamped(world, correo="ingrid@example.com")
    world.mail.busy = False
    world.settle()
    assert world.mail.mails == []
    _retry(world, world.log_in(), _stuck(world))
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["ingrid@example.com"]


def test_retrying_what_was_kept_meanwhile_does_nothing(world: World) -> None:
    desk.refused_for_staff(world)
    stuck, client = _stuck(world), world.log_in()
    _retry(world, client, stuck)
    world.settle()
    answer = world.inside(lambda: client.post(_retry_path(world, stuck), follow=True))
    assert "Ya no hacía falta" in answer.content.decode()


def test_resending_sends_the_files_to_another_address(world: World) -> None:
    invoice = desk.stamped(world, correo="ingrid@example.com")
    client = world.log_in()
    answer = _resend(world, client, invoice, "contador@example.com")
    assert answer["Location"] == f"{world.shop.office}facturas/{invoice.pk}/#correos"
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/{invoice.pk}/"))
    assert [(one.to, one.pill.word) for one in page.context["deliveries"]] == [
        ("contador@example.com", "Por enviar"),
        ("ingrid@example.com", "Enviado"),
    ]
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["ingrid@example.com", "contador@example.com"]
    assert {part.get_content_type() for part in world.mail.mails[1].iter_attachments()} == {
        "application/xml",
        "application/pdf",
    }


def test_resending_to_the_same_address_sends_it_again(world: World) -> None:
    invoice = desk.stamped(world, correo="ingrid@example.com")
    _resend(world, world.log_in(), invoice, "ingrid@example.com")
    world.settle()
    assert len(world.mail.mails) == 2


def test_clicking_twice_sends_it_once(world: World) -> None:
    invoice = desk.stamped(world)
    client = world.log_in()
    for _ in range(2):
        _resend(world, client, invoice, "contador@example.com")
    world.settle()
    assert len(world.mail.mails) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Escribe a qué correo la enviamos"),
        ("contador", "Al correo le falta algo"),
        ("a" * 75 + "@example.com", "caben 80 caracteres"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_at_its_field(world: World, typed: str, said: str) -> None:
    invoice = desk.stamped(world)
    answer = _resend(world, world.log_in(), invoice, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(said) == 2  # in the summary and at the field
    assert "<title>Error: " in page
    assert f'value="{typed}"' in page or not typed
    assert world.scoped(lambda: Promise.objects.filter(kind="deliver").exists()) is False


def test_what_is_not_stamped_cannot_be_sent(world: World) -> None:
    invoice = desk.claimed(world)
    assert _resend(world, world.log_in(), invoice, "contador@example.com").status_code == 404


def test_an_address_that_the_server_refuses_is_told(world: World) -> None:
    world.mail.refuse.add("nadie@example.com")
    invoice = desk.stamped(world)
    client = world.log_in()
    _resend(world, client, invoice, "nadie@example.com")
    world.settle()
    assert world.scoped(lambda: Message.objects.get().state) == Message.State.REFUSED
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/{invoice.pk}/")).content.decode()
    assert "Rechazado" in page
    assert "Reintentar ahora" in page


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_it_may_and_read_everything(world: World, role: Role) -> None:
    invoice = desk.stamped(world)
    desk.refused_for_staff(world)
    stuck = _stuck(world)
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client = world.log_in()
    for room in ("", "notas/", "facturas/", f"facturas/{invoice.pk}/", f"facturas/{invoice.pk}/xml", "pendientes/"):
        assert _get(world, client, room).status_code == 200, room
    offered = world.inside(lambda: client.get(f"{world.shop.office}pendientes/")).content.decode()
    assert ("Reintentar ahora" in offered) is ("retry" in MAY[role])
    offered = world.inside(lambda: client.get(f"{world.shop.office}facturas/{invoice.pk}/")).content.decode()
    assert ("Enviar PDF y XML" in offered) is ("resend" in MAY[role])
    asked = world.scoped(lambda: Promise.objects.get(pk=stuck).asked)
    assert _retry(world, client, stuck).status_code == (302 if "retry" in MAY[role] else 403)
    assert world.scoped(lambda: Promise.objects.get(pk=stuck).asked) == asked + ("retry" in MAY[role])
    sent = _resend(world, client, invoice, "contador@example.com").status_code
    assert sent == (302 if "resend" in MAY[role] else 403)
    assert world.scoped(lambda: Promise.objects.filter(kind="deliver").count()) == ("resend" in MAY[role])


def test_reading_an_address_that_acts_does_nothing(world: World) -> None:
    desk.refused_for_staff(world)
    client = world.log_in()
    path = _retry_path(world, _stuck(world))
    assert world.inside(lambda: client.get(path)).status_code == 405


def test_a_form_without_its_token_is_refused(world: World) -> None:
    desk.refused_for_staff(world)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = world.log_in().cookies
    assert _retry(world, strict, _stuck(world)).status_code == 403


def _get(world: World, client: Client, room: str) -> Any:
    return world.inside(lambda: client.get(world.shop.office + room))


def _stuck(world: World) -> int:
    """The promise that failed."""
    return int(world.scoped(lambda: Promise.objects.failing().get().pk))


def _retry_path(world: World, promise_id: int) -> str:
    return f"{world.shop.office}pendientes/{promise_id}/reintentar/"


def _retry(world: World, client: Client, promise_id: int) -> Any:
    return world.inside(lambda: client.post(_retry_path(world, promise_id)))


def _resend(world: World, client: Client, invoice: Any, correo: str) -> Any:
    path = f"{world.shop.office}facturas/{invoice.pk}/reenviar/"
    return world.inside(lambda: client.post(path, {"correo": correo}))

"""Personas: the list, inviting, changing roles, letting go; and the page behind an invitation's link."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from amate.access.invite import token_of
from amate.access.models import Invitation, Membership, Role, User
from amate.audit.models import Entry
from amate.promises.models import Promise
from tests.access.team import hired, owner_of, roles_in
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import PASSWORD, World

LEO = "leo@amate.example"
NEW = {"nombre": "Leo Paz", "password1": "una frase bastante larga"}
MANAGERS = (Role.OWNER, Role.ADMIN)


def post(office: Office, path: str, **said: str) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def link(world: World) -> str:
    invitation = world.inside(lambda: Invitation.objects.latest("id"))
    return f"/cuenta/invitacion/{token_of(invitation)}/"


def get(world: World, client: Client, path: str) -> Any:
    return world.inside(lambda: client.get(path))


def send(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(path, said))


def as_role(world: World, role: Role) -> Office:
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    return Office(world)


def test_the_list_says_who_with_which_role_how_safe_and_last_seen(world: World, office: Office) -> None:
    hired(world, LEO, Role.CASHIER)
    page = office.text("personas/")
    assert "Ana Ruiz" in page
    assert LEO in page
    assert page.count("Solo contraseña") == 2
    assert "Aún no entra" in page  # Leo; Ana is here now
    world.inside(lambda: TOTP.activate(world.shop.owner, generate_totp_secret()))
    assert office.text("personas/").count("Dos pasos") == 1


def test_a_new_person_is_invited_chooses_a_password_and_is_in(world: World, office: Office) -> None:
    assert post(office, "personas/", correo=LEO, papel="cashier").status_code == 302
    assert "Por enviar" in office.text("personas/")
    world.settle()
    assert "Correo enviado" in office.text("personas/")
    client = Client()
    page = get(world, client, link(world)).content.decode()
    assert "Cafetería El Amate te invita" in page
    assert LEO in page
    answer = send(world, client, link(world), **NEW)
    assert answer["Location"] == world.shop.office
    home = get(world, client, world.shop.office).content.decode()
    assert "Leo Paz" in home
    assert roles_in(world)[LEO] == "cashier"
    assert "Invitaciones sin aceptar" not in office.text("personas/")
    door = send(world, Client(), "/cuenta/login/", login=LEO, password=NEW["password1"])
    assert door["Location"] == "/oficina/"


def test_a_second_click_on_the_link_makes_no_second_person(world: World, office: Office) -> None:
    post(office, "personas/", correo=LEO, papel="cashier")
    path = link(world)
    send(world, Client(), path, **NEW)
    again = send(world, Client(), path, **NEW)
    assert again.status_code == 404
    assert "Esta invitación ya no sirve" in again.content.decode()
    assert world.inside(lambda: User.objects.filter(email=LEO).count()) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"nombre": "", "password1": NEW["password1"]}, "Escribe tu nombre"),
        ({"nombre": "Leo", "password1": ""}, "Escribe una contraseña"),
        ({"nombre": "Leo", "password1": "corta"}, "10 caracteres"),
    ],
)
def test_an_account_without_name_or_good_password_is_refused_at_its_field(
    world: World, office: Office, said: dict[str, str], told: str
) -> None:
    post(office, "personas/", correo=LEO, papel="cashier")
    answer = send(world, Client(), link(world), **said)
    assert (answer.status_code, answer.content.decode().count(told) >= 2) == (422, True)
    assert world.inside(lambda: User.objects.filter(email=LEO).exists()) is False


def test_who_has_an_account_enters_and_joins(world: World, office: Office) -> None:
    mariana = world.other.owner
    post(office, "personas/", correo=mariana.email, papel="accountant")
    stranger = Client()
    page = get(world, stranger, link(world)).content.decode()
    assert "Ya tienes cuenta con ese correo" in page
    assert "password1" not in page
    assert send(world, stranger, link(world), **NEW).status_code == 200
    assert mariana.email not in roles_in(world)
    client = world.log_in(world.other)
    assert "Unirme a Cafetería El Amate" in get(world, client, link(world)).content.decode()
    assert send(world, client, link(world))["Location"] == world.shop.office
    assert roles_in(world)[mariana.email] == "accountant"
    assert get(world, client, world.shop.office).status_code == 200


def test_who_is_logged_in_with_another_mail_is_told_so(world: World, office: Office) -> None:
    post(office, "personas/", correo=LEO, papel="cashier")
    client = world.log_in(world.other)
    assert "Entraste como" in get(world, client, link(world)).content.decode()
    send(world, client, link(world))
    assert set(roles_in(world)) == {"ana@amate.example"}


def test_a_link_that_nobody_made_opens_nothing(world: World) -> None:
    answer = get(world, Client(), "/cuenta/invitacion/" + "x" * 43 + "/")
    assert answer.status_code == 404
    assert "Pide a quien te invitó" in answer.content.decode()


def test_an_invitation_is_taken_back(world: World, office: Office) -> None:
    post(office, "personas/", correo=LEO, papel="cashier")
    path = link(world)
    invitation = world.inside(lambda: Invitation.objects.latest("id"))
    assert LEO in office.text(f"personas/invitaciones/{invitation.pk}/retirar/")
    post(office, f"personas/invitaciones/{invitation.pk}/retirar/")
    assert get(world, Client(), path).status_code == 404
    assert LEO not in office.text("personas/").split("Invitar a alguien")[0].split("ya no sirve")[1]


@pytest.mark.parametrize(
    ("correo", "papel", "told"),
    [
        ("", "cashier", "Escribe el correo de la persona"),
        ("leo", "cashier", "Al correo le falta algo"),
        ("ana@amate.example", "cashier", "ya está en tu empresa como Dueño"),
        (LEO, "king", "Ese papel no lo puedes dar"),
    ],
)
def test_what_cannot_be_invited_is_refused_at_its_field(
    world: World, office: Office, correo: str, papel: str, told: str
) -> None:
    answer = post(office, "personas/", correo=correo, papel=papel)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(told) == 2
    assert world.inside(Invitation.objects.count) == 0
    assert world.scoped(lambda: Promise.objects.filter(kind="invite").exists()) is False


def test_a_role_is_changed_on_the_persons_page(world: World, office: Office) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    assert post(office, f"personas/{leo.pk}/", papel="accountant").status_code == 302
    assert roles_in(world)[LEO] == "accountant"
    act = world.scoped(lambda: Entry.objects.latest("id"))
    assert (act.act, act.actor) == ("person.role_changed", "ana@amate.example")


def test_the_last_owner_is_told_what_to_do_instead(world: World, office: Office) -> None:
    ana = owner_of(world)
    answer = post(office, f"personas/{ana.pk}/", papel="cashier")
    assert answer.status_code == 422
    assert "nombra antes a otro" in answer.content.decode()
    answer = world.inside(lambda: office.client.post(f"{world.shop.office}personas/{ana.pk}/quitar/", follow=True))
    assert "nombra antes a otro" in answer.content.decode()
    assert roles_in(world) == {"ana@amate.example": "owner"}


def test_an_admin_is_offered_no_owner_and_cannot_touch_one(world: World) -> None:
    hired(world, LEO, Role.OWNER)
    office = as_role(world, Role.ADMIN)
    assert 'value="owner"' not in office.text("personas/")
    assert post(office, "personas/", correo="eva@amate.example", papel="owner").status_code == 422
    leo = world.inside(lambda: Membership.objects.get(user__email=LEO))
    assert "Guardar el papel" not in office.text(f"personas/{leo.pk}/")
    assert post(office, f"personas/{leo.pk}/", papel="cashier").status_code == 422
    post(office, f"personas/{leo.pk}/quitar/")
    assert roles_in(world)[LEO] == "owner"


def test_who_is_removed_is_out_with_the_next_click(world: World, office: Office) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    client = Client()
    send(world, client, "/cuenta/login/", login=LEO, password=PASSWORD)
    assert get(world, client, world.shop.office).status_code == 200
    assert LEO in office.text(f"personas/{leo.pk}/quitar/")
    assert post(office, f"personas/{leo.pk}/quitar/").status_code == 302
    assert get(world, client, world.shop.office)["Location"].startswith("/cuenta/login/")  # her session ended too
    send(world, client, "/cuenta/login/", login=LEO, password=PASSWORD)
    assert get(world, client, world.shop.office).status_code == 404
    assert get(world, client, f"{world.shop.office}facturas/").status_code == 404


def test_who_leaves_goes_to_his_companies(world: World, office: Office) -> None:
    hired(world, LEO, Role.OWNER)
    ana = owner_of(world)
    assert post(office, f"personas/{ana.pk}/quitar/")["Location"] == "/oficina/"
    assert office.get("").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_and_does_what_it_may(world: World, role: Role) -> None:
    leo = hired(world, LEO, Role.SUPPORT)
    invitation = world.scoped(lambda: desk.invited(world, email="eva@amate.example"))
    office = as_role(world, role)
    manages, sees = role in MANAGERS, role in (*MANAGERS, Role.ACCOUNTANT)
    for path, allowed in (
        ("personas/", sees),
        (f"personas/{leo.pk}/", manages),
        (f"personas/{leo.pk}/quitar/", manages),
        (f"personas/invitaciones/{invitation.pk}/retirar/", manages),
        ("claves/", manages),
        ("auditoria/", sees),
    ):
        assert office.get(path).status_code == (200 if allowed else 403), path
    assert ("Personas y permisos" in office.text("")) is sees
    for path, said in (
        ("personas/", {"correo": "iris@amate.example", "papel": "cashier"}),
        (f"personas/{leo.pk}/", {"papel": "cashier"}),
        (f"personas/{leo.pk}/quitar/", {}),
        (f"personas/invitaciones/{invitation.pk}/retirar/", {}),
        ("claves/", {"nombre": "Caja", "permisos": "tickets:read"}),
    ):
        assert post(office, path, **said).status_code in ((200, 302) if manages else (403,)), path
    assert (LEO in roles_in(world)) is not manages
    assert world.inside(lambda: Invitation.objects.filter(email="iris@amate.example").exists()) is manages

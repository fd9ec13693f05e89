"""A company that lets some roles in only with a second step; a lost one; and who must show again who she is."""

from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from amate.access.models import ApiKey, EntryRule, Invitation, Membership, Role
from amate.audit.models import Entry
from tests.access.team import hired, owner_of, roles_in
from tests.web.office.desk import Office
from tests.web.office.test_two_companies import things_of
from tests.web.test_forgotten_password import get, post
from tests.web.who_may_what import office_addresses, office_path
from tests.world import PASSWORD, World

RULE, LOGIN, ANA, LEO = "personas/segundo-paso/", "/cuenta/login/", "ana@amate.example", "leo@amate.example"


def sent(office: Office, path: str, **said: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def demands(world: World, *roles: Role) -> None:
    company = world.shop.company
    world.inside(lambda: EntryRule.objects.update_or_create(company=company, defaults={"roles": [*roles]}))


def with_app(world: World, user: Any) -> str:
    """Two steps by an application; answers a recovery code."""

    def activate() -> str:
        TOTP.activate(user, generate_totp_secret())
        return str(RecoveryCodes.activate(user).get_unused_codes()[0])

    return world.inside(activate)


def entered(world: World, email: str, code: str = "") -> Client:
    client = Client()
    to = post(world, client, LOGIN, login=email, password=PASSWORD)["Location"]
    if code:
        assert post(world, client, to, code=code).status_code == 302
    return client


def test_the_owner_demands_it_of_roles_and_it_is_noted(world: World, office: Office) -> None:
    hired(world, LEO, Role.CASHIER)
    assert "Exigir segundo paso" in office.text("personas/")
    page = office.text(RULE)
    assert page.count(LEO) == 1
    assert sent(office, RULE, papeles=["cashier", "support"])["Location"] == f"{world.shop.office}personas/"
    assert "Le falta el segundo paso" in office.text("personas/")
    assert sent(office, RULE, papeles=["cashier", "support"]).status_code == 302  # nothing new: noted once
    entry = world.scoped(lambda: Entry.objects.get(act="person.second_step_required"))
    assert (entry.actor, entry.detail["roles"]) == (ANA, "Caja, Soporte")
    assert 'value="cashier" id="id_papeles_4" checked' in office.text(RULE)
    assert sent(office, RULE).status_code == 302
    assert world.inside(lambda: EntryRule.objects.get().roles) == []


def test_a_role_that_does_not_exist_is_refused(world: World, office: Office) -> None:
    answer = sent(office, RULE, papeles=["king"])
    assert (answer.status_code, answer.content.decode().count("Ese papel no existe")) == (422, 2)


def test_nothing_of_the_company_opens_before_there_is_one(world: World) -> None:
    things = things_of(world, world.shop)
    hired(world, LEO, Role.ADMIN)
    demands(world, Role.ADMIN)
    leo = entered(world, LEO)
    due = f"/cuenta/segundo-paso/{world.shop.slug}/"
    for address in office_addresses():
        for method in ("GET", "POST"):
            path = office_path(address, slug=world.shop.slug, things=things)
            answer = world.inside(lambda: leo.generic(method, path))  # noqa: B023
            assert (answer.status_code, answer["Location"]) == (302, due), (method, address)
    page = get(world, leo, due).content.decode()
    assert "Cafetería El Amate" in page
    assert "/cuenta/2fa/webauthn/add/" in page
    assert "/cuenta/2fa/totp/activate/" in page
    assert get(world, world.log_in(), world.shop.office).status_code == 200  # another role goes on as before


def test_once_it_is_set_up_the_company_opens(world: World) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    demands(world, Role.CASHIER)
    code = with_app(world, leo.user)
    client = entered(world, LEO, code)
    assert get(world, client, world.shop.office).status_code == 200
    assert get(world, client, f"/cuenta/segundo-paso/{world.shop.slug}/")["Location"] == world.shop.office
    world.inside(lambda: Authenticator.objects.filter(user=leo.user, type="totp").delete())
    assert get(world, client, world.shop.office)["Location"].startswith("/cuenta/segundo-paso/")


def test_the_other_company_of_that_person_opens_as_before(world: World) -> None:
    hired(world, LEO, Role.CASHIER)
    hired(world, LEO, Role.CASHIER, shop=world.other)
    demands(world, Role.CASHIER)
    leo = entered(world, LEO)
    assert get(world, leo, world.other.office).status_code == 200
    assert get(world, leo, world.shop.office).status_code == 302
    stranger = world.log_in(world.other)
    assert get(world, stranger, f"/cuenta/segundo-paso/{world.shop.slug}/").status_code == 404


def test_programs_with_a_key_are_asked_nothing(world: World) -> None:
    demands(world, *Role)
    assert world.api("POST", "/code-blocks", {"source": "caja-1", "count": 1}).status_code == 201


def test_a_session_opened_by_the_password_alone_gains_nothing_from_a_later_second_step(world: World) -> None:
    """Who stole the session before would else be let in by what the person sets up now."""
    import re

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    demands(world, Role.OWNER)
    stolen, client = entered(world, ANA), entered(world, ANA)
    for one in (stolen, client):
        assert get(world, one, world.shop.office)["Location"].startswith("/cuenta/segundo-paso/")
    activate = "/cuenta/2fa/totp/activate/"
    post(world, client, get(world, client, activate)["Location"], password=PASSWORD)
    secret = re.search(r'class="mono wrap">([A-Z2-7]+)<', get(world, client, activate).content.decode())
    assert secret
    code = format_hotp_value(hotp_value(secret[1], next(yield_hotp_counters_from_time())))
    assert post(world, client, activate, code=str(code))["Location"] == "/cuenta/2fa/recovery-codes/"
    assert get(world, client, world.shop.office).status_code == 200
    assert get(world, stolen, world.shop.office)["Location"].startswith("/cuenta/login/")


def test_recovery_codes_are_shown_once_and_can_be_kept(world: World) -> None:
    code = with_app(world, world.shop.owner)
    client = entered(world, ANA, code)
    generate = "/cuenta/2fa/recovery-codes/generate/"
    post(world, client, get(world, client, generate)["Location"], password=PASSWORD)
    page = get(world, client, post(world, client, generate)["Location"]).content.decode()
    shown = world.inside(lambda: RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes())
    assert all(page.count(one) == 2 for one in shown)  # to read or print, and in the file to keep
    again = get(world, client, "/cuenta/2fa/recovery-codes/").content.decode()
    assert not any(one in again for one in shown)
    assert get(world, client, "/cuenta/2fa/recovery-codes/download/").status_code == 403


def test_an_admin_takes_away_a_second_step_that_was_lost(world: World) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    phone = entered(world, LEO, with_app(world, leo.user))
    assert get(world, phone, world.shop.office).status_code == 200
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=Role.ADMIN))
    office = Office(world)
    assert "Quitar su segundo paso" in office.text(f"personas/{leo.pk}/")
    path = f"personas/{leo.pk}/segundo-paso/"
    assert LEO in office.text(path)
    assert sent(office, path)["Location"] == f"{world.shop.office}personas/{leo.pk}/"
    assert world.inside(lambda: Authenticator.objects.count()) == 0
    assert get(world, phone, world.shop.office)["Location"].startswith("/cuenta/login/")
    assert get(world, entered(world, LEO), world.shop.office).status_code == 200
    world.settle()
    mail = world.mail.mails[-1]
    assert mail["To"] == LEO
    assert "quitó la verificación en dos pasos" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    entry = world.scoped(lambda: Entry.objects.get(act="person.second_step_reset"))
    assert (entry.actor, entry.detail["mail"]) == (ANA, LEO)


def test_nobody_is_weakened_who_is_not_theirs(world: World, office: Office) -> None:
    """Neither oneself, nor an owner by an admin, nor an account that opens another company too."""
    ana, leo = owner_of(world), hired(world, LEO, Role.OWNER)
    both = hired(world, world.other.owner.email, Role.CASHIER)
    for user in (world.shop.owner, leo.user, both.user):
        with_app(world, user)
    told = {}
    for member, role in ((ana, Role.OWNER), (leo, Role.ADMIN), (both, Role.OWNER)):
        world.inside(lambda: Membership.objects.filter(pk=ana.pk).update(role=role))  # noqa: B023
        path = f"{world.shop.office}personas/{member.pk}/segundo-paso/"
        answer = world.inside(lambda: office.client.post(path, follow=True))  # noqa: B023
        told[member.pk] = answer.content.decode()
    assert "lo cambias en «Seguridad de tu cuenta»" in told[ana.pk]
    assert "Solo quien es dueño" in told[leo.pk]
    assert "amate person reset-second-step" in told[both.pk]
    assert world.inside(lambda: Authenticator.objects.filter(type="totp").count()) == 3


def test_who_changed_role_or_was_removed_enters_anew(world: World, office: Office) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    client = entered(world, LEO)
    assert get(world, client, world.shop.office).status_code == 200
    assert sent(office, f"personas/{leo.pk}/", papel="cashier").status_code == 302
    assert get(world, client, world.shop.office).status_code == 200  # the same role again ends nothing
    sent(office, f"personas/{leo.pk}/", papel="accountant")
    assert get(world, client, world.shop.office)["Location"].startswith("/cuenta/login/")
    client = entered(world, LEO)
    sent(office, f"personas/{leo.pk}/quitar/")
    assert get(world, client, world.shop.office)["Location"].startswith("/cuenta/login/")
    assert get(world, entered(world, LEO), world.shop.office).status_code == 404
    assert office.get("personas/").status_code == 200  # who does it stays


@pytest.mark.parametrize(
    ("path", "said", "typed"),
    [
        ("personas/", {"correo": "eva@amate.example", "papel": "support"}, ('value="eva@amate.example"', "selected")),
        ("claves/", {"nombre": "Caja 2", "permisos": ["tickets:read"]}, ('value="Caja 2"', "checked")),
        (RULE, {"papeles": ["cashier"]}, ("checked",)),
    ],
)
def test_changing_who_may_enter_asks_once_more_and_keeps_what_was_typed(
    world: World, office: Office, path: str, said: dict[str, Any], typed: tuple[str, ...]
) -> None:
    world.time_passes(minutes=16)
    to = sent(office, path, **said)["Location"]
    assert to.startswith("/cuenta/reauthenticate/?next=")
    left = (Invitation.objects.exists, ApiKey.objects.filter(name="Caja 2").exists, EntryRule.objects.exists)
    assert [world.inside(one) for one in left] == [False, False, False]
    back = post(world, office.client, to, password=PASSWORD, next=unquote(to.partition("next=")[2]))["Location"]
    page = get(world, office.client, back).content.decode()
    assert all(one in page for one in typed)


@pytest.mark.parametrize(
    "path", ["personas/{leo}/", "personas/{leo}/quitar/", "personas/{leo}/segundo-paso/", "claves/{key}/revocar/"]
)
def test_nothing_about_people_and_keys_changes_in_an_old_session(world: World, office: Office, path: str) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    with_app(world, leo.user)
    key = world.inside(lambda: ApiKey.objects.filter(company=world.shop.company).latest("id"))
    world.time_passes(minutes=16)
    path = path.format(leo=leo.pk, key=key.pk)
    assert office.get(path).status_code == 200
    assert sent(office, path, papel="admin")["Location"].startswith("/cuenta/reauthenticate/")
    assert roles_in(world)[LEO] == "cashier"
    assert world.inside(lambda: Authenticator.objects.filter(user=leo.user).exists())
    assert world.inside(lambda: ApiKey.objects.get(pk=key.pk).revoked_at) is None

"""The door of staff: few addresses, and few tries at each secret (GRD-4)."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import get_resolver

from amate.web.guesses import count_guess
from tests.world import PASSWORD, World

LOGIN = "/cuenta/login/"
ANA = "ana@amate.example"
WAIT = "Demasiados intentos. Espera"


@pytest.fixture
def door(world: World) -> World:
    """At the start of a window, so that none ends while a test tries."""
    world.time_passes(seconds=300 - world.now().timestamp() % 300 + 1)
    return world


def test_only_what_staff_need_is_routed() -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("account_")}
    assert names == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "account_invitation",
        "account_sessions",
        "account_sessions_end",
        "account_second_step",
        "account_change_mail",
        "account_confirm_mail",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }


@pytest.mark.parametrize(
    "path", ["password/set/", "signup/", "email/", "confirm-email/", "login/code/", "2fa/webauthn/signup/"]
)
def test_what_allauth_offers_besides_is_not_there(world: World, path: str) -> None:
    staff = world.log_in()
    for client in (Client(), staff):
        assert _get(world, client, f"/cuenta/{path}").status_code == 404
        assert _post(world, client, f"/cuenta/{path}", email=ANA).status_code == 404


def test_the_pages_of_an_account_open_no_smtp(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*said: Any, **more: Any) -> NoReturn:
        raise AssertionError("the web opened SMTP")

    monkeypatch.setattr(smtplib.SMTP, "__init__", refuse)
    client = Client()
    _post(world, client, "/cuenta/password/reset/", email=ANA)
    assert _post(world, client, LOGIN, login="nadie@amate.example", password="x").status_code == 200
    assert _post(world, client, LOGIN, login=ANA, password=PASSWORD).status_code == 302
    new = "otra contraseña más larga"
    change = "/cuenta/password/change/"
    assert _post(world, client, change, oldpassword=PASSWORD, password1=new, password2=new).status_code == 302
    assert _post(world, Client(), LOGIN, login=ANA, password=new).status_code == 302


def test_who_was_switched_off_is_told_so(world: World) -> None:
    owner = world.shop.owner
    owner.is_active = False
    world.inside(owner.save)
    answer = _post(world, Client(), LOGIN, login=ANA, password=PASSWORD)
    assert answer["Location"] == "/cuenta/inactive/"
    assert "Tu cuenta está desactivada" in _get(world, Client(), "/cuenta/inactive/").content.decode()


def test_the_sixth_miss_of_a_mail_waits_and_other_mails_do_not_until_the_twentieth(door: World) -> None:
    assert [_misses(door, ANA) for _ in range(6)] == [False] * 5 + [True]
    assert _misses(door, ANA.upper())
    others = [_misses(door, f"persona{i}@amate.example") for i in range(16)]
    assert others == [False] * 15 + [True]
    assert not _misses(door, "persona99@amate.example", REMOTE_ADDR="203.0.113.9")


def test_who_waits_cannot_enter_with_the_right_password_and_can_afterwards(door: World) -> None:
    for _ in range(5):
        _misses(door, ANA)
    assert WAIT in _post(door, Client(), LOGIN, login=ANA, password=PASSWORD).content.decode()
    door.time_passes(seconds=301)
    assert _post(door, Client(), LOGIN, login=ANA, password=PASSWORD).status_code == 302


def test_entering_counts_as_no_miss(door: World) -> None:
    for _ in range(25):
        assert _post(door, Client(), LOGIN, login=ANA, password=PASSWORD).status_code == 302
    assert [_misses(door, ANA) for _ in range(6)] == [False] * 5 + [True]


def test_simultaneous_tries_cannot_pass_the_limit_together(door: World) -> None:
    def one(_: int) -> bool:
        try:
            answer = Client().post(LOGIN, {"login": ANA, "password": "otra cosa larga"})
            return WAIT in answer.content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(one, range(12))) == [False] * 5 + [True] * 7


def test_nobody_can_lock_somebody_out_from_elsewhere(door: World) -> None:
    """Twenty networks miss until the account itself waits; the device that entered before, and only it, still gets in."""
    desk, copied = Client(), Client()
    assert _post(door, desk, LOGIN, login=ANA, password=PASSWORD).status_code == 302
    _post(door, desk, "/cuenta/logout/")
    door.time_passes(seconds=3600 - door.now().timestamp() % 3600 + 1)
    for network in range(20):
        tried = RequestFactory().post(LOGIN, REMOTE_ADDR=f"203.0.113.{network}")
        for _ in range(5):
            door.inside(lambda: count_guess(tried, of=ANA, secret="password"))  # noqa: B023
    assert _misses(door, ANA, REMOTE_ADDR="198.51.100.7")
    assert WAIT in _post(door, Client(), LOGIN, login=ANA, password=PASSWORD).content.decode()
    assert _post(door, desk, LOGIN, login=ANA, password=PASSWORD).status_code == 302
    other = _post(door, desk, LOGIN, login="mariana@papeleria.example", password="otra cosa larga")
    assert WAIT not in other.content.decode()
    for name, morsel in desk.cookies.items():
        if name.startswith("amate_equipo_"):
            copied.cookies[name] = morsel.value.replace(":", "x:", 1)
    assert WAIT in _post(door, copied, LOGIN, login=ANA, password=PASSWORD).content.decode()


def test_a_known_device_is_counted_too(door: World) -> None:
    desk = Client()
    _post(door, desk, LOGIN, login=ANA, password=PASSWORD)
    _post(door, desk, "/cuenta/logout/")
    said = [WAIT in _post(door, desk, LOGIN, login=ANA, password="otra cosa larga").content.decode() for _ in range(6)]
    assert said == [False] * 5 + [True]
    assert _post(door, Client(), LOGIN, login=ANA, password=PASSWORD).status_code == 302


@pytest.mark.parametrize("secure", [False, True])
def test_what_a_login_leaves_in_the_browser_is_of_no_script_and_of_this_site(
    world: World, settings: Any, secure: bool
) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = secure
    client = Client()
    _get(world, client, LOGIN)
    _post(world, client, LOGIN, login=ANA, password=PASSWORD)
    kept = {name: (one["httponly"], one["samesite"], bool(one["secure"])) for name, one in client.cookies.items()}
    assert len(kept) >= 3  # the session, the form token, the known device
    assert set(kept.values()) == {(True, "Lax", secure)}


def test_a_second_step_is_tried_five_times_and_then_waits(door: World) -> None:
    def two_steps() -> str:
        TOTP.activate(door.shop.owner, generate_totp_secret())
        code: str = RecoveryCodes.activate(door.shop.owner).get_unused_codes()[0]
        return code

    code = door.inside(two_steps)
    client = Client()
    step = _post(door, client, LOGIN, login=ANA, password=PASSWORD)["Location"]
    tries = [WAIT in _post(door, client, step, code="000000").content.decode() for _ in range(6)]
    assert tries == [False] * 5 + [True]
    assert WAIT in _post(door, client, step, code=code).content.decode()
    door.time_passes(seconds=301)
    assert _post(door, client, step, code=code).status_code == 302


def test_confirming_who_one_is_is_counted_too(door: World) -> None:
    client = Client()
    _post(door, client, LOGIN, login=ANA, password=PASSWORD)
    again = "/cuenta/reauthenticate/"
    tries = [WAIT in _post(door, client, again, password="otra cosa larga").content.decode() for _ in range(6)]
    assert tries == [False] * 5 + [True]


def test_behind_a_proxy_each_visitor_is_counted_alone(door: World, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.2"]
    for i in range(20):
        _misses(door, f"persona{i}@amate.example", REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="203.0.113.9")
    from_there: Any = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.9"}
    assert _misses(door, ANA, **from_there)
    assert not _misses(door, ANA, REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert get_adapter().get_client_ip(RequestFactory().get("/", **from_there)) == "203.0.113.9"


def _misses(world: World, mail: str, **where: Any) -> bool:
    """Whether this miss was told to wait."""
    said = {"login": mail, "password": "otra cosa larga"}
    return WAIT in world.inside(lambda: Client().post(LOGIN, said, **where)).content.decode()


def _post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(path, said))


def _get(world: World, client: Client, path: str) -> Any:
    return world.inside(lambda: client.get(path))

"""Addresses and PPP secrets of a MikroTik are cut and freed, by its API and its REST, however it misbehaves (SRV-4, SRV-6)."""

import asyncio
import random
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    RouterAccount,
    State,
    SwitchError,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
    open_switch,
    router_api,
)
from amate.adapters.switch.router_address import check_router
from amate.adapters.typed_url import UrlRefused
from tests.fake_router import PASSWORD, USER, Box, rest_of, serve_api
from tests.outside_servers import HERE, NOON, serving

LIST, SECRET, SESSION = "/ip/firewall/address-list", "/ppp/secret", "/ppp/active"
CUT = Command("10.0.0.5", "C-1", State.SUSPENDED, 2, "nonpayment", NOON)
BACK = replace(CUT, state=State.ACTIVE, gen=3)
PPP = replace(CUT, service="rosa@norte")


@pytest.fixture(scope="module")
def _doors() -> Iterator[tuple[Box, dict[str, str]]]:
    box = Box()
    with serve_api(box) as port, serving(rest_of(box)) as rest:
        yield box, {"api": f"api://127.0.0.1:{port}", "rest": rest}


@pytest.fixture
def box(_doors: tuple[Box, dict[str, str]]) -> Box:
    _doors[0].reset()
    return _doors[0]


@pytest.fixture(params=["api", "rest"])
def router(request: Any, box: Box, _doors: tuple[Box, dict[str, str]]) -> RouterAccount:
    return RouterAccount(url=_doors[1][request.param], user=USER, password=PASSWORD, private=HERE)


@pytest.fixture
def by_api(box: Box, _doors: tuple[Box, dict[str, str]]) -> RouterAccount:
    return RouterAccount(url=_doors[1]["api"], user=USER, password=PASSWORD, private=HERE)


def apply(account: RouterAccount, command: Command = CUT) -> Applied:
    return asyncio.run(open_switch(account).apply(command, now=NOON))


def observe(account: RouterAccount, *names: str) -> dict[str, Observed]:
    return dict(asyncio.run(open_switch(account).observe(names, now=NOON)))


def cut_addresses(box: Box) -> list[str]:
    return [row["address"] for row in box.tables[LIST] if row["disabled"] == "false" and row["list"] == "morosos"]


def test_an_address_goes_into_the_list_and_comes_out_of_it(box: Box, router: RouterAccount) -> None:
    box.put(LIST, list="morosos", address="10.0.0.9", comment="de Juan")
    box.put(LIST, list="vip", address="10.0.0.5", comment="amate:10.0.0.5:9")
    apply(router)
    apply(router)  # again does no harm
    assert cut_addresses(box) == ["10.0.0.9", "10.0.0.5"]
    assert observe(router, "10.0.0.5/32", "10.0.0.9", "10.0.0.7")["10.0.0.9"] == Observed(State.SUSPENDED, None)
    assert observe(router, "10.0.0.5") == {"10.0.0.5": Observed(State.SUSPENDED, 2)}
    apply(router, BACK)
    assert cut_addresses(box) == ["10.0.0.9"]
    assert observe(router, "10.0.0.5", "10.0.0.7") == {
        "10.0.0.5": Observed(State.ACTIVE, 3),
        "10.0.0.7": Observed(State.ACTIVE, None),
    }
    assert "más nueva" in apply(router, CUT).answer  # an order that came late
    assert cut_addresses(box) == ["10.0.0.9"]
    assert len(box.tables[LIST]) == 3


def test_what_somebody_put_there_by_hand_is_never_taken_away(box: Box, router: RouterAccount) -> None:
    box.put(LIST, list="morosos", address="10.0.0.5", comment="de Juan")
    assert "a mano" in apply(router).answer
    with pytest.raises(SwitchPermanent, match="quítala"):
        apply(router, BACK)
    assert cut_addresses(box) == ["10.0.0.5"]
    box.tables[LIST][0]["disabled"] = "true"
    with pytest.raises(SwitchPermanent, match="apagada"):
        apply(router)
    assert "libre" in apply(router, BACK).answer
    assert box.tables[LIST] == [{**box.tables[LIST][0], "comment": "de Juan"}]
    box.put(LIST, list="morosos", address="10.0.0.6", dynamic="true")
    assert observe(router, "10.0.0.6") == {"10.0.0.6": Observed(State.ACTIVE, None)}


def test_who_is_only_slower_is_in_another_list(box: Box, router: RouterAccount) -> None:
    both, slower = replace(router, slow_list="lentos"), replace(CUT, state=State.LIMITED)

    def lists() -> set[str]:
        return {row["list"] for row in box.tables[LIST] if row["disabled"] == "false"}

    apply(both, slower)
    apply(both, slower)
    assert (lists(), observe(both, "10.0.0.5")) == ({"lentos"}, {"10.0.0.5": Observed(State.LIMITED, 2)})
    apply(both, BACK)
    assert (lists(), observe(both, "10.0.0.5")) == (set(), {"10.0.0.5": Observed(State.ACTIVE, 3)})
    apply(both, replace(CUT, gen=4))
    assert (lists(), observe(both, "10.0.0.5")) == ({"morosos"}, {"10.0.0.5": Observed(State.SUSPENDED, 4)})
    assert "más nueva" in apply(both, slower).answer  # an order that came late
    box.put(LIST, list="lentos", address="10.0.0.6", comment="de Juan")
    apply(both, replace(CUT, service="10.0.0.6"))  # who is cut may stay in it
    with pytest.raises(SwitchPermanent, match="a mano"):
        apply(both, replace(BACK, service="10.0.0.6"))
    for cannot, why in ((router, "Falta la lista"), (replace(both, by="secret"), "PPP")):
        with pytest.raises(SwitchPermanent, match=why):
            apply(cannot, replace(slower, service="10.0.0.9"))


def test_a_secret_is_disabled_and_its_sessions_end(box: Box, router: RouterAccount) -> None:
    router = replace(router, by="secret")
    box.put(SECRET, name="rosa@norte", comment="Rosa, casa azul")
    box.put(SECRET, name="luis@norte")
    for name in ("rosa@norte", "luis@norte", "rosa@norte"):
        box.put(SESSION, name=name)
    assert "sesiones cerradas: 2" in apply(router, PPP).answer
    apply(router, PPP)
    assert [row["name"] for row in box.tables[SESSION]] == ["luis@norte"]
    assert observe(router, "rosa@norte", "luis@norte", "nadie") == {
        "rosa@norte": Observed(State.SUSPENDED, None),
        "luis@norte": Observed(State.ACTIVE, None),
    }
    apply(router, replace(PPP, state=State.ACTIVE, gen=3))
    assert box.find(SECRET, {"name": "rosa@norte"})[0]["disabled"] == "false"
    assert box.find(SECRET, {"name": "rosa@norte"})[0]["comment"] == "Rosa, casa azul"
    with pytest.raises(SwitchPermanent, match="nadie"):
        apply(router, replace(PPP, service="nadie"))


def test_a_user_who_may_not_and_a_password_that_is_none_are_a_persons_to_mend(box: Box, router: RouterAccount) -> None:
    with pytest.raises(SwitchPermanent, match="contraseña"):
        apply(replace(router, password="otra"))
    box.mood, box.at = "deny", "add"
    with pytest.raises(SwitchPermanent, match="permiso"):
        apply(router)
    assert box.tables[LIST] == []
    assert "clave-del-router" not in repr(router)


@pytest.mark.parametrize("mood", ["silent", "half", "odd"])
def test_silence_before_anything_changed_is_tried_again(
    box: Box, by_api: RouterAccount, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router_api, "ANSWER", 0.3)
    box.mood, box.at = mood, "print"
    with pytest.raises(SwitchRetryable, match=r"127\.0\.0\.1"):
        apply(by_api)
    box.at = "login"
    with pytest.raises(SwitchRetryable):
        observe(by_api, "10.0.0.5")


@pytest.mark.parametrize("mood", ["silent", "half", "drop"])
def test_silence_while_it_changes_means_that_nobody_knows(
    box: Box, by_api: RouterAccount, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router_api, "ANSWER", 0.3)
    box.mood, box.at = mood, "add"
    with pytest.raises(SwitchUnknown):
        apply(by_api)
    box.mood = ""
    apply(by_api)
    assert cut_addresses(box) == ["10.0.0.5"]


def test_nobody_there_and_an_address_that_may_not_be(by_api: RouterAccount) -> None:
    with pytest.raises(SwitchRetryable, match="puerto 1"):
        apply(replace(by_api, url="api://127.0.0.1:1"))
    with pytest.raises(SwitchPermanent, match="red privada"):
        apply(replace(by_api, url="api-ssl://127.0.0.1:8729", private=frozenset()))
    with pytest.raises(SwitchPermanent, match="red privada"):
        apply(replace(by_api, url="https://127.0.0.1", private=frozenset()))
    for url, why in (
        ("api://r.example", "cifrada"),
        ("http://r.example", "https"),
        ("api-ssl://r.example:22", "puerto 22"),
        ("api-ssl://r.example/x", "solo el equipo"),
        ("https://r.example/x", "solo el equipo"),
        ("api-ssl://a:b@r.example", "solo el equipo"),
        ("api-ssl://r.example:x", "internet"),
    ):
        with pytest.raises(UrlRefused, match=why):
            check_router(url, private=frozenset())
    check_router("api-ssl://r.example", private=frozenset())


def test_a_certificate_of_its_own_is_known_by_its_fingerprint(box: Box, by_api: RouterAccount, tmp_path: Path) -> None:
    trust, mark = own_certificate(tmp_path)
    with serve_api(box, trust) as port:
        there = replace(by_api, url=f"api-ssl://127.0.0.1:{port}")
        with pytest.raises(SwitchPermanent, match="huella"):
            apply(there)
        with pytest.raises(SwitchPermanent, match="no es el de la huella"):
            apply(replace(there, fingerprint="0" * 64))
        assert box.said == [], "no password was said to a stranger"
        apply(replace(there, fingerprint=mark))
    assert cut_addresses(box) == ["10.0.0.5"]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_lost_and_late_the_newest_order_stands_in_the_end(
    box: Box, by_api: RouterAccount, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router_api, "ANSWER", 0.2)
    by_api = replace(by_api, slow_list="lentos")
    dice = random.Random(seed)
    orders = [replace(CUT, gen=gen, state=dice.choice(list(State))) for gen in range(2, 12)]
    for command in dice.sample(orders, k=len(orders)):
        box.mood, box.at = dice.choice(["", "", "half", "drop", "deny"]), dice.choice(["login", "print", "add", "set"])
        try:
            apply(by_api, command)
        except SwitchError:
            continue
    box.mood = ""
    monkeypatch.setattr(router_api, "ANSWER", 30.0)  # what answers late now is a busy machine
    apply(by_api, orders[-1])
    for late in orders[:3]:
        apply(by_api, late)
    assert observe(by_api, "10.0.0.5")["10.0.0.5"] == Observed(orders[-1].state, 11)
    lists = [row["list"] for row in box.tables[LIST]]
    assert len(lists) == len(set(lists)), "one entry a list"


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """As a router makes one for itself, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "router")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=3650))
        .not_valid_after(NOON + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    secret = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "router.pem").write_bytes(made.public_bytes(form) + secret)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(folder / "router.pem")
    return trust, sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()

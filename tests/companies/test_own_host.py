"""A company's own name: written right, proved by the worker, unique, its portal and nothing else."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client, override_settings

from amate.adapters.hosts import HostAway
from amate.adapters.hosts.web import WebHosts
from amate.companies.host_name import HostRefused, read_host
from amate.companies.models import Company, OwnHost
from amate.companies.own_host import PROOF, TAKEN, ask_host, drop_host, host_to_prove, proof_of, record_proof
from amate.invoices.models import State
from amate.promises.models import Promise
from tests.people import FISICA
from tests.web.office.desk import Office
from tests.world import Shop, World

HOST = "facturas.elamate.mx"


class Reached:
    """The internet, where the host leads to this installation: it is asked as a stranger would."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, host: str, path: str) -> str:
        self.asked.append(host)
        return proof_of(host=host, nonce=path.removeprefix(PROOF))


def wish(world: World, host: str = HOST, shop: Shop | None = None) -> None:
    world.scoped(lambda: ask_host(typed=host, ours=["amate.example"], now=world.now()), shop)


def own(world: World, shop: Shop | None = None) -> Company:
    """The company with its name in use."""
    world.hosts = Reached()
    wish(world, shop=shop)
    world.settle()
    return world.inside(lambda: Company.objects.get(pk=(shop or world.shop).company.pk))


def get(world: World, path: str, *, host: str = HOST, client: Client | None = None) -> Any:
    return world.inside(lambda: (client or Client()).get(path, headers={"host": host}))


# ------------------------------------------------------------ the name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Escribe el dominio"),
        ("https://facturas.tienda.mx", "sin https://"),
        ("facturas.tienda.mx/portal", "sin https://"),
        ("facturas.tienda.mx:8443", "sin https://"),
        ("tienda", "le falta algo"),
        ("127.0.0.1", "no es un nombre de dominio"),
        ("10.1", "le falta algo"),
        ("-tienda.mx", "no es un nombre de dominio"),
        ("tien_da.mx", "no es un nombre de dominio"),
        ("a" * 64 + ".mx", "no es un nombre de dominio"),
        ("tienda..mx", "no es un nombre de dominio"),
        ("Amate.example.", "el nombre de todo este sistema"),
        ("x.casa.example", "el nombre de todo este sistema"),
    ],
)
def test_a_name_that_cannot_be_says_why(typed: str, said: str) -> None:
    with pytest.raises(HostRefused, match=said):
        read_host(typed, ours=["amate.example", ".casa.example", "*"])


# ------------------------------------------------------------ its proof


def test_until_it_is_proved_nothing_answers_there(world: World) -> None:
    world.hosts = Reached()
    wish(world)
    assert get(world, "/").status_code == 400
    world.settle()
    assert world.hosts.asked == [HOST]
    assert get(world, "/").status_code == 200


def test_a_host_that_is_not_there_yet_is_asked_again_for_a_day(world: World) -> None:
    wish(world)
    world.settle()
    assert "no contesta por http" in world.scoped(lambda: OwnHost.objects.get().verdict) or "no existe" in world.scoped(
        lambda: OwnHost.objects.get().verdict
    )
    assert world.scoped(lambda: Promise.objects.open().get().next_try_at) is not None
    world.hosts = Reached()
    world.time_passes(hours=2)
    world.settle()
    assert world.inside(lambda: Company.objects.get(pk=world.shop.company.pk)).host == HOST
    wish(world, "otro.elamate.mx")
    world.hosts = WebHosts(scheme="http", port=9, private=True)
    world.time_passes(hours=25)
    world.settle()
    assert world.scoped(lambda: Promise.objects.open().count()) == 0, "then only when somebody asks again"
    assert world.inside(lambda: Company.objects.get(pk=world.shop.company.pk)).host == HOST, "the old one goes on"


def test_another_system_that_answers_there_is_no_proof(world: World) -> None:
    wish(world)
    asked = world.scoped(host_to_prove)
    why = world.scoped(lambda: record_proof(asked=asked, answer="Bienvenido a nginx", nonce="n", now=world.now()))
    assert "pero no es este sistema" in why
    other = proof_of(host="otro.mx", nonce="n")
    assert world.scoped(lambda: record_proof(asked=asked, answer=other, nonce="n", now=world.now()))
    assert world.inside(lambda: Company.objects.get(pk=world.shop.company.pk)).host is None


def test_a_name_belongs_to_one_company(world: World) -> None:
    own(world)
    with pytest.raises(HostRefused, match="ya es de otra empresa"):
        wish(world, shop=world.other)
    with pytest.raises(IntegrityError, match="host"):
        world.inside(lambda: Company.objects.filter(pk=world.other.company.pk).update(host=HOST))


def test_of_two_that_ask_at_once_the_first_proof_wins(world: World) -> None:
    wish(world)
    wish(world, shop=world.other)  # neither is proved, so neither is in the other's way
    world.hosts = Reached()
    world.settle()
    hosts = world.inside(lambda: list(Company.objects.filter(host=HOST)))
    assert len(hosts) == 1
    loser = world.other if hosts[0].pk == world.shop.company.pk else world.shop
    assert world.scoped(lambda: OwnHost.objects.get().verdict, loser) == TAKEN


def test_the_proof_is_answered_under_any_name_and_tells_nothing_else(world: World) -> None:
    answer = get(world, f"{PROOF}abc", host="nadie.mx")
    assert answer.content.decode() == proof_of(host="nadie.mx", nonce="abc")
    assert get(world, PROOF, host="nadie.mx").status_code == 404
    assert get(world, PROOF + "x" * 101, host="nadie.mx").status_code == 404
    assert get(world, "/", host="nadie.mx").status_code == 400


# ------------------------------------------------------------ what answers there


def test_only_the_portal_of_that_company_answers_there(world: World) -> None:
    own(world)
    page = get(world, "/").content.decode()
    assert "Cafetería El Amate" in page
    assert f"/f/{world.shop.slug}" not in page
    client = world.log_in()
    for path in (
        f"/oficina/{world.shop.slug}/",
        "/oficina/",
        "/cuenta/login/",
        "/api/v1/openapi.json",
        "/salud/",
        "/metrics",
        f"/f/{world.other.slug}/",
        f"/f/{world.shop.slug}/",
        "/empezar/abc",
    ):
        assert get(world, path, client=client).status_code == 404, path
    assert get(world, world.shop.portal, host="testserver").status_code == 200, "the house's own address goes on"


def test_a_buyer_goes_the_whole_way_there(world: World) -> None:
    own(world)
    ticket = world.sale()
    client = Client(headers={"host": HOST}, enforce_csrf_checks=True)

    def post(path: str, data: dict[str, str]) -> Any:
        token = client.cookies["amate_csrf"].value
        more = {"headers": {"origin": f"https://{HOST}", "referer": f"https://{HOST}/"}}
        return client.post(path, {**data, "csrfmiddlewaretoken": token}, **more)

    def journey() -> None:
        scanned = client.get(f"/{ticket.code}/{ticket.total_cents}")
        assert scanned.headers["Location"] == "/datos/"
        assert scanned.cookies["amate_visita"]["path"] == "/"
        assert client.get("/datos/").status_code == 200
        assert post("/datos/", FISICA).headers["Location"] == "/revisar/"
        client.get("/revisar/")
        assert post("/revisar/", {}).headers["Location"] == "/emitiendo/"

    with override_settings(SECURE=True):
        world.inside(journey)
        world.settle()
        done = world.inside(lambda: client.get("/listo/"))
    assert done.status_code == 200
    assert 'href="/factura.xml"' in done.content.decode()


def test_a_form_sent_from_another_site_is_refused_there_too(world: World) -> None:
    own(world)
    client = Client(headers={"host": HOST}, enforce_csrf_checks=True)

    def sent() -> Any:
        client.get("/")
        token = client.cookies["amate_csrf"].value
        data = {"codigo": "x", "total": "1.00", "csrfmiddlewaretoken": token}
        return client.post("/", data, headers={"origin": "https://malo.example", "referer": "https://malo.example/"})

    with override_settings(SECURE=True):
        assert world.inside(sent).status_code == 403


def test_notes_mails_and_the_api_carry_it(world: World) -> None:
    own(world)
    ticket = world.sale()
    said = world.api("GET", f"/tickets/{ticket.code}").json()
    assert said["qr_url"] == f"http://{HOST}:8000/{ticket.code}/{ticket.total_cents}"
    assert f"{HOST}:8000" in Office(world).text()
    invoice = world.claim(ticket, FISICA)
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    (mail,) = world.mail.mails
    body = mail.get_body(("plain",)).get_content()
    assert f"https://{HOST}/" in body
    assert "/f/" not in body


def test_given_back_it_answers_no_more(world: World) -> None:
    own(world)
    world.scoped(lambda: drop_host(now=world.now()))
    assert get(world, "/").status_code == 400
    ticket = world.sale()
    assert f"/f/{world.shop.slug}/" in world.api("GET", f"/tickets/{ticket.code}").json()["qr_url"]


def test_the_settings_ask_for_it_and_tell_how_it_goes(world: World) -> None:
    office = Office(world)
    path = f"{world.shop.office}ajustes/dominio/"
    refused = world.inside(lambda: office.client.post(path, {"host": "https://x"}))
    assert refused.status_code == 422
    assert "sin https://" in refused.content.decode()
    assert world.inside(lambda: office.client.post(path, {"host": "testserver.local."})).status_code == 302
    assert world.inside(lambda: office.client.post(path, {"host": HOST})).status_code == 302
    assert "Por comprobar" in office.text("ajustes/dominio/")
    world.hosts = Reached()
    world.settle()
    page = office.text("ajustes/dominio/")
    assert "En uso" in page
    assert f"http://{HOST}:8000/" in page
    assert world.inside(lambda: office.client.post(path + "quitar/")).status_code == 302
    assert "En uso" not in office.text("ajustes/dominio/")


# ------------------------------------------------------------ asking it


@pytest.fixture
def answering() -> Iterator[tuple[int, list[str]]]:
    """A web server of this machine that says which host it was asked for."""
    heard: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.headers['Host']} {self.path}")
            there = self.path == "/here"
            self.send_response(200 if there else 302)
            self.send_header("Location", "http://127.0.0.1:1/secret")
            self.end_headers()
            self.wfile.write(b"x" * 5000)

        def log_message(self, *said: Any) -> None:
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, heard
    server.shutdown()
    server.server_close()
    thread.join()


def ask(hosts: WebHosts, host: str, path: str = "/here") -> str:
    return asyncio.run(hosts.ask(host, path))


def test_the_worker_never_asks_an_address_of_a_private_network(answering: tuple[int, list[str]]) -> None:
    port, heard = answering
    for host in ("localhost", "127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "0.0.0.0"):
        with pytest.raises(HostAway, match="red privada"):
            ask(WebHosts(scheme="http", port=port, private=False), host)
    assert heard == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*said: Any, **more: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.7")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(HostAway, match="red privada"):
        ask(WebHosts(scheme="http", port=80, private=False), "facturas.tienda.mx")


def test_it_asks_the_address_it_looked_at_under_the_name_and_follows_nowhere(answering: tuple[int, list[str]]) -> None:
    port, heard = answering
    hosts = WebHosts(scheme="http", port=port, private=True)
    assert ask(hosts, "localhost") == "x" * 1000
    assert heard == [f"localhost:{port} /here"]
    with pytest.raises(HostAway, match="HTTP 302"):
        ask(hosts, "localhost", "/elsewhere")
    assert len(heard) == 2


def test_a_name_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(HostAway, match="no existe todavía en el DNS"):
        ask(WebHosts(scheme="http", port=80, private=False), "no-existe.invalid")


def test_a_wish_of_yesterday_is_not_recorded_over_todays(world: World) -> None:
    wish(world)
    old = world.scoped(host_to_prove)
    world.time_passes(minutes=1)
    wish(world, "nuevo.elamate.mx")
    answer = proof_of(host=HOST, nonce="n")
    world.scoped(lambda: record_proof(asked=old, answer=answer, nonce="n", now=world.now() + timedelta(0)))
    assert world.inside(lambda: Company.objects.get(pk=world.shop.company.pk)).host is None

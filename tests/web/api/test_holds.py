"""Voiding, locking and unlocking through the API; the note as text; codes for offline tills."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from amate.access.models import ApiKey
from amate.audit.models import Entry
from amate.companies.models import Branch, PortalPolicy
from amate.invoices.models import State
from amate.papers.dates import in_full
from amate.self_invoicing.codes import new_code, read_code, show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.register import new_ticket, window_on
from tests.people import FISICA
from tests.self_invoicing.test_register import a_sale
from tests.web.api.sales import sale
from tests.world import World

HAMMER = "/tickets/caja-1/A-1"
BLOCK = "/code-blocks"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


def put(world: World, **changes: Any) -> Any:
    return world.api("PUT", HAMMER, sale(**changes))


def only(world: World) -> Ticket:
    return world.scoped(lambda: Ticket.objects.get())


# ------------------------------------------------------------ void


def test_a_sale_is_voided_as_often_as_it_is_asked(world: World) -> None:
    put(world)
    for _ in range(2):
        answer = world.api("DELETE", f"{HAMMER}?reason=Se%20cobr%C3%B3%20dos%20veces")
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["state_reason"]) == ("void", "Se cobró dos veces")
    again = put(world)
    assert (again.status_code, again.json()["state"]) == (200, "void")


def test_an_invoiced_sale_is_not_voided_and_says_why(world: World) -> None:
    put(world)
    world.claim(only(world), FISICA)
    going = world.api("DELETE", HAMMER)
    assert (going.status_code, going["Content-Type"]) == (409, "application/problem+json")
    assert "espera a que termine" in going.json()["detail"]
    world.settle()
    done = world.api("DELETE", HAMMER)
    assert done.status_code == 409
    assert "lo que se cancela es la factura" in done.json()["detail"]


def test_a_sale_that_is_not_ours_is_not_found(world: World) -> None:
    world.api("PUT", HAMMER, sale(), shop=world.other)
    for method, path in (("DELETE", HAMMER), ("POST", f"{HAMMER}/unlock")):
        assert world.api(method, path).status_code == 404
    assert world.api("POST", f"{HAMMER}/lock", {"reason": "x"}).status_code == 404
    assert world.scoped(lambda: Ticket.objects.get().state, world.other) == "open"


@pytest.mark.parametrize("name", ["note.pdf", "note.txt", "note.escpos", "lock", "unlock"])
def test_a_sale_may_be_called_like_an_address(world: World, name: str) -> None:
    assert world.api("PUT", f"/tickets/caja-1/{name}", sale()).status_code == 201
    assert world.api("DELETE", f"/tickets/caja-1/{name}?reason=x").json()["state"] == "void"


# ------------------------------------------------------------ lock


def test_a_note_is_locked_and_unlocked(world: World) -> None:
    put(world)
    locked = world.api("POST", f"{HAMMER}/lock", {"reason": "Posible devolución"})
    assert (locked.status_code, locked.json()["state"]) == (200, "locked")
    opened = world.api("POST", f"{HAMMER}/unlock")
    assert (opened.status_code, opened.json()["state"], opened.json()["state_reason"]) == (200, "open", "")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 201}, {"reason": "x", "why": "y"}])
def test_a_lock_says_its_reason(world: World, body: dict[str, str]) -> None:
    put(world)
    assert world.api("POST", f"{HAMMER}/lock", body).status_code == 422


def test_a_key_that_only_reads_changes_nothing(world: World) -> None:
    put(world)
    world.inside(lambda: ApiKey.objects.update(scopes=["tickets:read"]))
    calls = [("DELETE", HAMMER, None), ("POST", f"{HAMMER}/lock", {"reason": "x"}), ("POST", f"{HAMMER}/unlock", None),
             ("POST", BLOCK, {"source": "caja-1", "count": 1})]  # fmt: skip
    for method, path, body in calls:
        assert world.api(method, path, body).status_code == 403, path
    assert only(world).state == "open"


# ------------------------------------------------------------ the note as text


@pytest.mark.parametrize(("paper", "columns"), [("58", 32), ("80", 42)])
@pytest.mark.parametrize("charset", ["utf-8", "cp850"])
def test_the_note_comes_as_text_for_a_till(world: World, paper: str, columns: int, charset: str) -> None:
    said = put(world).json()
    answer = world.api("GET", f"/tickets/{said['code']}/note.txt?papel={paper}&charset={charset}")
    text = answer.content.decode(charset)
    assert answer["Content-Type"] == f"text/plain; charset={charset}"
    assert said["code"] in text
    assert said["qr_url"] in text
    assert "Factura hasta el 18 de diciembre de 2026, 23:59" in " ".join(text.split())
    assert "¿Necesitas factura?" in text
    assert max(len(line) for line in text.splitlines() if "/f/" not in line) == columns


def test_each_print_by_a_key_is_in_the_audit(world: World) -> None:
    said = put(world).json()
    for paper in ("note.pdf?papel=58", "note.txt", "note.escpos"):
        assert world.api("GET", f"/tickets/{said['code']}/{paper}").status_code == 200
    entries = world.scoped(lambda: list(Entry.objects.filter(family="note").order_by("id")))
    assert [(one.act, one.detail) for one in entries] == [
        ("note.printed", {"medio": "pdf", "papel": "58"}),
        ("note.reprinted", {"medio": "txt", "papel": "80"}),
        ("note.reprinted", {"medio": "escpos", "papel": "80"}),
    ]
    assert {(one.actor_kind, one.about) for one in entries} == {
        ("key", f"ticket:{world.scoped(lambda: Ticket.objects.get().pk)}")
    }


def test_the_note_comes_as_commands_for_a_printer(world: World) -> None:
    said = put(world).json()
    answer = world.api("GET", f"/tickets/{said['code']}/note.escpos?papel=58")
    assert answer["Content-Type"] == "application/octet-stream"
    assert said["qr_url"].encode() in answer.content
    assert said["code"].encode() in answer.content


@pytest.mark.parametrize("query", ["note.pdf?papel=a4", "note.txt?papel=carta", "note.txt?charset=latin-1"])
def test_another_paper_is_refused_with_those_that_there_are(world: World, query: str) -> None:
    said = put(world).json()
    answer = world.api("GET", f"/tickets/{said['code']}/{query}")
    assert answer.status_code == 422
    assert "Escribe uno de estos" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("paper", ["58", "80", "carta"])
def test_the_note_comes_on_every_paper(world: World, paper: str) -> None:
    said = put(world).json()
    assert world.api("GET", f"/tickets/{said['code']}/note.pdf?papel={paper}").content.startswith(b"%PDF-")


# ------------------------------------------------------------ on credit


def test_a_sale_on_credit_says_ppd_and_99(world: World) -> None:
    answer = put(world, metodo_pago="PPD", forma_pago="99")
    assert (answer.status_code, answer.json()["metodo_pago"]) == (201, "PPD")
    text = world.api("GET", f"/tickets/{answer.json()['code']}/note.txt").content.decode()
    assert "A crédito, por pagar" in text
    invoice = world.claim(only(world), FISICA)
    world.settle()
    assert (world.invoice(invoice).state, world.invoice(invoice).metodo_pago) == (State.STAMPED, "PPD")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"forma_pago": "99"}, "/forma_pago"),
        ({"metodo_pago": "PPD"}, "/forma_pago"),
        ({"metodo_pago": "pue"}, "/metodo_pago"),
    ],
)
def test_pue_with_99_is_impossible(world: World, changes: dict[str, str], pointer: str) -> None:
    answer = put(world, **changes)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


# ------------------------------------------------------------ codes for offline tills


def reserve(world: World, count: int = 3, source: str = "caja-1") -> Any:
    return world.api("POST", BLOCK, {"source": source, "count": count})


def test_a_block_is_reserved_for_one_till(world: World) -> None:
    answer = reserve(world, 1000)
    said = answer.json()
    assert answer.status_code == 201
    assert len(set(said["codes"])) == 1000
    assert said["qr_start"] == f"http://127.0.0.1:8000/f/{world.shop.slug}/"


def test_an_offline_till_learns_until_when_its_sales_of_a_month_may_be_invoiced(world: World) -> None:
    """The very deadline that registering the sale of that day gives, in each branch, rules set for later included."""

    def set_up() -> None:
        today = world.today()
        north = Branch.objects.create(code="norte", nombre="Norte", cp="22000", serie="N")
        Branch.objects.create(code="cerrada", nombre="Cerrada", cp="44100", serie="C", closed_at=world.now())
        PortalPolicy.objects.create(
            effective_from=today + timedelta(days=9), window_days=None, until_month_end=True, grace_days=2
        )
        PortalPolicy.objects.create(branch=north, effective_from=today, window_days=3)

    world.scoped(set_up)
    said = reserve(world).json()["branches"]
    assert [one["zone"] for one in said] == ["America/Mexico_City", "America/Tijuana"]
    assert [one["branch"] for one in said] == [world.shop.branch.code, "norte"]
    assert said[0]["rule"] == "Cada compra se factura hasta 30 días naturales después."
    assert said[0]["days"][30]["rule"] == "Cada compra se factura hasta 2 días después de que termine su mes."
    for one in said:
        branch = world.scoped(lambda one=one: Branch.objects.get(code=one["branch"]))
        zone = ZoneInfo(one["zone"])
        first = world.now().astimezone(zone).date()
        assert [day["day"] for day in one["days"]] == [str(first + timedelta(days=n)) for n in range(31)]
        for day in one["days"]:
            late = datetime.combine(date.fromisoformat(day["day"]), time(23, 30), tzinfo=zone)
            ticket = world.scoped(lambda late=late, branch=branch: new_ticket(
                a_sale(world, sold_at=late), branch, code=new_code(), lines=[], digest=b"",
                window=window_on(branch, late.date()), now=late,
            ))  # fmt: skip
            assert datetime.fromisoformat(day["deadline"]) == ticket.deadline
            assert day["deadline_text"] == f"{in_full(ticket.deadline.astimezone(zone))}, {one['zone_text']}"


@pytest.mark.parametrize("count", [0, 1001, -1, 1.5, "3", True, None])
def test_a_block_has_its_limits(world: World, count: Any) -> None:
    assert world.api("POST", BLOCK, {"source": "caja-1", "count": count}).status_code == 422


def test_the_code_that_was_printed_offline_is_the_notes(world: World) -> None:
    said = reserve(world).json()
    code = said["codes"][0]
    answer = put(world, code=code.lower())
    assert (answer.status_code, answer.json()["code"]) == (201, code)
    assert answer.json()["qr_url"] == f"{said['qr_start']}{read_code(code)}/11600"
    assert put(world, code=code).status_code == 200
    assert put(world, code=said["codes"][1]).status_code == 409
    other = world.api("PUT", "/tickets/caja-1/A-2", sale(code=code))
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/code")


@pytest.mark.parametrize("code", ["7K4M-9QXW-2TRP", "7K4M-9QXW-2TRX", "", "x"])
def test_a_code_that_nobody_reserved_is_refused(world: World, code: str) -> None:
    answer = put(world, code=code)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/code"


def test_a_reserved_code_looks_to_a_buyer_like_none(world: World) -> None:
    codes = (reserve(world, 1).json()["codes"][0], show_code(new_code()))
    pages = []
    for code in codes:
        answer = world.inside(lambda code=code: Client().post(world.shop.portal, {"codigo": code, "total": "116.00"}))
        assert answer.status_code == 422
        pages.append(TOKEN.sub("", answer.content.decode().replace(code, "")))
    assert "No encontramos una nota con esos datos" in pages[0]
    assert pages[0] == pages[1]

"""A till gives back through the API: once a key, never more than is left, with every mistake at its field."""

from typing import Any

import pytest

from amate.audit.models import Entry
from amate.self_invoicing.models import Refund, Ticket
from tests.people import FISICA
from tests.web.api.sales import line, sale
from tests.world import World

SALE = "/tickets/caja-1/A-1"
BACK = f"{SALE}/refunds/D-1"
TWO = sale(lines=[line(), line(descripcion="Cinta", cantidad="4", precio="29.00")], total="232.00")


def put(world: World, body: dict[str, Any], path: str = BACK) -> Any:
    return world.api("PUT", path, {"reason": "No le quedó"} | body)


def test_given_back_once_however_often_it_is_sent(world: World) -> None:
    first = world.api("PUT", SALE, TWO).json()
    assert (first["refunded"], first["remaining"]) == ("0.00", "232.00")
    body = {"lines": [{"line": 2, "cantidad": "1"}], "total": "29.00"}
    made = put(world, body)
    assert made.status_code == 201, made.content
    said = made.json()
    assert (said["total"], said["remaining"], said["credit_note_uuid"]) == ("29.00", "203.00", None)
    assert said["lines"] == [{"line": 2, "cantidad": "1", "importe": None}]
    again = put(world, {"lines": [{"line": 2, "cantidad": "1.000"}], "total": "29.0"})
    assert (again.status_code, again.json()) == (200, said)
    assert put(world, {"lines": [{"line": 2, "cantidad": "2"}]}).status_code == 409
    repeated = world.api("PUT", SALE, TWO).json()
    assert (repeated["total"], repeated["refunded"], repeated["remaining"]) == ("232.00", "29.00", "203.00")
    entry = world.scoped(lambda: Entry.objects.get(act="ticket.refunded"))
    assert entry.detail["total"] == "29.00"

    world.claim(world.scoped(lambda: Ticket.objects.select_related("branch").get()), FISICA)
    world.settle()
    whole = put(world, {}, f"{SALE}/refunds/D-2")
    assert (whole.status_code, whole.json()["remaining"]) == (201, "0.00")
    assert whole.json()["credit_note_uuid"] is None
    world.settle()
    done = world.api("GET", f"{SALE}/refunds/D-2").json()
    assert world.api("GET", f"/invoices/{done['credit_note_uuid']}").json()["total"] == "203.00"
    none_left = put(world, {}, f"{SALE}/refunds/D-3")
    assert none_left.status_code == 409
    assert "no queda nada" in none_left.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lines": [{"line": 2, "cantidad": "5"}]}, "/lines/0/cantidad"),
        ({"lines": [{"line": 1, "importe": "116.01"}]}, "/lines/0/importe"),
        ({"lines": [{"line": 3, "cantidad": "1"}]}, "/lines/0/line"),
        ({"lines": [{"line": 1, "cantidad": "1", "importe": "1"}]}, "/lines/0"),
        ({"lines": [{"line": 1, "cantidad": "1"}], "importe": "5"}, "/importe"),
        ({"importe": "232.01"}, "/importe"),
        ({"importe": "0"}, "/importe"),
        ({"tipo_relacion": "04"}, "/tipo_relacion"),
        ({"forma_pago": "99"}, "/forma_pago"),
        ({"reason": " "}, "/reason"),
        ({"cantidad": "1"}, "/cantidad"),
    ],
)
def test_what_is_wrong_is_told_where_and_writes_nothing(world: World, body: dict[str, Any], pointer: str) -> None:
    world.api("PUT", SALE, TWO)
    answer = put(world, body)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])
    assert world.scoped(lambda: Refund.objects.count()) == 0


def test_another_amount_than_the_lines_are_worth_answers_with_both(world: World) -> None:
    world.api("PUT", SALE, TWO)
    answer = put(world, {"lines": [{"line": 2, "cantidad": "3"}], "total": "86.00"})
    assert (answer.status_code, answer.json()["said"], answer.json()["computed"]) == (422, "86.00", "87.00")


def test_on_credit_how_it_goes_back_must_be_said(world: World) -> None:
    world.api("PUT", SALE, TWO | {"forma_pago": "99", "metodo_pago": "PPD"})
    answer = put(world, {"importe": "32.00"})
    assert answer.json()["errors"][0]["pointer"] == "/forma_pago"
    assert put(world, {"importe": "32.00", "forma_pago": "15"}).json()["remaining"] == "200.00"

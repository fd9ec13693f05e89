"""Whatever is sent, the API keeps the contract of its own document and never answers 500."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from amate.companies.day import day_of
from amate.web.wsgi import application
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.api.sales import line, sale
from tests.web.office import desk
from tests.world import World

EXAMPLES = 40
K = {"external_id": "K"}
KEYED, PAYMENT = "/{}/{{external_id}}", "/payments/{source}/{external_id}"
# A body may keep the schema and still not add up, so "what the schema allows is accepted" cannot hold here.
LEFT_OUT = ("positive_data_acceptance",)
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def document(world: World) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def test_no_request_breaks_it(world: World, document: Any) -> None:
    left_out = _left_out()
    for found in document.get_all_operations():
        operation = found.ok()
        # In an address a list of one and the one look alike, and every type is a text.
        more = _checks("negative_data_rejection") if operation.path.startswith("/api/v1/standing") else []
        for mode in GenerationMode:
            _fuzz(operation, mode, left_out + more, key=world.shop.api_key)()


def _fuzz(operation: Any, mode: GenerationMode, left_out: list[Any], *, key: str) -> Callable[[], None]:
    @given(case=operation.as_strategy(generation_mode=mode))
    @BOUNDED
    def run(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=left_out)

    return run


NAMED = {"source": "caja-1", "external_id": "A-1"}
REFUND, BACK = "/tickets/{source}/{external_id}/refunds/{refund_id}", NAMED | {"refund_id": "D-1"}


def test_what_it_answers_is_what_its_document_promises(world: World, document: Any) -> None:
    """Random requests never find a real note; these do, and their answers are held to the schema."""
    invoice = desk.stamped(world)
    code = world.sale().code
    left_out = _left_out()
    Wheel(world).plan()
    today = world.scoped(lambda: day_of(world.now())).isoformat()
    begun = {"customer": "K", "plan": "internet", "starts_on": today}
    paid = {"customer": "K", "amount": "1.00", "forma_pago": "01"}
    asked = [
        ("PUT", KEYED.format("customers"), K, {"nombre": "Rosa"}, 201),
        ("PUT", KEYED.format("customers"), K, {"nombre": "Rosa"}, 200),
        ("GET", KEYED.format("customers"), K, None, 200),
        ("GET", "/customers", {}, None, 200),
        ("PUT", KEYED.format("subscriptions"), K, begun, 201),
        ("PUT", KEYED.format("subscriptions"), K, begun, 200),
        ("PUT", KEYED.format("subscriptions"), K, begun | {"label": "Otra"}, 409),
        ("GET", KEYED.format("subscriptions"), K, None, 200),
        ("GET", "/subscriptions", {}, None, 200),
        (
            "PUT",
            KEYED.format("subscriptions") + "/charges/{charge_id}",
            K | {"charge_id": "C"},
            {"concept": "GB", "amount": "1.00"},
            201,
        ),
        ("PUT", KEYED.format("subscriptions") + "/pause", K, {"from_on": today}, 200),
        ("DELETE", KEYED.format("subscriptions") + "/pause", K, None, 200),
        ("PUT", KEYED.format("subscriptions") + "/stop", K, {"reason": "Se muda"}, 200),
        ("PUT", PAYMENT, K | {"source": "caja"}, paid, 201),
        ("PUT", PAYMENT, K | {"source": "caja"}, paid, 200),
        ("GET", PAYMENT, K | {"source": "caja"}, None, 200),
        ("POST", f"{PAYMENT}/reverse", K | {"source": "caja"}, {"why": "cancelled", "reason": "x"}, 200),
        ("GET", "/receivables", {}, None, 200),
        ("PUT", "/tickets/{source}/{external_id}", {"source": "caja-1", "external_id": "A-1"}, sale(), 201),
        ("PUT", "/tickets/{source}/{external_id}", {"source": "caja-1", "external_id": "A-1"}, sale(), 200),
        ("PUT", "/tickets/{source}/{external_id}", {"source": "caja-1", "external_id": "A-1"}, sale(folio="R-2"), 409),
        ("PUT", "/tickets/{source}/{external_id}", {"source": "caja-1", "external_id": "A-2"}, sale(total="1"), 422),
        ("GET", "/tickets/{code}", {"code": code}, None, 200),
        ("GET", "/tickets/{code}/note.pdf", {"code": code}, None, 200),
        ("GET", "/tickets/{code}/note.txt", {"code": code}, None, 200),
        ("GET", "/tickets/{code}/note.escpos", {"code": code}, None, 200),
        ("POST", "/tickets/{source}/{external_id}/lock", NAMED, {"reason": "Posible devolución"}, 200),
        ("POST", "/tickets/{source}/{external_id}/unlock", NAMED, None, 200),
        ("PUT", REFUND, BACK, {"reason": "No le quedó", "lines": [{"line": 1, "importe": "16.00"}]}, 201),
        ("PUT", REFUND, BACK, {"reason": "No le quedó", "lines": [{"line": 1, "importe": "16.00"}]}, 200),
        ("PUT", REFUND, BACK, {"reason": "Otra cosa"}, 409),
        ("PUT", REFUND, BACK | {"refund_id": "D-2"}, {"reason": "Otra", "importe": "100.01"}, 422),
        ("GET", REFUND, BACK, None, 200),
        ("DELETE", "/tickets/{source}/{external_id}", NAMED, None, 200),
        ("POST", "/tickets/{source}/{external_id}/lock", NAMED, {"reason": "tarde"}, 409),
        ("POST", "/code-blocks", {}, {"source": "caja-1", "count": 3}, 201),
        ("GET", "/standing", {}, None, 200),
        ("GET", "/invoices/{uuid}", {"uuid": str(invoice.uuid)}, None, 200),
        ("GET", "/invoices/{uuid}.xml", {"uuid": str(invoice.uuid)}, None, 200),
        ("GET", "/invoices/{uuid}.pdf", {"uuid": str(invoice.uuid)}, None, 200),
    ]
    for method, path, named, body, status in asked:
        case = document[f"/api/v1{path}"][method].Case(
            path_parameters=named, **({"body": body, "media_type": "application/json"} if body else {})
        )
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {world.shop.api_key}"}, excluded_checks=left_out
        )
        assert answer.status_code == status, (method, path, answer.content)


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=60),
    st.sampled_from(
        ["0", "1", "1e9", "01", "002", "Exento", "Cuota", "9999999999.999999", "2026-11-18T12:41:00Z", " "]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=8), st.integers(), max_size=3),
)


def test_a_good_sale_with_one_thing_changed_is_taken_or_named(world: World) -> None:
    """Random bodies rarely come past the door; one change to a good sale reaches every rule behind it."""
    good = sale(
        lines=[line(descuento="0", objeto_imp="02"), line(no_identificacion="M-1", unidad="pieza")], total="232.00"
    )
    places = list(_places(good))
    statuses = set()

    @given(place=st.sampled_from(places), value=ANYTHING, number=st.integers(0, 10**6))
    @settings(BOUNDED, max_examples=300)
    def run(place: tuple[str | int, ...], value: Any, number: int) -> None:
        changed = json.loads(json.dumps(good))
        inner = changed
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        answer = world.api("PUT", f"/tickets/fuzz/{number}", changed)
        statuses.add(answer.status_code)
        assert answer.status_code in (200, 201, 409, 422), (place, value, answer.content)
        if answer.status_code == 422:
            assert all(error["pointer"].startswith("/") for error in answer.json()["errors"]), (place, value)

    run()
    assert {201, 422} <= statuses


def _places(value: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inside:
        yield (*here, step)
        yield from _places(one, (*here, step))


def _left_out() -> list[Any]:
    return _checks(*LEFT_OUT)


def _checks(*names: str) -> list[Any]:
    load_all_checks()
    return list(CHECKS.get_by_names(list(names)))

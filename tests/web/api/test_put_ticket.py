"""PUT /api/v1/tickets/{source}/{external_id}: every answer a till may get."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amate.companies.models import Branch
from amate.self_invoicing.codes import read_code
from amate.self_invoicing.models import Ticket
from tests.web.api.sales import IVA_16, line, sale
from tests.world import World

HAMMER = "/tickets/caja-1/A-1"


def test_the_first_time_it_is_created_with_its_code_and_its_deadline(world: World) -> None:
    answer = world.api("PUT", HAMMER, sale())
    said = answer.json()
    assert answer.status_code == 201
    assert read_code(said["code"]) == said["code_bare"] == said["code"].replace("-", "")
    assert said["state"] == "open"
    assert said["total"] == "116.00"
    assert said["deadline"] == "2026-12-18T23:59:59-06:00"
    assert said["deadline_text"] == "18 de diciembre de 2026, 23:59, hora del centro"
    assert said["qr_url"] == f"http://127.0.0.1:8000/f/{world.shop.slug}/{said['code_bare']}/11600"
    assert said["note_url"].endswith(f"/api/v1/tickets/{said['code_bare']}/note.pdf")
    assert (said["uuid"], said["origin"], said["invoice_url"]) == (None, None, None)


def test_the_deadline_is_told_in_the_hour_of_the_branch(world: World) -> None:
    said = world.api("PUT", HAMMER, sale(), shop=world.other).json()
    assert said["deadline"] == "2026-12-03T23:59:59-08:00"  # Tijuana, 15 days
    assert said["deadline_text"] == "3 de diciembre de 2026, 23:59, hora del noroeste"


def test_repeating_it_gives_the_same_note(world: World) -> None:
    first = world.api("PUT", HAMMER, sale())
    again = world.api("PUT", HAMMER, sale())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_the_same_numbers_written_otherwise_are_the_same_sale(world: World) -> None:
    first = world.api("PUT", HAMMER, sale()).json()
    otherwise = json.dumps(sale(total=116, lines=[line(cantidad="1.00", precio="@")])).replace('"@"', "116.000")
    again = world.client.put(
        f"/api/v1{HAMMER}", otherwise, content_type="application/json", headers=_bearer(world.shop.api_key)
    )
    assert again.status_code == 200
    assert again.json()["code"] == first["code"]


def test_a_number_is_read_by_its_digits_and_never_as_a_float(world: World) -> None:
    exact = "9876543210.123458"
    assert repr(float(exact)) != exact
    one = line(precio="@", impuestos=[{**IVA_16, "tasa_o_cuota": "0"}])
    said = json.dumps(sale(total="9876543210.12", lines=[one])).replace('"@"', exact)
    answer = world.client.put(
        f"/api/v1{HAMMER}", said, content_type="application/json", headers=_bearer(world.shop.api_key)
    )
    assert answer.status_code == 201, answer.content
    assert world.scoped(lambda: Ticket.objects.get().lines[0]["precio"]) == exact


def test_the_same_sale_with_other_content_is_a_conflict(world: World) -> None:
    world.api("PUT", HAMMER, sale())
    answer = world.api("PUT", HAMMER, sale(total="232.00", lines=[line(cantidad="2")]))
    assert answer.status_code == 409
    assert "total 116.00" in _problem(answer)["detail"]
    assert world.scoped(lambda: str(Ticket.objects.get().total)) == "116.00"


def test_a_total_that_does_not_add_up_is_answered_with_both_sums(world: World) -> None:
    answer = world.api("PUT", HAMMER, sale(total="116.01"))
    problem = _problem(answer)
    assert answer.status_code == 422
    assert (problem["said"], problem["computed"]) == ("116.01", "116.00")
    assert problem["errors"][0]["pointer"] == "/total"
    assert world.scoped(Ticket.objects.count) == 0


def test_prices_may_come_without_their_taxes(world: World) -> None:
    without = sale(prices_include_taxes=False, total="116.00", lines=[line(precio="100.00")])
    assert world.api("PUT", HAMMER, without).status_code == 201
    problem = _problem(world.api("PUT", "/tickets/caja-1/A-2", without | {"prices_include_taxes": True}))
    assert problem["computed"] == "100.00"


def test_no_tax_is_ever_supposed(world: World) -> None:
    bare = line()
    del bare["impuestos"]
    problem = _problem(world.api("PUT", HAMMER, sale(lines=[line(), bare], total="232.00")))
    assert [error["pointer"] for error in problem["errors"]] == ["/lines/1/impuestos"]
    assert "No suponemos ninguna tasa" in problem["errors"][0]["detail"]


def test_taxes_may_be_said_once_for_the_whole_sale(world: World) -> None:
    bare = line()
    del bare["impuestos"]
    assert world.api("PUT", HAMMER, sale(lines=[bare], default_impuestos=[IVA_16])).status_code == 201
    kept = world.scoped(lambda: Ticket.objects.get().lines[0]["impuestos"])
    assert [(tax["impuesto"], tax["tasa_o_cuota"]) for tax in kept] == [("002", "0.16")]


def test_a_line_without_taxes_says_so(world: World) -> None:
    untaxed = sale(lines=[line(impuestos=[], objeto_imp="01")], default_impuestos=[IVA_16])
    assert world.api("PUT", HAMMER, untaxed).status_code == 201
    assert world.scoped(lambda: Ticket.objects.get().lines[0]["impuestos"]) == []


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("no sold_at", {"sold_at": None}, "/sold_at"),
    ("no zone", {"sold_at": "2026-11-18T12:41:00"}, "/sold_at"),
    ("seconds since 1970", {"sold_at": 1795000000}, "/sold_at"),
    ("digits only", {"sold_at": "1795000000"}, "/sold_at"),
    ("before CFDI 4.0", {"sold_at": "2021-11-18T12:41:00-06:00"}, "/sold_at"),
    ("the first year", {"sold_at": "0001-01-01T00:00:00+14:00"}, "/sold_at"),
    ("a far future", {"sold_at": "9999-12-31T23:59:59-14:00"}, "/sold_at"),
    ("next month", {"sold_at": "2027-02-18T12:41:00-06:00"}, "/sold_at"),
    ("an unknown field", {"totl": "116.00"}, "/totl"),
    ("99 forma de pago", {"forma_pago": "99"}, "/forma_pago"),
    ("an unknown forma de pago", {"forma_pago": "77"}, "/forma_pago"),
    ("an unknown currency", {"moneda": "PES"}, "/moneda"),
    ("a currency we do not take", {"moneda": "USD"}, "/moneda"),
    ("an empty folio", {"folio": "  "}, "/folio"),
    ("a folio with NUL", {"folio": "A\x00B"}, "/folio"),
    ("a folio with half a character", {"folio": "A\ud800"}, "/folio"),
    ("a total with a comma", {"total": "1,160.00"}, "/total"),
    ("a total with three decimals", {"total": "116.000"}, "/total"),
    ("a negative total", {"total": "-116.00"}, "/total"),
    ("a total in powers of ten", {"total": "1.16e2"}, "/total"),
    ("true for a total", {"total": True}, "/total"),
    ("a word for a boolean", {"prices_include_taxes": "yes"}, "/prices_include_taxes"),
    ("an unknown branch", {"branch": "norte"}, "/branch"),
    ("no lines", {"lines": []}, "/lines"),
    ("lines that are not a list", {"lines": "uno"}, "/lines"),
    ("a line that is not an object", {"lines": ["uno"]}, "/lines/0"),
    ("no descripcion", {"lines": [line(descripcion=" ")]}, "/lines/0/descripcion"),
    ("a bar in descripcion", {"lines": [line(descripcion="a|b")]}, "/lines/0/descripcion"),
    ("a number for descripcion", {"lines": [line(descripcion=5)]}, "/lines/0/descripcion"),
    ("an unknown product key", {"lines": [line(clave_prod_serv="99999999")]}, "/lines/0/clave_prod_serv"),
    ("an unknown unit key", {"lines": [line(clave_unidad="ZZZ")]}, "/lines/0/clave_unidad"),
    ("an unknown objeto_imp", {"lines": [line(objeto_imp="09")]}, "/lines/0/objeto_imp"),
    ("taxes with objeto_imp 01", {"lines": [line(objeto_imp="01")]}, "/lines/0/objeto_imp"),
    ("a quantity of zero", {"lines": [line(cantidad="0")]}, "/lines/0/cantidad"),
    ("a price of zero", {"lines": [line(precio="0")]}, "/lines/0/precio"),
    ("seven decimals", {"lines": [line(precio="1.1234567")]}, "/lines/0/precio"),
    ("a discount of everything", {"lines": [line(descuento="116")]}, "/lines/0/descuento"),
    ("a retention", {"lines": [line(impuestos=[{**IVA_16, "retencion": True}])]}, "/lines/0/impuestos/0/retencion"),
    ("ISR", {"lines": [line(impuestos=[{**IVA_16, "impuesto": "001"}])]}, "/lines/0/impuestos/0/impuesto"),
    (
        "a factor of no catalogue",
        {"lines": [line(impuestos=[{**IVA_16, "tipo_factor": "Porcentaje"}])]},
        "/lines/0/impuestos/0",
    ),
    (
        "IVA of 15 %",
        {"lines": [line(impuestos=[{**IVA_16, "tasa_o_cuota": "0.15"}])]},
        "/lines/0/impuestos/0/tasa_o_cuota",
    ),
    ("IVA twice", {"lines": [line(impuestos=[IVA_16, IVA_16])]}, "/lines/0/impuestos"),
    ("a wrong default tax", {"default_impuestos": [{"impuesto": "004"}]}, "/default_impuestos/0/impuesto"),
]


def test_it_names_the_field_that_is_wrong(world: World) -> None:
    for what, change, pointer in WRONG:
        answer = world.api("PUT", HAMMER, sale(**change))
        assert answer.status_code == 422, what
        found = _problem(answer)["errors"]
        assert [error["pointer"] for error in found] == [pointer], what
        assert found[0]["detail"], what
    assert world.scoped(Ticket.objects.count) == 0


def test_it_names_every_wrong_field_at_once(world: World) -> None:
    wrong = sale(forma_pago="99", lines=[line(clave_unidad="ZZZ"), line(clave_prod_serv="1", objeto_imp="77")])
    found = {error["pointer"] for error in _problem(world.api("PUT", HAMMER, wrong))["errors"]}
    assert found == {
        "/forma_pago",
        "/lines/0/clave_unidad",
        "/lines/1/clave_prod_serv",
        "/lines/1/objeto_imp",
    }


def test_a_missing_field_is_named_in_spanish(world: World) -> None:
    short = sale()
    del short["folio"]
    assert _problem(world.api("PUT", HAMMER, short))["errors"] == [{"pointer": "/folio", "detail": "Falta este campo"}]


def test_a_name_of_the_address_that_cannot_be_kept_is_refused_by_its_name(world: World) -> None:
    for path, name in [
        ("/tickets/caja%201/A-1", "source"),
        ("/tickets/caja-1/A%00", "external_id"),
        (f"/tickets/{'c' * 41}/1", "source"),
    ]:
        answer = world.api("PUT", path, sale())
        assert answer.status_code == 422, path
        assert [error["parameter"] for error in _problem(answer)["errors"]] == [name]


def test_with_several_branches_the_sale_says_which(world: World) -> None:
    world.scoped(lambda: Branch.objects.create(code="norte", nombre="Norte", cp="22000", serie="N"))
    problem = _problem(world.api("PUT", HAMMER, sale()))
    assert problem["errors"][0]["pointer"] == "/branch"
    assert "centro, norte" in problem["errors"][0]["detail"]
    answer = world.api("PUT", HAMMER, sale(branch="norte"))
    assert answer.status_code == 201
    assert answer.json()["deadline"].endswith("-08:00")


def test_twenty_tills_at_once_make_one_ticket(world: World) -> None:
    def put(_: int) -> tuple[int, str]:
        try:
            answer = Client().put(
                f"/api/v1{HAMMER}", sale(), content_type="application/json", headers=_bearer(world.shop.api_key)
            )
            return answer.status_code, answer.json()["code"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as tills:
        answers = list(tills.map(put, range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({code for _, code in answers}) == 1
    assert world.scoped(Ticket.objects.count) == 1


def test_it_asks_few_queries(world: World) -> None:
    world.api("PUT", "/tickets/caja-1/warm", sale())
    with CaptureQueriesContext(connection) as seen:
        assert world.api("PUT", HAMMER, sale()).status_code == 201
    assert len(seen) <= 10, [query["sql"][:80] for query in seen]


def test_a_body_that_is_not_json_is_refused(world: World) -> None:
    for body in (b"{", b'{"total": NaN}', b"\xff\xfe", b"[" * 100_000):
        answer = _put_bytes(world, body)
        assert answer.status_code in (400, 422), body[:10]
        assert _problem(answer)["title"]


def test_another_media_type_is_refused(world: World) -> None:
    answer = _put_bytes(world, b"<venta/>", content_type="application/xml")
    assert answer.status_code == 415
    assert "application/json" in _problem(answer)["detail"]


def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    answer = _put_bytes(world, b'{"folio": "' + b"x" * 3_000_000 + b'"}')
    assert answer.status_code == 413
    assert "2.5 MB" in _problem(answer)["detail"]


def test_a_fault_of_ours_is_a_problem_and_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amate.web.api.tickets._answer", _broken)
    world.client.raise_request_exception = False
    answer = world.api("PUT", HAMMER, sale())
    assert answer.status_code == 500
    assert "No se guardó nada" in _problem(answer)["detail"]
    assert world.scoped(Ticket.objects.count) == 0


def _broken(*_: object) -> None:
    raise RuntimeError("a defect")


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _put_bytes(world: World, body: bytes, *, content_type: str = "application/json") -> Any:
    return world.client.generic(
        "PUT", f"/api/v1{HAMMER}", body, content_type=content_type, headers=_bearer(world.shop.api_key)
    )


def _problem(answer: Any) -> dict[str, Any]:
    """The problem of an answer, after what every problem has in common was checked."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:200]
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer["X-Request-Id"]
    return body

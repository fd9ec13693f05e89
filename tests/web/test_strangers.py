"""What a stranger may send and no form or till would: an answer, never a fault of ours."""

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import Client, RequestFactory

from amate.fiscal.rfc import GENERIC_NACIONAL
from tests.web.api.sales import line, sale
from tests.web.portal.buyer import Buyer
from tests.world import World

NUL = "\0"


@pytest.mark.parametrize("path", ["/f/%00/", "/f/tienda%00/datos/", "/oficina/%00/", "/f/%F0%9F%8C%B5/"])
def test_a_name_that_no_company_can_have_is_not_found(world: World, path: str) -> None:
    for client in (Client(), world.log_in()):
        assert _get(world, client, path).status_code == 404


@pytest.mark.parametrize("path", ["*", "/*", "//", "f", "/f"])
def test_a_path_that_is_none_is_not_found(world: World, path: str) -> None:
    request = WSGIRequest(RequestFactory().get("/").environ | {"PATH_INFO": path})
    assert WSGIHandler().get_response(request).status_code == 404


def test_nul_in_what_a_buyer_types_is_dropped_or_refused(world: World) -> None:
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    assert buyer.gives(rfc=GENERIC_NACIONAL, nombre=f"Ana{NUL}Ruiz").status_code == 422
    assert 'value="AnaRuiz"' in buyer.get("datos/").content.decode()
    for field in ("rfc", "nombre", "cp", "regimen_fiscal", "uso_cfdi", "correo"):
        assert buyer.gives(**{field: NUL}).status_code in (302, 422)
        assert buyer.post("datos/fiscal/", {field: NUL}).status_code == 200
    assert buyer.types(f"7K4M{NUL}", "1.00").status_code == 422
    assert buyer.types("7K4M-9QXW-2TRP", f"1{NUL}").status_code == 422
    assert buyer.get(f"?aviso={NUL}").status_code == 200
    buyer.client.cookies["amate_visita"] = NUL
    assert buyer.get("datos/").status_code == 302


def test_nul_in_what_staff_type_is_refused(world: World) -> None:
    assert world.inside(lambda: Client().post("/cuenta/login/", {"login": NUL, "password": NUL})).status_code == 200
    client = world.log_in()
    for room in ("facturas", "notas"):
        found = _get(world, client, f"{world.shop.office}{room}/?q=%00&antes=%00")
        assert found.status_code == 200


@pytest.mark.parametrize("field", ["folio", "branch", "forma_pago", "moneda"])
def test_nul_in_a_sale_is_refused_by_its_field(world: World, field: str) -> None:
    _refused(world.api("PUT", "/tickets/caja-1/A-1", sale(**{field: f"0{NUL}1"})), f"/{field}")


@pytest.mark.parametrize("field", ["descripcion", "unidad", "no_identificacion", "clave_unidad", "objeto_imp"])
def test_nul_in_a_line_is_refused_by_its_field(world: World, field: str) -> None:
    answer = world.api("PUT", "/tickets/caja-1/A-1", sale(lines=[line(**{field: f"0{NUL}1"})]))
    _refused(answer, f"/lines/0/{field}")


def test_nul_in_an_address_of_the_api_is_no_fault(world: World) -> None:
    assert world.api("PUT", "/tickets/caja%00/A-1", sale()).status_code == 422
    assert world.api("PUT", "/tickets/caja-1/A%00", sale()).status_code == 422
    for path in ("/tickets/%00", "/tickets/%00/note.pdf", "/invoices/%00", "/invoices/%00.xml"):
        assert world.api("GET", path).status_code == 404
    keyed = world.client.get("/api/v1/tickets/x", headers={"Authorization": f"Bearer amate_{NUL}"})
    assert keyed.status_code == 401


def test_a_till_may_name_its_sale_as_the_file_of_a_note(world: World) -> None:
    first = world.api("PUT", "/tickets/caja-1/note.pdf", sale())
    assert first.status_code == 201, first.content
    assert (first.json()["source"], first.json()["external_id"]) == ("caja-1", "note.pdf")
    assert world.api("PUT", "/tickets/caja-1/note.pdf", sale()).json()["code"] == first.json()["code"]
    assert world.api("GET", f"/tickets/{first.json()['code']}/note.pdf")["Content-Type"] == "application/pdf"
    assert world.api("PUT", "/tickets/caja%20/note.pdf", sale()).status_code == 422
    assert world.api("PUT", "/tickets/caja-1/note.pdf", {}).status_code == 422


def test_the_api_is_open_only_where_it_answers(world: World) -> None:
    assert world.client.get("/api/v1/openapi.json").status_code == 200
    assert world.client.get("/api/v1/docs").status_code == 401


def _refused(answer: Any, pointer: str) -> None:
    assert answer.status_code == 422, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def _get(world: World, client: Client, path: str) -> Any:
    return world.inside(lambda: client.get(path))


class Unread:
    """A body that nobody may touch."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [
        ("f/tienda/datos/", 7, 413),
        ("oficina/tienda/importar/", 90, 302),
        ("oficina/tienda/importar/", 200, 413),
        ("oficina/tienda/ajustes/marca/logotipo/", 40, 302),
        ("oficina/tienda/ajustes/sucursales/3/logotipo/", 90, 413),
    ],
)
def test_a_body_that_is_too_large_for_who_sends_it_is_not_read(
    world: World, path: str, megabytes: int, status: int
) -> None:
    stranger = Client(enforce_csrf_checks=True)
    more = {"CONTENT_LENGTH": str(megabytes * 1_000_000), "wsgi.input": Unread()}
    answer = world.inside(lambda: stranger.generic("POST", f"/{path}", b"", "multipart/form-data; boundary=x", **more))
    assert (answer.status_code, answer["Connection"]) == (status, "close")

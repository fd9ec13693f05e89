"""A line may name a product of the company's list: its keys, unit and taxes come from there."""

from decimal import Decimal
from typing import Any

from amate.companies.article import Article
from amate.companies.models import Product
from amate.companies.products import keep_product, retire_product
from amate.fiscal.catalogs import installed
from amate.fiscal.money import Impuesto
from amate.invoices.lines import lines_from_json
from amate.self_invoicing.models import Ticket
from tests.web.api.sales import IVA_16, line, sale
from tests.world import Shop, World

IVA_8 = Impuesto("002", "Tasa", Decimal("0.08"))


def keep(world: World, key: str = "MRT-16", *, shop: Shop | None = None, **changes: Any) -> int:
    said: dict[str, Any] = {
        "key": key,
        "descripcion": "Martillo de uña 16 oz",
        "clave_prod_serv": "27111602",
        "clave_unidad": "H87",
        "unidad": "Pieza",
        "objeto_imp": "02",
        "impuestos": (Impuesto("002", "Tasa", Decimal("0.16")),),
        "price": Decimal("116.00"),
        "prices_include_tax": True,
    }
    article = Article(**(said | changes))
    return world.scoped(
        lambda: keep_product(article=article, catalogs=installed(), day=world.today(), now=world.now()).pk, shop
    )


def put(world: World, *lines: dict[str, Any], total: str = "116.00", **more: Any) -> Any:
    return world.api("PUT", "/tickets/caja-1/P-1", sale(lines=list(lines), total=total, **more))


def sold(world: World) -> Any:
    (one,) = lines_from_json(world.scoped(lambda: Ticket.objects.get().lines))
    return one


def test_a_product_is_enough(world: World) -> None:
    keep(world)
    assert put(world, {"producto": "MRT-16", "cantidad": "1"}).status_code == 201
    one = sold(world)
    assert (one.clave_prod_serv, one.clave_unidad, one.unidad) == ("27111602", "H87", "Pieza")
    assert (one.descripcion, one.no_identificacion) == ("Martillo de uña 16 oz", "MRT-16")
    assert one.line.impuestos == (Impuesto("002", "Tasa", Decimal("0.16")),)
    assert one.line.precio == Decimal("116")


def test_what_the_line_says_wins(world: World) -> None:
    keep(world, impuestos=(IVA_8,))
    said = {
        "producto": "MRT-16",
        "cantidad": "2",
        "precio": "100",
        "descripcion": "Martillo",
        "no_identificacion": "de la caja",
        "unidad": "Caja",
        "impuestos": [IVA_16],
    }
    assert put(world, said, total="200.00").status_code == 201
    one = sold(world)
    assert (one.descripcion, one.unidad, one.no_identificacion) == ("Martillo", "Caja", "de la caja")
    assert one.line.impuestos == (Impuesto("002", "Tasa", Decimal("0.16")),)


def test_its_taxes_win_over_those_of_the_whole_sale(world: World) -> None:
    keep(world, impuestos=(IVA_8,))
    assert put(world, {"producto": "MRT-16", "cantidad": "1"}, default_impuestos=[IVA_16]).status_code == 201
    assert sold(world).line.impuestos == (IVA_8,)


def test_a_price_of_the_list_carries_its_taxes_as_the_list_says(world: World) -> None:
    keep(world, price=Decimal("100.00"), prices_include_tax=False)
    assert put(world, {"producto": "MRT-16", "cantidad": "1"}).status_code == 201
    assert sold(world).line.incluye_impuestos is False


def test_an_object_of_tax_of_the_list_is_kept(world: World) -> None:
    keep(world, objeto_imp="01", impuestos=())
    assert put(world, {"producto": "MRT-16", "cantidad": "1"}).status_code == 201
    assert sold(world).line.objeto_imp == "01"


def test_an_unknown_product_is_refused_at_its_line_with_the_nearest(world: World) -> None:
    keep(world)
    keep(world, "MRT-20", descripcion="Martillo de bola 20 oz")
    keep(world, "PAN", descripcion="Pan dulce")
    answer = put(world, line(), {"producto": "MRT16", "cantidad": "1"}, total="232.00")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/lines/1/producto"
    assert error["detail"].startswith(
        "No tienes un producto “MRT16”. Los más parecidos: MRT-16 (Martillo de uña 16 oz)"
    )
    assert "PAN" not in error["detail"]


def test_without_anything_near_it_says_what_to_do(world: World) -> None:
    (error,) = put(world, {"producto": "ZZZ-999", "cantidad": "1"}).json()["errors"]
    assert error["detail"] == "No tienes un producto “ZZZ-999”: agrégalo en Productos o corrige su clave"


def test_a_retired_product_and_another_companys_are_unknown(world: World) -> None:
    retired = keep(world)
    world.scoped(lambda: retire_product(product_id=retired, now=world.now()))
    keep(world, "AJENO", shop=world.other)
    for key in ("MRT-16", "AJENO", "MRT\u000016"):
        (error,) = put(world, {"producto": key, "cantidad": "1"}).json()["errors"]
        assert error["pointer"] == "/lines/0/producto"
        assert "Los más parecidos" not in error["detail"]


def test_a_product_without_a_price_asks_for_it_at_its_line(world: World) -> None:
    keep(world, price=None)
    (error,) = put(world, {"producto": "MRT-16", "cantidad": "1"}).json()["errors"]
    assert error == {
        "pointer": "/lines/0/precio",
        "detail": "El producto MRT-16 no tiene precio: escríbelo aquí",
    }


def test_a_line_without_a_product_still_says_everything(world: World) -> None:
    answer = put(world, {"cantidad": "1", "impuestos": [IVA_16]})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/lines/0/descripcion",
        "/lines/0/precio",
        "/lines/0/clave_prod_serv",
        "/lines/0/clave_unidad",
    }


def test_all_mistakes_come_at_once(world: World) -> None:
    answer = put(world, {"producto": "X", "cantidad": "1"}, line(clave_unidad="ZZZ"), folio="")
    said = {error["pointer"] for error in answer.json()["errors"]}
    assert said == {"/folio"} or {"/lines/0/producto", "/lines/1/clave_unidad"} <= said


def test_the_document_describes_it_with_an_example(world: World) -> None:
    schemas = world.client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert schemas["LineIn"]["required"] == ["cantidad"]
    assert "La clave de un producto de tu lista" in schemas["LineIn"]["properties"]["producto"]["description"]
    (example,) = schemas["SaleIn"]["examples"]
    keep(world, "CAF-1", descripcion="Café", price=Decimal("20"), clave_prod_serv="50201706")
    assert world.api("PUT", "/tickets/caja-1/ejemplo", example).status_code == 201, "the example is a sale that works"


def test_a_repetition_gives_the_same_note_whatever_became_of_the_product(world: World) -> None:
    product = keep(world)
    said = {"producto": "MRT-16", "cantidad": "1"}
    code = put(world, said).json()["code"]
    world.scoped(lambda: Product.objects.update(price=Decimal("232.00")))
    again = put(world, said)
    assert (again.status_code, again.json()["code"]) == (200, code)
    world.scoped(lambda: retire_product(product_id=product, now=world.now()))
    assert put(world, said).json()["code"] == code
    assert put(world, {**said, "cantidad": "2"}, total="232.00").status_code in (409, 422)

"""Productos in the back office."""

from decimal import Decimal
from typing import Any

import pytest

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.companies.models import Product
from tests.intake.files import commit, csv_of, read, upload
from tests.web.office.desk import Office
from tests.web.office.test_imports import post
from tests.world import World

CAFE = {
    "key": "CAF-1",
    "descripcion": "Café de Coatepec",
    "clave_prod_serv": "50201706",
    "clave_unidad": "h87",
    "iva": "0",
    "precio": "1,150.50",
}


def kept(world: World) -> list[Product]:
    return world.scoped(lambda: list(Product.objects.order_by("id")))


def test_a_product_is_added_changed_found_and_retired(world: World, office: Office) -> None:
    assert "Aún no tienes productos" in office.text("productos/")
    assert post(office, "productos/nuevo/", CAFE).status_code == 302
    [cafe] = kept(world)
    assert (cafe.clave_unidad, cafe.price, cafe.objeto_imp) == ("H87", Decimal("1150.5"), "02")
    assert cafe.taxes == [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0"}]
    page = office.text(f"productos/{cafe.pk}/")
    assert 'value="1,150.5"' in page
    post(office, f"productos/{cafe.pk}/", CAFE | {"iva": "0.16", "descripcion": "Café molido"})
    assert "Café molido" in office.text("productos/", q="molido")
    assert "Ningún producto es así" in office.text("productos/", q="té")
    post(office, f"productos/{cafe.pk}/retirar/")
    assert "Café molido quedó retirado" in office.text("productos/")
    assert "Café molido" not in office.text("productos/", q="caf")
    assert "Café molido" in office.text("productos/", estado="retirados")
    acts = world.scoped(lambda: list(Entry.objects.filter(about=f"product:{cafe.pk}").values_list("act", flat=True)))
    assert sorted(acts) == ["product.added", "product.changed", "product.retired"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"clave_prod_serv": "99999999"}, "El SAT no tiene la clave de producto"),
        ({"clave_unidad": "ZZZ"}, "El SAT no tiene la clave de unidad"),
        ({"precio": "doce"}, "no es un número"),
        ({"precio": "-1"}, "El precio es mayor que cero"),
        ({"descripcion": "a|b"}, "Quita la barra"),
        ({"key": ""}, "Escribe tu clave del producto"),
    ],
)
def test_a_product_that_could_not_be_invoiced_is_refused_at_the_field(
    world: World, office: Office, change: dict[str, str], sentence: str
) -> None:
    answer = post(office, "productos/nuevo/", CAFE | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert kept(world) == []


def test_a_key_is_added_once(world: World, office: Office) -> None:
    post(office, "productos/nuevo/", CAFE)
    answer = post(office, "productos/nuevo/", CAFE)
    assert answer.status_code == 422
    assert "Ya tienes un producto con esta clave" in answer.content.decode()


def test_the_sat_key_is_found_by_a_persons_words(office: Office, sat_keys: None) -> None:
    answer = post(office, "productos/nuevo/", {"descripcion": "Café", "palabras": "cafe", "buscar": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<dt class="mono">50201706</dt><dd>Café</dd>' in page, page
    assert 'value="Café"' in page
    assert "error-summary" not in page


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.COLLECTOR])
def test_who_may_not_keep_products_only_sees_them(world: World, office: Office, role: str) -> None:
    post(office, "productos/nuevo/", CAFE)
    [cafe] = kept(world)
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=role))
    assert "Agregar producto" not in office.text("productos/")
    assert "Guardar producto" not in office.text(f"productos/{cafe.pk}/")
    for path in ("nuevo/", f"{cafe.pk}/", f"{cafe.pk}/retirar/"):
        assert post(office, f"productos/{path}", CAFE | {"key": "otro"}).status_code == 403
    assert [one.is_active for one in kept(world)] == [True]


def test_a_list_of_products_is_imported_and_sales_name_them_by_key(world: World) -> None:
    heads: list[Any] = ["Clave", "Descripción", "Clave SAT", "Clave unidad", "IVA", "Precio"]
    rows = [heads, ["A-1", "Café", 50201706, "H87", "16%", "45.00"], ["A-2", "Pan", "1010101", "H87", "exento", ""]]
    batch = upload(world, csv_of(rows), kind="products", source="lista", name="productos.csv")
    assert batch.counts["new"] == 2, batch.errors
    commit(world, batch)
    assert [(one.key, one.clave_prod_serv, one.price) for one in kept(world)] == [
        ("A-1", "50201706", Decimal("45")),
        ("A-2", "01010101", None),
    ]
    day = world.now().strftime("%d/%m/%Y")
    sold: list[Any] = [["Folio", "Fecha", "Producto", "Cantidad"], ["N-1", day, "A-1", 2], ["N-2", day, "A-9", 1]]
    from amate.intake.options import Options

    found = read(world, csv_of(sold), options=Options(forma_pago="01"))
    assert (found.counts["new"], found.counts["total"]) == (1, "90.00")
    assert any("No tienes un producto “A-9”" in sentence for _, _, sentence in found.errors)


def test_an_import_changes_products_and_undo_retires_only_the_new_ones(world: World, office: Office) -> None:
    from tests.intake.files import undo

    post(office, "productos/nuevo/", CAFE)
    rows = [
        ["Clave", "Descripción", "Clave SAT", "Clave unidad", "IVA"],
        ["CAF-1", "Café nuevo", "50201706", "H87", "0"],
        ["PAN-1", "Pan", "50181903", "H87", "0"],
    ]
    batch = upload(world, csv_of(rows), kind="products", source="lista")
    assert (batch.counts["new"], batch.counts["changed"]) == (1, 1), batch.errors
    undo(world, commit(world, batch))
    assert [(one.key, one.descripcion, one.is_active) for one in kept(world)] == [
        ("CAF-1", "Café nuevo", True),
        ("PAN-1", "Pan", False),
    ]

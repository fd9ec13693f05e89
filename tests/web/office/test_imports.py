"""Importar in the back office: what a person sees and may do, from upload to undo."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amate.access.models import Membership, Role
from amate.customers.models import Customer
from amate.intake.models import Batch
from amate.intake.options import Options
from amate.self_invoicing.models import Ticket
from tests.intake import files
from tests.intake.files import csv_of, sales
from tests.web.office.desk import Office
from tests.world import World

OPTIONS = {"iva": "0.16", "clave_prod_serv": "90101500", "clave_unidad": "E48", "descripcion": "Consumo"}
COLUMNS = {"col_folio": "Folio", "col_fecha": "Fecha", "col_total": "Total", "col_forma_pago": "Forma de pago"}

KEMPER = ["EKU9003173C9", "ESCUELA KEMPER URGATE", "42501", "601"]


def post(office: Office, path: str, data: Any = None) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, data or {}))


def upload(office: Office, content: bytes, *, name: str = "ventas.csv", source: str = "caja") -> Any:
    file = SimpleUploadedFile(name, content)
    return post(office, "importar/", {"kind": "sales", "source": source, "file": file})


def the_batch(world: World) -> Any:
    return world.scoped(lambda: Batch.objects.latest("id"))


def play(role: str, world: World) -> None:
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=role))


def test_a_person_imports_corrects_registers_and_undoes(world: World, office: Office) -> None:
    rows = sales(world, 3)
    rows[2][2] = "doce"
    answer = upload(office, csv_of(rows))
    path = answer["Location"].removeprefix(world.shop.office)
    assert "Estamos leyendo tu archivo" in office.text(path)
    world.settle()
    page = office.text(path)
    assert "Renglones con error" in page
    assert "No suponemos ninguna tasa" in page
    shown = office.text(path + "columnas/")
    assert "Así empieza tu archivo" in shown
    assert '<option value="Folio" selected>Folio (como F-1)</option>' in shown
    assert post(office, path + "columnas/", COLUMNS | OPTIONS)["Location"] == answer["Location"]
    world.settle()
    page = office.text(path)
    assert "“doce” no es un número" in page
    assert "Registrar 2 ventas por $205.00" in page
    post(office, path + "registrar/")
    assert "marca la casilla para dejarlos fuera" in office.text(path)
    assert world.scoped(lambda: Ticket.objects.count()) == 0
    post(office, path + "registrar/", {"sin_errores": "1"})
    world.settle()
    assert "Deshacer esta importación" in office.text(path)
    assert world.scoped(lambda: Ticket.objects.count()) == 2
    post(office, path + "deshacer/")
    world.settle()
    assert "<dt>Deshechas</dt><dd>2</dd>" in office.text(path)
    assert "Deshecha" in office.text("importar/")


def test_the_errors_are_a_csv_that_excel_opens(world: World, office: Office) -> None:
    rows = sales(world, 1)
    rows[1][1] = "=HYPERLINK(1)"
    upload(office, csv_of(rows))
    world.settle()
    batch = the_batch(world)
    answer = office.get(f"importar/{batch.pk}/errores.csv")
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeffRenglón,Columna,Qué corregir\r\n2,Fecha de la venta,")
    assert answer["Content-Type"].startswith("text/csv")


def test_the_page_asks_by_itself_until_the_work_is_done(world: World, office: Office) -> None:
    path = upload(office, csv_of(sales(world, 1)))["Location"]
    asks = {"HTTP_HX_REQUEST": "true"}
    same = world.inside(lambda: office.client.get(path + "?fase=uploaded-0", **asks))
    assert same.status_code == 204
    moved = world.inside(lambda: office.client.get(path + "?fase=uploaded-7", **asks))
    assert 'data-live="' in moved.content.decode()
    world.settle()
    done = world.inside(lambda: office.client.get(path + "?fase=uploaded-0", **asks))
    assert done["HX-Refresh"] == "true"


def test_a_file_that_is_no_table_says_what_to_do(world: World, office: Office) -> None:
    path = upload(office, b"%PDF-1.4", name="ventas.pdf")["Location"].removeprefix(world.shop.office)
    world.settle()
    page = office.text(path)
    assert "Es un PDF: pide a tu sistema el reporte en Excel o en CSV" in page
    assert "No se registró nada" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "sales", "source": "caja"}, "Elige un archivo"),
        ({"kind": "sales", "source": "caja uno!"}, "Usa letras sin acento"),
        ({"kind": "sales", "source": ""}, "Escribe un nombre para este origen"),
    ],
)
def test_a_bad_upload_is_told_at_its_field(office: Office, data: dict[str, Any], sentence: str) -> None:
    answer = post(office, "importar/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "<title>Error: " in page


def test_a_mapping_without_the_needed_columns_is_refused_at_the_field(world: World, office: Office) -> None:
    upload(office, csv_of(sales(world, 1)))
    world.settle()
    answer = post(office, f"importar/{the_batch(world).pk}/columnas/", {"col_folio": "Folio", "col_fecha": "Fecha"})
    assert answer.status_code == 422
    assert "Falta decir qué columna tiene el total, el precio o el importe" in answer.content.decode()


def test_the_same_file_is_recognised(world: World, office: Office) -> None:
    content = csv_of(sales(world, 1))
    upload(office, content)
    world.settle()
    post(office, f"importar/{the_batch(world).pk}/columnas/", COLUMNS | OPTIONS)
    world.settle()
    post(office, f"importar/{the_batch(world).pk}/registrar/")
    world.settle()
    upload(office, content)
    world.settle()
    page = office.text(f"importar/{the_batch(world).pk}/")
    assert "Este mismo archivo ya se registró" in page
    assert "No hay nada que registrar: todo lo bueno ya estaba." in page


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.COLLECTOR])
def test_who_may_not_import_sees_and_changes_nothing(world: World, office: Office, role: str) -> None:
    upload(office, csv_of(sales(world, 1)))
    world.settle()
    batch = the_batch(world)
    play(role, world)
    assert "hace falta el papel" in office.text("importar/")
    assert office.get(f"importar/{batch.pk}/").status_code == 200
    assert upload(office, b"Folio,Total\n1,2\n").status_code == 403
    for path in ("columnas/", "registrar/", "deshacer/"):
        assert post(office, f"importar/{batch.pk}/{path}", COLUMNS).status_code == 403
    assert world.scoped(lambda: Batch.objects.count()) == 1


def test_the_columns_of_customers_are_chosen_on_a_page(world: World, office: Office) -> None:
    odd = csv_of([["A", "B", "C", "D"], KEMPER])
    batch = files.upload(world, odd, kind="customers")
    assert batch.state == "asking"
    path = f"importar/{batch.pk}/"
    shown = office.text(path + "columnas/")
    assert "col_rfc" in shown
    assert 'name="iva"' not in shown
    batch = files.remap(world, batch, {"rfc": "A", "nombre": "B", "cp": "C", "regimen_fiscal": "D"}, Options())
    assert (batch.state, batch.counts["new"]) == ("read", 1)
    assert "Guardar 1 cliente</button>" in office.text(path)
    files.commit(world, batch)
    assert "Quita los clientes que agregó" in office.text(path)
    who = world.scoped(lambda: Customer.objects.get(rfc="EKU9003173C9").pk)
    assert "Un archivo importado" in office.text(f"clientes/{who}/")


@pytest.mark.parametrize(
    ("kind", "lacks", "offered", "not_offered"),
    [("balances", "col_referencia", "iva", "forma_pago"), ("subscribed", "col_inicio", "month_first", "iva")],
)
def test_what_moves_in_asks_for_its_own_columns(
    world: World, office: Office, kind: str, lacks: str, offered: str, not_offered: str
) -> None:
    batch = files.upload(world, csv_of([["A", "B", "C"], ["EKU9003173C9", "internet", "10.00"]]), kind=kind)
    assert batch.state == "asking"
    path = f"importar/{batch.pk}/"
    shown = office.text(path + "columnas/")
    assert f'name="{offered}"' in shown
    assert f'name="{not_offered}"' not in shown
    said = {"col_cliente": "A"} | ({"col_saldo": "C"} if kind == "balances" else {"col_plan": "B"})
    answer = post(office, path + "columnas/", said)
    assert answer.status_code == 422
    assert f'href="#id_{lacks}"' in answer.content.decode()

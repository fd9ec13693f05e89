"""Earlier CFDI in the back office: what a person sees from upload to undo, what is missing, and what looks subscribed."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amate.access.models import Role
from amate.billing_cycle.subscriptions.models import Plan
from tests.intake.files import upload as upload_of
from tests.intake.old_cfdi import zip_of
from tests.intake.test_past import YEAR
from tests.web.office.desk import Office
from tests.web.office.test_imports import play, post, the_batch
from tests.world import World


def bring(office: Office, content: bytes) -> str:
    file = SimpleUploadedFile("2026.zip", content)
    answer = post(office, "importar/", {"kind": "cfdi", "source": "sistema-anterior", "file": file})
    office.world.settle()
    return str(answer["Location"]).removeprefix(office.world.shop.office)


def rows_of(office: Office, path: str) -> list[list[str]]:
    text = office.get(path).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_person_brings_a_year_looks_at_it_and_takes_it_back(world: World, office: Office) -> None:
    assert "Facturas anteriores (XML en un ZIP)" in office.text("importar/?tipo=cfdi")
    path = bring(office, zip_of({name: content for name, content in YEAR.items() if name != "pagos/P-1.xml"}))
    page = office.text(path)
    for said in (
        "Archivos leídos", "5 facturas, 1 nota de crédito, 1 complemento de pago; 1 cancelado",
        "<b>3</b> por $2904.00", "8 renglones", "1 concepto parece suscripción", "Guardar 7 CFDI",
    ):  # fmt: skip
        assert said in page, said
    assert "Cambiar qué es cada columna" not in page
    assert office.get(path + "columnas/").status_code == 302
    missing = office.text(path + "faltantes/")
    assert "Falta el complemento de la parcialidad 1" in missing
    assert "Internet 20 Mbps" in missing
    heads, *gaps = rows_of(office, path + "faltantes.csv")
    assert (heads[0], len(gaps)) == ("Qué falta", 2)
    post(office, path + "registrar/")
    world.settle()
    assert "Deshacer esta importación" in office.text(path)
    post(office, path + "deshacer/")
    world.settle()
    assert "Saldos, clientes y productos deshechos" in office.text(path)


def test_what_looks_subscribed_is_a_file_that_the_import_of_subscriptions_reads(world: World, office: Office) -> None:
    path = bring(office, zip_of(YEAR))
    post(office, path + "registrar/")
    world.settle()
    heads, row = rows_of(office, path + "suscripciones.csv")
    assert row[:5] == ["EKU9003173C9", "Internet 20 Mbps", "2026-01-05", "2026-04-05", "1"]
    assert row[-1] == "1000"
    assert world.scoped(lambda: Plan.objects.count()) == 0
    content = office.get(path + "suscripciones.csv").content
    batch = upload_of(world, content, kind="subscribed", source="propuestas")
    assert (batch.source.mapping["cliente"], batch.source.mapping["siguiente"]) == ("RFC", "Siguiente factura")
    assert "No tienes un plan “Internet 20 Mbps” a la venta" in batch.errors[0][2]


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.COLLECTOR])
def test_who_may_not_import_sees_no_names_of_what_is_missing(world: World, office: Office, role: str) -> None:
    path = bring(office, zip_of(YEAR))
    play(role, world)
    assert office.get(path).status_code == 200
    assert "faltantes/" not in office.text(path)
    for name in ("faltantes/", "faltantes.csv", "suscripciones.csv"):
        assert office.get(path + name).status_code == 403
    assert the_batch(world).state == "read"

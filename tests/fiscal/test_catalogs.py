"""CAT-1, CAT-2: sizes against the SAT's schema, small tables against the outside catalogues."""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from amate.fiscal.catalogs import LARGE, SMALL, derive, installed, load, name_of, sat_name, search_rows
from amate.fiscal.tables.entry import Entry
from amate.fiscal.tables.impuestos import TASAS
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.tables.personas import REGIMENES, USOS
from tests.corpus import CORPUS, needs_corpus

TODAY = date(2026, 11, 21)
XS = "{http://www.w3.org/2001/XMLSchema}"


def outside(name: str) -> list[dict[str, str]]:
    with (CORPUS / "catalogs" / f"cfdi_40_{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def a_date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def schema() -> dict[str, set[str]]:
    """Every enumeration of catCFDI.xsd, read by a real parser: the product reads it as text."""
    spec = find_spec("satcfdi")
    assert spec is not None
    folder = Path((spec.submodule_search_locations or [])[0]) / "transform" / "schemas"
    root = etree.parse(str(folder / "www.sat.gob.mx" / "sitio_internet" / "cfd" / "catalogos" / "catCFDI.xsd"))
    return {
        simple.get("name", ""): {value.get("value", "") for value in simple.iter(f"{XS}enumeration")}
        for simple in root.iter(f"{XS}simpleType")
    }


def test_the_large_sets_are_those_of_the_schema(schema: Mapping[str, set[str]]) -> None:
    catalogs = installed()
    assert catalogs.codigos_postales == schema["c_CodigoPostal"]
    assert catalogs.claves_prod_serv == schema["c_ClaveProdServ"]
    assert catalogs.claves_unidad == schema["c_ClaveUnidad"]
    assert catalogs.monedas == schema["c_Moneda"]
    assert catalogs.paises == schema["c_Pais"]
    assert [len(catalogs.read(name)) for name in LARGE] == [95_749, 52_747, 2_418, 183, 250]


def test_the_small_tables_are_the_schema_less_its_dead_keys(schema: Mapping[str, set[str]]) -> None:
    dead = {
        "c_UsoCFDI": {"P01"},
        "c_RegimenFiscal": {"609", "628", "629", "630"},
        "c_TipoRelacion": {"08", "09"},
    }
    for catalog, table in SMALL.items():
        assert schema[catalog] == set(table) | dead.get(catalog, set()), catalog


def test_what_is_derived_is_what_is_loaded(tmp_path: Path) -> None:
    derive(tmp_path)
    loaded = load(tmp_path)
    assert loaded == installed()
    assert loaded.version.startswith("satcfdi ")
    assert all(loaded.read(name) == installed().read(name) for name in LARGE)
    assert loaded.claves_unidad is loaded.claves_unidad


def test_a_folder_that_was_not_finished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path)


def test_nobody_lives_at_00000() -> None:
    catalogs = installed()
    assert "00000" in catalogs.codigos_postales
    assert not catalogs.is_address("00000")
    assert catalogs.is_address("06700")
    assert not catalogs.is_address("6700")


@needs_corpus
@pytest.mark.parametrize(
    ("file", "catalog"),
    [
        ("exportaciones", "exportacion"),
        ("formas_pago", "forma_pago"),
        ("impuestos", "impuesto"),
        ("meses", "meses"),
        ("metodos_pago", "metodo_pago"),
        ("objetos_impuestos", "objeto_imp"),
        ("periodicidades", "periodicidad"),
        ("regimenes_fiscales", "regimen_fiscal"),
        ("tipos_comprobantes", "tipo_de_comprobante"),
        ("tipos_factores", "tipo_factor"),
        ("tipos_relaciones", "tipo_relacion"),
        ("usos_cfdi", "uso_cfdi"),
    ],
)
def test_keys_and_dates_are_those_of_the_outside_table(file: str, catalog: str) -> None:
    ours: Mapping[str, Entry] = SMALL[sat_name(catalog)]
    rows = outside(file)
    assert [row["id"] for row in rows] == list(ours)
    for row in rows:
        entry = ours[row["id"]]
        if row["vigencia_desde"]:  # payroll has none there
            assert entry.desde == a_date(row["vigencia_desde"])
        assert entry.hasta == a_date(row["vigencia_hasta"])


@needs_corpus
def test_regimes_and_uses_apply_to_the_persons_of_the_outside_table() -> None:
    for row in outside("regimenes_fiscales"):
        regimen = REGIMENES[row["id"]]
        assert (regimen.fisica, regimen.moral) == (row["aplica_fisica"] == "1", row["aplica_moral"] == "1")
    for row in outside("usos_cfdi"):
        uso = USOS[row["id"]]
        assert (uso.fisica, uso.moral) == (row["aplica_fisica"] == "1", row["aplica_moral"] == "1")
        assert uso.regimenes == {key.strip() for key in row["regimenes_fiscales_receptores"].split(",")}


@needs_corpus
def test_rates_are_those_of_the_outside_table() -> None:
    taxes = {"IVA": "002", "IVA Crédito aplicado del 50%": "002", "IEPS": "003", "ISR": "001"}
    theirs = {
        (
            taxes[row["impuesto"]],
            row["factor"],
            Decimal(row["minimo"]) if row["minimo"] else None,
            Decimal(row["valor"]),
            row["traslado"] == "1",
            row["retencion"] == "1",
            a_date(row["vigencia_desde"]),
        )
        for row in outside("reglas_tasa_cuota")
    }
    assert theirs == {(t.impuesto, t.factor, t.minimo, t.valor, t.traslado, t.retencion, t.desde) for t in TASAS}


@needs_corpus
def test_currencies_have_the_decimals_of_the_outside_table() -> None:
    rows = outside("monedas")
    assert {row["id"] for row in rows} == installed().monedas
    assert all(decimals_of(row["id"]) == int(row["decimales"]) for row in rows)


@needs_corpus
def test_countries_are_those_of_the_outside_table() -> None:
    assert {row["id"] for row in outside("paises")} == installed().paises


def test_a_key_is_valid_from_its_first_day() -> None:
    catalogs = installed()
    assert not catalogs.is_valid("objeto_imp", "06", date(2024, 12, 12))
    assert catalogs.is_valid("objeto_imp", "06", date(2024, 12, 13))
    assert not catalogs.is_valid("c_UsoCFDI", "P01", TODAY)
    assert not catalogs.is_valid("regimen_fiscal", "609", TODAY)
    assert [entry.clave for entry in catalogs.entries("objeto_imp", date(2022, 1, 1))] == ["01", "02", "03"]


@pytest.mark.parametrize(
    ("impuesto", "factor", "tasa", "retencion", "exists"),
    [
        ("002", "Tasa", "0.160000", False, True),
        ("002", "Tasa", "0.15", False, False),
        ("002", "Tasa", "0.106667", True, True),
        ("002", "Tasa", "0.106667", False, False),
        ("001", "Tasa", "0.35", True, True),
        ("001", "Tasa", "0.350001", True, False),
        ("003", "Tasa", "0.03", False, True),
        ("003", "Tasa", "0.03", True, False),
        ("003", "Cuota", "72.1605", False, True),
        ("003", "Cuota", "72.160501", False, False),
    ],
)
def test_a_rate_exists_or_not(impuesto: str, factor: str, tasa: str, retencion: bool, exists: bool) -> None:
    catalogs = installed()
    assert catalogs.is_rate(impuesto, factor, Decimal(tasa), retencion=retencion, as_of=TODAY) == exists


def test_an_older_document_is_held_to_the_latest_ceiling_of_the_quota() -> None:
    assert installed().is_rate("003", "Cuota", Decimal("6.4555"), retencion=False, as_of=date(2024, 5, 1))


@pytest.mark.parametrize(
    ("catalog", "key", "name"),
    [
        ("regimen_fiscal", "601", "General de Ley Personas Morales"),
        ("c_UsoCFDI", "G03", "Gastos en general"),
        ("uso_cfdi", "P01", None),
        ("forma_pago", "03", "Transferencia electrónica de fondos"),
        ("c_TipoDeComprobante", "I", "Ingreso"),
        ("moneda", "MXN", "Peso mexicano"),
        ("moneda", "AED", "Dirham de EAU"),
        ("c_ClaveUnidad", "H87", "Pieza"),
        ("clave_unidad", "E48", "Unidad de servicio"),
        ("clave_prod_serv", "01010101", "No existe en el catálogo"),
        ("clave_prod_serv", "00000000", None),
        ("codigo_postal", "06700", None),
    ],
)
def test_keys_have_names(catalog: str, key: str, name: str | None) -> None:
    assert name_of(catalog, key) == name


def test_an_unknown_catalogue_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        name_of("c_Nada", "1")


def test_the_search_rows_are_keys_the_schema_accepts_each_once_with_a_text() -> None:
    rows = list(search_rows())
    keys = [(catalog, key) for catalog, key, *_ in rows]
    assert len(set(keys)) == len(keys)
    prod_serv = {key for catalog, key in keys if catalog == "clave_prod_serv"}
    unidad = {key for catalog, key in keys if catalog == "clave_unidad"}
    assert prod_serv <= installed().claves_prod_serv
    assert unidad == installed().claves_unidad
    assert len(installed().claves_prod_serv - prod_serv) < 300
    assert all(row.text.strip() for row in rows)

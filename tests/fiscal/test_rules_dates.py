"""A key of a catalogue is good between its days: one that expired yesterday is refused with the day it ended."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from amate.fiscal.catalogs import SMALL, installed
from amate.fiscal.check import check_cfdi
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.keys import Rates, not_in
from amate.fiscal.rules.validate import validate
from amate.fiscal.seal import seal
from amate.fiscal.tables import comprobante, impuestos, personas
from amate.fiscal.tables.entry import Entry
from amate.fiscal.xml import parse
from tests.fiscal import minting
from tests.fiscal.altered import spoil
from tests.fiscal.documents import FECHA, invoice

YESTERDAY = date(2026, 11, 19)
EDITION = dataclasses.replace(
    installed(),
    version="another edition",
    small={
        **SMALL,
        "c_FormaPago": {
            "01": Entry("01", "Vigente", date(2022, 1, 1)),
            "02": Entry("02", "Hasta ayer", hasta=YESTERDAY),
        },
    },
    limits={
        "clave_prod_serv": {"81112101": (date(2022, 1, 1), YESTERDAY)},
        "clave_unidad": {"E48": (date(2026, 11, 21), None)},
        "codigo_postal": {"86000": (date(2022, 1, 1), YESTERDAY), "54700": (date(2022, 1, 1), YESTERDAY)},
        "moneda": {"MXN": (date(2022, 1, 1), YESTERDAY)},
    },
)
SOUND = seal(invoice(), minting.csd()).xml


def test_a_key_is_good_on_its_last_day_and_no_longer() -> None:
    assert not_in(EDITION, "c_FormaPago", "02", YESTERDAY) is None
    said = not_in(EDITION, "c_FormaPago", "02", date(2026, 11, 20))
    assert said == "“02” dejó de valer en c_FormaPago el 19/11/2026: elige una clave vigente."


def test_a_key_is_not_good_before_its_day_nor_without_a_row() -> None:
    early = not_in(EDITION, "c_FormaPago", "01", date(2021, 12, 31))
    assert early == "“01” entra en vigor en c_FormaPago el 01/01/2022: para el 31/12/2021 elige otra clave."
    assert not_in(EDITION, "c_FormaPago", "03", FECHA.date()) == "“03” no está en el catálogo c_FormaPago."


def test_the_large_catalogues_have_their_days_in_a_newer_edition() -> None:
    """What a person adopted counts, not only what came with the package: the same invoice, good yesterday."""
    codes = {found.code: found.message for found in validate(parse(SOUND), catalogs=EDITION)}
    assert {"CFDI40113", "CFDI40126", "CFDI40148", "CFDI40162", "CFDI40165"} <= set(codes)
    assert "dejó de valer en c_ClaveProdServ el 19/11/2026" in codes["CFDI40162"]
    assert "entra en vigor en c_ClaveUnidad el 21/11/2026" in codes["CFDI40165"]
    until_then = validate(parse(SOUND), catalogs=EDITION, as_of=YESTERDAY)
    assert {found.code for found in until_then if found.severity == "error"} == {"CFDI40104", "CFDI40165"}


def test_a_rate_of_a_newer_edition_counts() -> None:
    rate = impuestos.Tasa("002", "Tasa", Decimal("0.17"), traslado=True, desde=FECHA.date())
    rates = Rates(dataclasses.replace(installed(), tasas=(rate,)), FECHA.date())
    assert rates.has("002", "Tasa", Decimal("0.170000"), retencion=False)
    assert not rates.has("002", "Tasa", Decimal("0.160000"), retencion=False)
    assert not rates.has("002", "Tasa", None, retencion=False)


def said_of(root: etree._Element, code: str) -> list[Finding]:
    return [found for found in validate(root, catalogs=installed()) if found.code == code]


@pytest.mark.parametrize(
    ("table", "key", "code", "where"),
    [
        (comprobante.FORMAS_PAGO, "03", "CFDI40104", "@FormaPago"),
        (comprobante.EXPORTACIONES, "01", "CFDI40123", "@Exportacion"),
        (personas.REGIMENES, "601", "CFDI40140", "Emisor/@RegimenFiscal"),
        (personas.REGIMENES, "603", "CFDI40157", "Receptor/@RegimenFiscalReceptor"),
        (personas.USOS, "G03", "CFDI40160", "Receptor/@UsoCFDI"),
        (impuestos.OBJETOS_IMP, "02", "CFDI40170", "Conceptos/Concepto/@ObjetoImp"),
    ],
)
def test_what_expired_yesterday_is_refused_at_its_field(
    table: dict[str, Entry], key: str, code: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = date(2026, 11, 19)
    assert FECHA.date() == date(2026, 11, 20)
    monkeypatch.setitem(table, key, Entry(key, "la que acabó ayer", hasta=yesterday))
    (found,) = said_of(parse(SOUND), code)
    assert (found.severity, found.where) == ("error", where)
    assert "dejó de valer" in found.message
    assert "19/11/2026" in found.message


def test_a_document_of_the_last_day_is_still_held_to_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(comprobante.FORMAS_PAGO, "03", Entry("03", "la que acabó ayer", hasta=date(2026, 11, 19)))
    root = parse(SOUND)
    spoil(root, "./@Fecha=2026-11-19T23:59:59")
    assert said_of(root, "CFDI40104") == []
    assert "CFDI40104" in check_cfdi(etree.tostring(root), seals=False, as_of=date(2026, 11, 20)).codes


def test_a_rate_has_its_days_too() -> None:
    rate = impuestos.Tasa("002", "Tasa", impuestos.TASAS[1].valor, traslado=True, hasta=date(2026, 11, 19))
    assert rate.holds(rate.valor, date(2026, 11, 19))
    assert not rate.holds(rate.valor, date(2026, 11, 20))

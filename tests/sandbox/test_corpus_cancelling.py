"""The outside cases of cancellation, each played at the simulated SAT: the code and the standing it names are ours."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from amate.sandbox.pac.state import Document
from tests.corpus import CORPUS, needs_corpus
from tests.sandbox.documents import CFDI, draft, egreso, pago
from tests.sandbox.test_cancelling import LARGE, Table, signed_anew, table, world

__all__ = ["table", "world"]

PUBLIC = {
    "Rfc": "XAXX010101000",
    "Nombre": "PUBLICO EN GENERAL",
    "DomicilioFiscalReceptor": "06000",
    "RegimenFiscalReceptor": "616",
    "UsoCFDI": "S01",
}
RECEIVER = "MCI7306249Y1"


def global_of(table: Table, *, role: str) -> Document:
    """What nobody claimed on that day, far above a thousand pesos."""
    root = draft(now=table.now, role=role, cents=LARGE)
    emisor, receptor = root.find(f"{{{CFDI}}}Emisor"), root.find(f"{{{CFDI}}}Receptor")
    assert emisor is not None
    assert receptor is not None
    emisor.set("RegimenFiscal", "626" if role == "fisica" else "601")
    for name, value in PUBLIC.items():
        receptor.set(name, value)
    period = {"Periodicidad": "01", "Meses": "11", "Año": "2026"}
    root.insert(0, etree.Element(f"{{{CFDI}}}InformacionGlobal", period))
    return table.stamp(root, role=role)


def without_a_substitute(table: Table) -> list[str]:
    """Our own writer refuses to make it, so another one does."""
    signed = signed_anew(table, table.request(table.invoice()), lambda folio: folio.set("Motivo", "01"))
    return list(table.desk.cancel(signed).codes.values())


def with_one_that_does_not_name_it(table: Table) -> list[str]:
    return [table.cancel(table.invoice(), motivo="01", substitute=table.invoice(folio="2"))]


def seconds_after_its_stamp(table: Table) -> list[str]:
    table.desk.sat_lag = 60
    document = table.invoice()
    early = table.cancel(document)
    table.now += timedelta(seconds=60)
    assert table.cancel(document) == "201", "later it is taken"
    return [early]


def with_what_hangs_on_it(table: Table) -> list[str]:
    said: list[str] = []
    for folio, hanging in (("1", pago), ("2", egreso)):
        invoice = table.invoice(folio=folio)
        table.stamp(hanging(invoice.uuid, now=table.now, folio=f"H{folio}"))
        said += [table.cancel(invoice), table.stands(invoice)[1]]
        assert table.stands(invoice)[0] == "Vigente"
    assert said[:2] == said[2:], "a payment and a credit note alike"
    return said[:2]


def a_global_after_april(table: Table) -> list[str]:
    table.now = datetime(2026, 11, 30, 18, tzinfo=UTC)
    document = global_of(table, role="fisica")
    table.now = datetime(2027, 5, 1, 6, tzinfo=UTC)  # midnight
    return [table.cancel(document, role="fisica")]


def of_900_pesos(table: Table) -> list[str]:
    return at_once(table, table.invoice(cents=38_793))


def a_global(table: Table) -> list[str]:
    return at_once(table, global_of(table, role="moral"))


def at_once(table: Table, document: Document) -> list[str]:
    """Asked for a month later, when nobody is let off for being quick."""
    table.now = datetime(2026, 12, 23, 18, tzinfo=UTC)
    code = table.cancel(document)
    estado, _, how = table.stands(document)
    assert estado == "Cancelado"
    return [code, how.removeprefix("Cancelado ")]


def and_its_receiver_says_no(table: Table) -> list[str]:
    document = table.invoice()
    table.pass_days(4)
    assert table.cancel(document) == "201"
    assert [one.uuid for one in table.desk.pending(RECEIVER)] == [document.uuid]
    table.desk.play(document.uuid, "reject")
    estado, _, how = table.stands(document)
    return [estado, how]


# By the id of its row: what is done, and what of the answer its `expected_code` must name.
CASES: dict[str, Callable[[Table], list[str]]] = {
    "A137": without_a_substitute,
    "A139": with_one_that_does_not_name_it,
    "A141": seconds_after_its_stamp,
    "A143": with_what_hangs_on_it,
    "A145": a_global_after_april,
    "A147": of_900_pesos,
    "A149": a_global,
    "A151": and_its_receiver_says_no,
}


def rows() -> dict[str, dict[str, str]]:
    with (CORPUS / "adversarial.csv").open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file) if row["area"] == "cancel"}


@needs_corpus
@pytest.mark.parametrize("case", CASES)
def test_the_simulated_sat_answers_as_the_case_says(table: Table, case: str) -> None:
    expected = rows()[case]["expected_code"]
    for said in CASES[case](table):
        assert said in expected


@needs_corpus
def test_no_case_of_cancellation_is_left_out() -> None:
    assert list(rows()) == list(CASES)

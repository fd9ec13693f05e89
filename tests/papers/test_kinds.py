"""Every kind of CFDI has its paper: credit note, global, receipt of payments; cancelled, draft; in two languages."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from amate.fiscal.tfd import read_timbre
from amate.papers.cfdi import cfdi_pdf, draft_pdf, draft_pictures
from amate.papers.facts import CannotPrint
from amate.papers.look import Look
from amate.papers.words_en import in_english_words
from tests.corpus import CORPUS, needs_corpus
from tests.papers.reading import attached, overprinted, pages_of, spaced, squeezed, text_of
from tests.papers.samples import RELATED, credit_note, global_of, payment_receipt, stamped

LOOK = Look(nombre_comercial="Ferretería La Palma")
KINDS = {"E": credit_note, "global": lambda: global_of(3), "P": payment_receipt, "I": stamped}


def text(xml: bytes, **more: object) -> str:
    return spaced(text_of(cfdi_pdf(xml, look=LOOK, **more)))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_kind_prints_its_stamp_whole_and_carries_its_xml(kind: str, lang: str, tmp_path: Path) -> None:
    xml = KINDS[kind]()
    pdf = cfdi_pdf(xml, look=LOOK, lang=lang)
    timbre = read_timbre(xml)
    copied = squeezed(text_of(pdf))
    assert timbre.sello_sat in copied
    assert squeezed(timbre.cadena) in copied
    assert attached(pdf, tmp_path) == {f"{str(timbre.uuid).upper()}.xml": xml}
    assert overprinted(pdf) == []
    assert cfdi_pdf(xml, look=LOOK, lang=lang) == pdf


def test_a_credit_note_says_what_it_credits() -> None:
    said = text(credit_note())
    assert "Nota de crédito F-20421" in said
    assert f"01 Nota de crédito de los documentos relacionados {RELATED}" in said
    assert "Bonificación por pronto pago" in said


def test_a_global_lists_every_note_with_what_it_adds() -> None:
    said = text(global_of(120))
    assert "Factura global" in said
    assert "Periodicidad 01 Diario" in said
    assert "Periodo 06 Junio de 2026" in said
    assert "17-2358-4568 IVA 16 % 100.00 16.00 116.00" in said
    assert "17-2358-4570 IVA 16 % · IVA 0 % 100.00 16.00 116.00" in said
    assert len(re.findall(r"17-2358-\d{4}", said)) == 120
    assert pages_of(cfdi_pdf(global_of(120), look=LOOK)) <= 4, "a note is one line"


def test_a_payment_tells_what_it_pays_of_each_invoice() -> None:
    said = text(payment_receipt())
    for fact in (
        "Recibo de pago", "$4,177.50 MXN", "Recibido 20 nov 2026, 12:00:00", "03 Transferencia electrónica de fondos",
        "SPEI-778812", "…7891", "$2,307.50 MXN", "F-101 00000000-0000-4000-8000-000000000065",
        "1 1,160.00 1,147.50 12.50", "2 2,320.00 1,160.00 1,160.00", "ISR 1.25 % retenido: 12.50",
        "$100.00 USD", "Tipo de cambio 18.70", "MXN, equivalencia 18.70", "IVA 16 % sobre 2,000.00 320.00",
        "ISR retenido −12.50", "Cuatro mil ciento setenta y siete pesos 50/100 M.N.",
    ):  # fmt: skip
        assert fact in said, fact


def test_a_cancelled_one_says_so_and_keeps_its_stamp() -> None:
    xml = stamped(leyenda=None)
    assert "CANCELADA ANTE EL SAT" not in text(xml)
    said = text(xml, cancelled_on=date(2026, 11, 22))
    assert "CANCELADA ANTE EL SAT · 22 nov 2026" in said
    assert "CANCELLED AT THE SAT · Nov 22, 2026" in text(xml, cancelled_on=date(2026, 11, 22), lang="en")
    assert str(read_timbre(xml).uuid).upper() in said


def test_a_draft_has_no_stamp_no_code_and_no_xml(tmp_path: Path) -> None:
    unstamped = re.sub(rb"<cfdi:Complemento>.*</cfdi:Complemento>", b"", stamped())
    pdf = draft_pdf(unstamped, look=LOOK)
    said = spaced(text_of(pdf))
    assert "BORRADOR: NO ES UN COMPROBANTE FISCAL" in said
    assert "$1,640.34 MXN" in said
    assert "representación impresa de un CFDI" not in said
    assert "Sello" not in said
    assert attached(pdf, tmp_path) == {}


def test_a_draft_is_a_picture_of_every_page_for_the_screen() -> None:
    unstamped = re.sub(rb"<cfdi:Complemento>.*</cfdi:Complemento>", b"", stamped())
    pictures = draft_pictures(unstamped, look=LOOK)
    assert len(pictures) == pages_of(draft_pdf(unstamped, look=LOOK))
    with Image.open(BytesIO(pictures[0])) as picture:
        assert (picture.format, picture.size) == ("PNG", (935, 1210))  # letter at 110 pixels an inch


def test_the_english_paper_has_english_labels_and_what_was_stamped_as_it_was() -> None:
    said = text(stamped(), lang="en")
    for fact in (
        "Invoice F-20421 Nov 21, 2026, 14:06:58", "Tax regime 601 General de Ley Personas Morales", "Unit price",
        "IVA 16 % on 1,414.09 226.25", "One thousand six hundred forty Mexican pesos 34/100",
        "This document is a printed representation of a CFDI", "Page 1 of 1", "Taladro rotomartillo",
        "SAMPLE SIN VALIDEZ FISCAL",
    ):  # fmt: skip
        assert fact in said, fact


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "Zero Mexican pesos 00/100"),
        ("1.00", "One Mexican peso 00/100"),
        ("21.50", "Twenty-one Mexican pesos 50/100"),
        ("115.00", "One hundred fifteen Mexican pesos 00/100"),
        ("1000000.00", "One million Mexican pesos 00/100"),
        ("999999.99", "Nine hundred ninety-nine thousand nine hundred ninety-nine Mexican pesos 99/100"),
    ],
)
def test_amounts_in_english_words(amount: str, words: str) -> None:
    assert in_english_words(Decimal(amount)) == words


def test_other_types_are_refused_with_a_sentence() -> None:
    with pytest.raises(CannotPrint, match="tipo T"):
        cfdi_pdf(stamped(TipoDeComprobante="T"), look=LOOK)


@needs_corpus
def test_it_prints_the_payment_that_a_real_pac_stamped() -> None:
    said = text((CORPUS / "cfdi" / "stamped" / "sw-2024-eku-pago20.xml").read_bytes())
    assert "$1,600,986.46 MXN" in said
    assert "79FF44FD-F0BA-4024-A55F-0A228FA72903" in said

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from amate.papers.look import Look
from amate.papers.note import PAPERS, Note, NoteLine, NoteTax, grouped, note_pdf
from tests.papers.reading import (
    POINTS_PER_MM,
    overprinted,
    pages_of,
    picture_of,
    qr_of,
    run,
    spaced,
    squeezed,
    text_of,
    words_of,
)

LOOK = Look(foot_note="¡Gracias por tu compra!")
NOTE = Note(
    nombre_comercial="Ferretería La Palma",
    rfc="FPA010203AB1",
    branch="Sucursal Centro",
    address="Av. Juárez 415, Centro, 44100 Guadalajara",
    phone="33 1234 5678",
    folio="R-20418",
    sold_at=datetime(2026, 11, 18, 18, 41, tzinfo=UTC),
    zone="America/Mexico_City",
    lines=(
        NoteLine("Taladro rotomartillo ½″ 800 W", Decimal("1"), Decimal("899.00"), Decimal("899.00")),
        NoteLine("Cable de uso rudo, metro", Decimal("2.5"), Decimal("70.916"), Decimal("177.29")),
    ),
    subtotal=Decimal("1076.29"),
    taxes=(NoteTax("IVA 16 %", Decimal("172.21")),),
    total=Decimal("1248.50"),
    paid_with="Tarjeta de crédito",
    site="facturas.lapalma.mx",
    code="7K4M9QXW2TRP",
    qr_url="https://facturas.lapalma.mx/f/la-palma/7K4M9QXW2TRP/124850",
    deadline=datetime(2026, 12, 19, 5, 59, 59, tzinfo=UTC),
)


WIDTH = {"80": 80.0, "58": 58.0, "carta": 215.9}
MARGIN = {"80": 4, "58": 3, "carta": 18}


def size_mm(pdf: bytes) -> tuple[float, float]:
    size = next(line for line in run("pdfinfo", "-", stdin=pdf).decode().splitlines() if line.startswith("Page size"))
    return float(size.split()[2]) / POINTS_PER_MM, float(size.split()[4]) / POINTS_PER_MM


@pytest.mark.parametrize("paper", PAPERS)
def test_it_prints_the_sale_and_how_to_invoice_it_on_every_paper(paper: str) -> None:
    text = spaced(text_of(note_pdf(NOTE, look=LOOK, paper=paper)))
    for fact in (
        "Ferretería La Palma", "RFC FPA010203AB1", "Sucursal Centro", "Av. Juárez 415", "Tel. 33 1234 5678", "R-20418",
        "18 de noviembre de 2026, 12:41", "Tarjeta de crédito", "Taladro rotomartillo ½″ 800 W", "899.00", "2.5",
        "70.916", "177.29", "Subtotal 1,076.29", "IVA 16 % 172.21", "Total $1,248.50", "¿Necesitas factura?",
        "facturas.lapalma.mx", "7K4M-9QXW-2TRP", "Esta nota no es un comprobante fiscal", "¡Gracias por tu compra!",
        "Factura hasta el 18 de diciembre de 2026, 23:59 (hora del centro)",
    ):  # fmt: skip
        assert fact in text, fact


def test_the_deadline_is_told_in_the_hour_of_the_place() -> None:
    text = spaced(text_of(note_pdf(replace(NOTE, zone="America/Tijuana"), look=LOOK)))
    assert "Factura hasta el 18 de diciembre de 2026, 21:59 (hora del noroeste)" in text


@pytest.mark.parametrize("paper", PAPERS)
def test_the_qr_opens_the_portal(tmp_path: Path, paper: str) -> None:
    assert qr_of(picture_of(note_pdf(NOTE, look=LOOK, paper=paper), tmp_path)) == NOTE.qr_url


@pytest.mark.parametrize("paper", ["80", "58"])
def test_a_roll_is_one_page_that_grows_with_the_sale(paper: str) -> None:
    long = replace(NOTE, lines=NOTE.lines * 60)
    short, grown = note_pdf(NOTE, look=LOOK, paper=paper), note_pdf(long, look=LOOK, paper=paper)
    assert pages_of(grown) == 1
    assert size_mm(short)[0] == pytest.approx(WIDTH[paper], abs=0.1)
    assert size_mm(short)[1] < 200
    assert size_mm(grown)[1] > 700


def test_a_long_sale_takes_more_letter_sheets_and_says_which_is_which() -> None:
    pdf = note_pdf(replace(NOTE, lines=NOTE.lines * 40), look=LOOK, paper="carta")
    assert size_mm(pdf) == (pytest.approx(215.9, abs=0.1), pytest.approx(279.4, abs=0.1))
    pages = pages_of(pdf)
    assert pages > 1
    assert f"página 1 de {pages}" in spaced(text_of(pdf, page=1))
    assert "7K4M-9QXW-2TRP" in text_of(pdf, page=pages)


def test_the_same_note_gives_the_same_bytes() -> None:
    assert note_pdf(NOTE, look=LOOK) == note_pdf(NOTE, look=LOOK)


def test_what_is_not_known_is_not_printed() -> None:
    bare = replace(NOTE, branch="", address="", phone="", paid_with="", subtotal=None, taxes=())
    text = spaced(text_of(note_pdf(bare, look=Look())))
    for word in ("Tel.", "Pago", "Subtotal", "IVA", "None"):
        assert word not in text, word
    assert "Total $1,248.50" in text


HOSTILE = '#import "x" $a$ *b* \\ @c <d> 😀'
LONG = replace(
    NOTE,
    nombre_comercial="Ñ" * 120,
    folio="9" * 40,
    site="https://" + "direccion-larga-" * 6 + ".mx",
    lines=(NoteLine(HOSTILE + "X" * 200, Decimal("1234.567"), Decimal("123456.789"), Decimal("152415765.28")),),
    total=Decimal("999999999.99"),
)


@pytest.mark.parametrize("paper", PAPERS)
def test_long_and_hostile_texts_stay_plain_and_inside_the_paper(paper: str) -> None:
    pdf = note_pdf(LONG, look=Look(foot_note="N" * 200), paper=paper)
    assert squeezed(HOSTILE).replace("😀", "") in squeezed(text_of(pdf))
    left, right = MARGIN[paper] * POINTS_PER_MM - 1, (WIDTH[paper] - MARGIN[paper]) * POINTS_PER_MM + 1
    assert [word for word in words_of(pdf) if word.right > right or word.left < left] == []
    assert overprinted(pdf) == []


def test_a_code_is_printed_in_three_groups() -> None:
    assert grouped("7K4M9QXW2TRP") == grouped("7K4M-9QXW-2TRP") == "7K4M-9QXW-2TRP"
    with pytest.raises(ValueError, match="12 symbols"):
        grouped("7K4M9QXW2TR")


def test_it_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        note_pdf(replace(NOTE, deadline=datetime(2026, 12, 18, 23, 59)), look=LOOK)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_portals_address_breaks_only_where_a_person_sees_that_it_goes_on(paper: str) -> None:
    """Broken inside a word, a person types half an address."""
    site = "127.0.0.1:18400/f/cafeteria-el-amate"
    lines = [line.strip() for line in text_of(note_pdf(replace(NOTE, site=site), look=LOOK, paper=paper)).splitlines()]
    start = next(number for number, line in enumerate(lines) if "127.0.0.1" in line)
    pieces = []
    for line in lines[start:]:
        pieces.append(line.split(" ")[-1])
        if "amate" in pieces[-1]:
            break
    assert "".join(pieces) == site
    assert all(piece.endswith(("/", "-")) for piece in pieces[:-1]), pieces

"""The note as text and as commands of a receipt printer."""

from dataclasses import replace
from decimal import Decimal

import pytest

from amate.papers.note import NoteLine
from amate.papers.note_text import COLUMNS, in_cp850, note_escpos, note_text
from tests.papers.test_note import LONG, NOTE

PAPERS = ("58", "80")


@pytest.mark.parametrize("paper", PAPERS)
def test_it_says_what_the_printed_note_says(paper: str) -> None:
    text = " ".join(note_text(NOTE, paper=paper, foot_note="¡Gracias por tu compra!").split())
    for fact in (
        "Ferretería La Palma", "RFC FPA010203AB1", "Nota de remisión", "R-20418", "18 de noviembre de 2026, 12:41",
        "Taladro rotomartillo ½″ 800 W", "2.5 x 70.916", "177.29", "172.21", "$1,248.50", "¿Necesitas factura?",
        "7K4M-9QXW-2TRP", NOTE.qr_url, "Factura hasta el 18 de diciembre de 2026, 23:59 (hora del centro)",
        "Esta nota no es un comprobante fiscal", "¡Gracias por tu compra!",
    ):  # fmt: skip
        assert fact in text, fact


@pytest.mark.parametrize("paper", PAPERS)
def test_no_line_is_wider_than_the_paper_but_the_address_of_the_qr(paper: str) -> None:
    for note in (NOTE, LONG):
        lines = note_text(note, paper=paper, foot_note="N" * 200).splitlines()
        assert [line for line in lines if len(line) > COLUMNS[paper] and line != note.qr_url] == []


def test_amounts_stand_at_the_right_edge() -> None:
    lines = note_text(NOTE, paper="80").splitlines()
    assert "TOTAL" + "$1,248.50".rjust(37) in lines


def test_in_the_old_code_page_every_character_has_a_place() -> None:
    assert in_cp850("Ñandú ½″ “café” 3−1…").decode("cp850") == 'Ñandú 1/2" "café" 3-1...'
    assert in_cp850("日本") == b"??"


def test_a_name_cannot_command_the_printer() -> None:
    note = replace(NOTE, lines=(NoteLine("Pan\x1b@\x1dV\x00\x07", Decimal(1), Decimal(1), Decimal(1)),))
    assert "\x1b" not in note_text(note, paper="58")
    assert note_escpos(note, paper="58").count(b"\x1b@") == 1


def test_the_printer_draws_the_qr_by_itself_and_cuts() -> None:
    sent = note_escpos(NOTE, paper="80")
    url = NOTE.qr_url.encode()
    store = b"\x1d(k" + (len(url) + 3).to_bytes(2, "little") + b"1P0" + url
    draw = b"\x1d(k\x03\x001Q0"
    assert sent.startswith(b"\x1b@\x1bt\x02")
    assert sent.index(store) < sent.index(draw) < sent.index(b"7K4M-9QXW-2TRP")
    assert sent.endswith(b"\x1dV\x42\x00")
    assert "Ferretería".encode("cp850") in sent

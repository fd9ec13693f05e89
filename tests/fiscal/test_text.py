"""COM-1, SEAL-3: what goes into a CFDI is cleaned once."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.fiscal.text import TextRefused, clean_text

EXOTIC_SPACES = ["\u00a0", "\u2009", "\u3000", "\u0085", "\u2028", "\u2029", "\u202f", "\t", "\n", "\r", "\v", "\f"]


@pytest.mark.parametrize("space", EXOTIC_SPACES, ids=ascii)
def test_every_kind_of_white_space_becomes_one_plain_space(space: str) -> None:
    assert clean_text(f"{space} a{space}{space}b {space}") == "a b"


def test_it_collapses_and_trims_plain_spaces() -> None:
    assert clean_text("  dos   palabras ") == "dos palabras"


@pytest.mark.parametrize("text", ["Ñandú & Cía. <\"'>", "café", "\u23fb encendido", "日本", "🍋"])
def test_it_keeps_what_lies_beyond_ascii(text: str) -> None:
    assert clean_text(text) == text


def test_accents_written_in_two_pieces_become_one_character() -> None:
    assert clean_text("Pen\u0303a") == "Peña"


@pytest.mark.parametrize(
    "bad", ["|", "\u200b", "\ufeff", "\u00ad", "\x00", "\x1c", "\x7f", "\ud800", "\ufffe", "\ufdd0"], ids=ascii
)
def test_it_refuses_what_no_cadena_can_carry(bad: str) -> None:
    with pytest.raises(TextRefused):
        clean_text(f"a{bad}b")


def test_it_says_how_much_is_too_long_counting_after_cleaning() -> None:
    assert clean_text("  1234567890  ", longest=10) == "1234567890"
    with pytest.raises(TextRefused, match="caben 10 caracteres y escribiste 11"):
        clean_text("12345678901", longest=10)


@given(st.text())
def test_what_it_lets_through_is_the_same_for_python_and_for_the_xslt_and_stays_so(text: str) -> None:
    try:
        clean = clean_text(text)
    except TextRefused:
        return
    assert clean == " ".join(clean.split()) == re.sub(r"[\t\n\r ]+", " ", clean).strip(" ")
    assert "|" not in clean
    assert clean_text(clean) == clean

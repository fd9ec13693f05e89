"""Billing codes catch what people do when they copy (OUTSIDE REF-1)."""

import random

import pytest

from amate.self_invoicing.codes import ALPHABET, LENGTH, check_symbol, new_code, read_code, show_code

GOLDEN = {"7K4M9QXW2TR": "P", "00000000001": "2", "ZZZZZZZZZZZ": "K", "ABCDEFGHJKM": "C", "10101010101": "6"}


@pytest.mark.parametrize(("body", "check"), GOLDEN.items())
def test_the_check_symbol_is_the_golden_one(body: str, check: str) -> None:
    assert check_symbol(body) == check
    assert read_code(body + check) == body + check


@pytest.mark.parametrize("typed", ["7k4m 9qxw-2trp", "7K4M-9QXW-2TRP", " 7k4m.9qxw_2trp ", "7K4M\u00a09QXW–2TRP"])
def test_any_shape_is_read(typed: str) -> None:
    assert read_code(typed) == "7K4M9QXW2TRP"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    code = next(c for c in iter(new_code, None) if "0" in c and "1" in c)
    assert read_code(code.replace("0", "O").replace("1", "l")) == code
    assert read_code(code.replace("0", "o").replace("1", "I")) == code


@pytest.mark.parametrize("typed", ["7K4M-9QXW-2TRU", "7K4M9QXW2TR", "7K4M9QXW2TRPP", "", "¡hola!"])
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    assert read_code(typed) is None


def test_every_single_error_and_every_swap_of_neighbours_is_caught() -> None:
    chosen = random.Random(7)
    for _ in range(40):
        code = new_code()
        assert read_code(code) == code
        assert show_code(code).replace("-", "") == code
        for place in range(LENGTH):
            wrong = chosen.choice([s for s in ALPHABET if s != code[place]])
            for symbol in (wrong, *ALPHABET[place : place + 4]):
                typed = code[:place] + symbol + code[place + 1 :]
                assert typed == code or read_code(typed) is None
        for place in range(LENGTH - 1):
            typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert typed == code or read_code(typed) is None


def test_codes_are_never_twice_the_same() -> None:
    assert len({new_code() for _ in range(20_000)}) == 20_000

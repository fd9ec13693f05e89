"""References with check digits: the golden numbers, and every error they promise to catch."""

import doctest
from itertools import combinations

import pytest

from amate.ledger import accounts, references, rules
from amate.ledger.references import (
    clabe_digit,
    customer_clabe,
    customer_reference,
    damm_digit,
    is_clabe,
    is_damm,
    numbers_of_reference,
)

DIGITS = "0123456789"


@pytest.mark.parametrize("module", [references, rules, accounts], ids=["references", "rules", "accounts"])
def test_the_examples_in_the_text_are_true(module) -> None:
    tried = doctest.testmod(module)
    assert (tried.failed, tried.attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("number", "said"), [(148, "0014842"), (1, "0000195"), (12345, "1234520"), (99999, "9999925"), (123456, "1234566")]
)
def test_a_customers_reference_is_its_number_and_its_check(number: int, said: str) -> None:
    assert customer_reference(number) == said
    assert number in numbers_of_reference(said)


@pytest.mark.parametrize(("body", "check"), [("572", "4"), ("000042", "7"), ("123456", "6")])
def test_damm_as_published(body: str, check: str) -> None:
    assert damm_digit(body) == check
    assert is_damm(body + check)


@pytest.mark.parametrize(
    ("body", "check"), [("64618001230000042", "5"), ("64618001230000148", "2"), ("03218000011835971", "9")]
)
def test_the_control_digit_of_a_clabe(body: str, check: str) -> None:
    assert clabe_digit(body) == check
    assert is_clabe(body + check)
    assert not is_clabe(body + str((int(check) + 1) % 10))


def test_every_number_has_its_own_reference_and_reads_back() -> None:
    short = {customer_reference(number): number for number in range(1, 100_000)}
    assert len(short) == 99_999
    assert all(len(said) == 7 and int(said) % 97 == 1 for said in short)
    assert all(numbers_of_reference(said)[0] == number for said, number in short.items())
    long = {customer_reference(number): number for number in range(100_000, 1_000_000, 7)}
    assert all(number in numbers_of_reference(said) for said, number in long.items())
    both = sum(len(numbers_of_reference(said)) == 2 for said in long)
    assert 0 < both / len(long) < 0.012


@pytest.mark.parametrize("number", [0, -5, 1_000_000])
def test_a_number_that_does_not_fit_has_no_reference(number: int) -> None:
    with pytest.raises(ValueError, match="no reference"):
        customer_reference(number)


@pytest.mark.parametrize("said", ["", "001484", "00148421", "00148٤2", "0014x42", "0014843", "0000000"])
def test_what_does_not_check_is_nobodys(said: str) -> None:
    assert numbers_of_reference(said) == []


def test_mod_97_misses_no_single_error_and_no_swap() -> None:
    for number in range(1, 100_000, 211):
        said = customer_reference(number)
        assert not any(_mod97(wrong) for wrong in {*_single_errors(said), *_swaps(said, 1), *_swaps(said, 2)})


def test_damm_misses_no_single_error_and_no_swap_of_neighbours() -> None:
    for number in range(100_000, 1_000_000, 2_003):
        said = customer_reference(number)
        assert not any(is_damm(wrong) for wrong in {*_single_errors(said), *_swaps(said, 1)})


def test_damms_table_is_a_latin_square_that_tells_neighbours_apart() -> None:
    table = references._DAMM
    assert all(set(row) == set(DIGITS) for row in table)
    assert all({row[place] for row in table} == set(DIGITS) for place in range(10))
    assert all(table[place][place] == "0" for place in range(10))
    for state in range(10):
        for one, other in combinations(range(10), 2):
            assert table[int(table[state][one])][other] != table[int(table[state][other])][one]


def test_a_clabe_misses_no_single_error() -> None:
    for number in range(1, 10_000_000, 700_001):
        whole = customer_clabe(prefix="646180", company="0123", number=number)
        assert is_clabe(whole)
        assert not any(is_clabe(wrong) for wrong in _single_errors(whole))


def test_a_customer_that_does_not_fit_has_no_clabe() -> None:
    with pytest.raises(ValueError, match="CLABE"):
        customer_clabe(prefix="646180", company="123", number=1)
    with pytest.raises(ValueError, match="seventeen"):
        clabe_digit("123")


def _mod97(said: str) -> bool:
    return int(said) % 97 == 1


def _single_errors(said: str) -> set[str]:
    return {said[:at] + digit + said[at + 1 :] for at in range(len(said)) for digit in DIGITS} - {said}


def _swaps(said: str, far: int) -> set[str]:
    found = set()
    for at in range(len(said) - far):
        digits = list(said)
        digits[at], digits[at + far] = digits[at + far], digits[at]
        found.add("".join(digits))
    return found - {said}

"""REC-1."""

import csv

import pytest

from amate.fiscal.rfc import GENERIC_EXTRANJERO, GENERIC_NACIONAL, Rfc, RfcRefused, read_rfc
from tests.corpus import CORPUS, needs_corpus


@needs_corpus
def test_it_agrees_with_every_outside_vector() -> None:
    with (CORPUS / "vectors" / "rfc.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 19
    for row in rows:
        if row["expect_valid_shape"] == "0":
            with pytest.raises(RfcRefused):
                read_rfc(row["rfc"])
            continue
        rfc = read_rfc(row["rfc"])
        assert rfc.value == row["rfc"].upper()
        assert rfc.is_generic == (row["persona"] in ("GENERIC", "FOREIGN"))
        if row["persona"] in ("F", "M"):
            assert rfc.persona == row["persona"]
        if row["check_digit_matches"]:
            assert rfc.check_digit_matches == (row["check_digit_matches"] == "1"), row


def test_it_tells_a_persona_moral_by_its_length() -> None:
    assert read_rfc("EKU9003173C9") == Rfc("EKU9003173C9", "M", check_digit_matches=True)
    assert read_rfc("CACX7605101P8") == Rfc("CACX7605101P8", "F", check_digit_matches=True)


def test_it_reads_lower_case_and_spaces() -> None:
    assert read_rfc("  eku 900317 3c9 ").value == "EKU9003173C9"
    assert read_rfc("n\u0303añ801231jk0").value == "ÑAÑ801231JK0"


def test_a_wrong_check_digit_is_only_noticed() -> None:
    assert not read_rfc("EKU9003173C8").check_digit_matches


@pytest.mark.parametrize("generic", [GENERIC_NACIONAL, GENERIC_EXTRANJERO])
def test_the_generic_ones_are_read_as_fisica(generic: str) -> None:
    assert read_rfc(generic) == Rfc(generic, "F", check_digit_matches=True)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Escribe tu RFC"),
        ("   ", "Escribe tu RFC"),
        ("EKU900317", "El RFC lleva 12 o 13 caracteres y escribiste 9"),
        ("EKU9003173C9XX", "El RFC lleva 12 o 13 caracteres y escribiste 14"),
        ("EKU9013173C9", "Ese RFC no tiene la forma de un RFC. Revisa letras y números"),
        ("AAAA010229AAA", "Ese RFC no tiene la forma de un RFC. Revisa letras y números"),
        ("EKU9003173CB", "Ese RFC no tiene la forma de un RFC. Revisa letras y números"),
        ("123456789012", "Ese RFC no tiene la forma de un RFC. Revisa letras y números"),
    ],
)
def test_it_says_what_is_wrong(typed: str, says: str) -> None:
    with pytest.raises(RfcRefused) as refused:
        read_rfc(typed)
    assert refused.value.message == says

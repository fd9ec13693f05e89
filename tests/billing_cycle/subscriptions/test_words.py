"""What a concept and a contract say in words."""

from datetime import date

import pytest

from amate.billing_cycle.subscriptions.calendar import LAST, Grid, Unit, boundary, cut_grid, period
from amate.billing_cycle.subscriptions.sentence import sentence
from amate.billing_cycle.subscriptions.words import UnknownWord, check, fill, preview

NOVEMBER, DECEMBER = date(2026, 11, 15), date(2026, 12, 15)


def test_it_previews_the_next_three() -> None:
    grid = Grid(date(2026, 11, 30), Unit.MONTH)
    spans = [(boundary(grid, k), boundary(grid, k + 1)) for k in range(3)]
    assert preview("Renta de {mes} de {año}", spans) == [
        "Renta de noviembre de 2026",
        "Renta de diciembre de 2026",
        "Renta de enero de 2027",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{mes anterior}", "octubre"),
        ("{Mes_Anterior}", "octubre"),
        ("{mes siguiente}", "diciembre"),
        ("{ano}", "2026"),
        ("Internet {periodo}", "Internet del 15 de noviembre al 14 de diciembre de 2026"),
    ],
)
def test_each_word_is_filled_in(text: str, said: str) -> None:
    assert fill(text, start=NOVEMBER, end=DECEMBER) == said


def test_the_month_before_january_is_december() -> None:
    assert fill("{mes anterior}", start=date(2027, 1, 31), end=date(2027, 2, 28)) == "diciembre"
    assert fill("{mes siguiente}", start=date(2026, 1, 31), end=date(2026, 2, 28)) == "febrero"


@pytest.mark.parametrize("text", ["{meses}", "{}", "{mes", "mes}", "{{mes}}"])
def test_it_refuses_a_word_that_nobody_fills_in(text: str) -> None:
    with pytest.raises(UnknownWord, match=r"llave|existe"):
        check(text)


def test_the_refusal_names_the_words_there_are() -> None:
    with pytest.raises(UnknownWord, match=r"\{mes\}.*\{mes anterior\}.*\{año\}.*\{periodo\}"):
        check("Renta de {month}")


@pytest.mark.parametrize(
    ("grid", "cycles", "said"),
    [
        (
            Grid(date(2026, 11, 15), Unit.MONTH),
            12,
            "Cada mes, el día 15, desde el 15 de noviembre de 2026 hasta el 14 de noviembre de 2027: 12 cobros",
        ),
        (
            Grid(date(2026, 1, 31), Unit.MONTH),
            None,
            "Cada mes, el día 31 (o el último del mes, si no lo hay), desde el 31 de enero de 2026, hasta que se cancele",
        ),
        (
            Grid(date(2026, 1, 31), Unit.MONTH, 2, eom=True),
            1,
            "Cada dos meses, el último día, desde el 31 de enero de 2026 hasta el 30 de marzo de 2026: 1 cobro",
        ),
        (
            Grid(date(2026, 1, 15), Unit.SEMIMONTH, days=(15, LAST)),
            None,
            "Cada quincena, el 15 y el último, desde el 15 de enero de 2026, hasta que se cancele",
        ),
        (
            Grid(date(2026, 2, 20), Unit.DAY, 10),
            None,
            "Cada 10 días, desde el 20 de febrero de 2026, hasta que se cancele",
        ),
        (
            Grid(date(2024, 2, 29), Unit.YEAR),
            3,
            "Cada año, el 29 de febrero, desde el 29 de febrero de 2024 hasta el 27 de febrero de 2027: 3 cobros",
        ),
        (
            Grid(date(2026, 1, 5), Unit.WEEK, 5),
            None,
            "Cada 5 semanas, en lunes, desde el 5 de enero de 2026, hasta que se cancele",
        ),
    ],
    ids=["twelve", "day_31", "month_end", "half_month", "ten_days", "29_february", "five_weeks"],
)
def test_the_contract_in_one_sentence(grid: Grid, cycles: int | None, said: str) -> None:
    assert sentence(grid, cycles=cycles) == said


def test_a_stub_and_an_end_are_counted_as_charges() -> None:
    grid = cut_grid(start=date(2026, 1, 20), day=1)
    ended = Grid(grid.anchor, grid.unit, first_k=grid.first_k, begins=grid.begins, ends=date(2026, 3, 16))
    assert [period(ended, k).days for k in range(3)] == [12, 28, 15]
    assert sentence(ended) == "Cada mes, el día 1, desde el 20 de enero de 2026 hasta el 15 de marzo de 2026: 3 cobros"

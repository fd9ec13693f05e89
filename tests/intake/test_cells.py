"""Cells as Excel really leaves them."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.intake.cells import SERIAL_ZERO, CellRefused, read_code, read_moment, read_number, read_padded, tidy
from amate.intake.unpack import cell_text

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999999.99"), places=2)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
CLOCKS = st.times().map(lambda one: one.replace(microsecond=0))
MONTHS = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]  # fmt: skip


def spanish(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


@given(AMOUNTS)
def test_an_amount_is_read_however_it_is_written(amount: Decimal) -> None:
    for text in (f"{amount}", f"{amount:,.2f}", f"$ {amount:,.2f}", f"{amount:,.2f} MXN", f"\u00a0${amount} "):
        assert read_number(text) == amount, text
    for text in (spanish(amount), f"$ {spanish(amount)}", f"{amount}".replace(".", ",")):
        assert read_number(text, comma=True) == amount, text


@given(AMOUNTS)
def test_a_negative_amount_stays_negative(amount: Decimal) -> None:
    assert read_number(f"-{amount}") == read_number(f"(${amount:,.2f})") == read_number(f"-${amount}") == -amount


@given(AMOUNTS)
def test_an_amount_survives_excels_binary_number(amount: Decimal) -> None:
    assert read_number(cell_text(float(amount))) == amount


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_sentence(text: str) -> None:
    with suppress(CellRefused):
        assert read_number(text).is_finite()


@pytest.mark.parametrize(
    "text", ["1.248,50", "1,248,50", "12,5", "1,2345", "doce", "1..2", "1.2.3", "--1", "$", "NaN", "inf"]
)
def test_what_is_no_number_with_points_is_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        read_number(text)


def test_a_decimal_comma_says_where_to_choose_it() -> None:
    with pytest.raises(CellRefused, match="la coma marca los decimales"):
        read_number("1.248,50")


@pytest.mark.parametrize("text", ["1.23E+15", "1E+10", "1,5e+07"])
def test_scientific_notation_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(CellRefused, match="notación científica"):
        read_code(text)
    with pytest.raises(CellRefused, match="notación científica"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "width", "read"),
    [("1000", 5, "01000"), ("6700.0", 5, "06700"), ('="06700"', 5, "06700"), ("'06700", 5, "06700"), ("1010101", 8, "01010101"), ("1", 2, "01"), ("H87", 3, "H87")],
)  # fmt: skip
def test_lost_zeros_come_back(text: str, width: int, read: str) -> None:
    assert read_padded(text, width) == read


@given(st.integers(min_value=0, max_value=10**14))
def test_a_code_that_became_a_number_is_the_code(number: int) -> None:
    assert read_code(cell_text(float(number))) == read_code(f"{number}.0") == read_code(str(number)) == str(number)


def test_a_code_too_long_for_excel_is_refused() -> None:
    with pytest.raises(CellRefused):
        read_code(cell_text(1234567890123456789.0))


@given(DAYS, CLOCKS)
def test_a_moment_is_read_however_it_is_written(day: date, clock: time) -> None:
    wanted = datetime.combine(day, clock)
    twelve = clock.strftime("%I:%M:%S ") + ("a. m." if clock.hour < 12 else "p.m.")
    days = (day.isoformat(), day.strftime("%d/%m/%Y"), day.strftime("%d-%m-%y"), day.strftime("%Y%m%d"))
    words = (f"{day.day} de {MONTHS[day.month - 1]} de {day.year}", f"{day.day}-{MONTHS[day.month - 1][:3]}-{day.year}")
    for text in (*days, *words):
        assert read_moment(text, clock=clock.isoformat()) == wanted, text
        assert read_moment(text, clock=twelve) == wanted, (text, twelve)
        assert read_moment(text) == datetime.combine(day, time(12)), text
    assert read_moment(f"{day.isoformat()}T{clock.isoformat()}") == wanted
    assert read_moment(f"{day.strftime('%d/%m/%Y')} {twelve}") == wanted
    assert read_moment(day.strftime("%m/%d/%Y"), month_first=True).date() == day


@given(DAYS, CLOCKS)
def test_a_serial_of_excel_is_its_moment_to_the_second(day: date, clock: time) -> None:
    wanted = datetime.combine(day, clock)
    serial = (wanted - SERIAL_ZERO) / timedelta(days=1)
    text = repr(serial) if serial != int(serial) else str(int(serial))
    read = read_moment(text)
    assert read == (wanted if "." in text else datetime.combine(day, time(12)))


@given(st.text(max_size=16), st.text(max_size=8))
def test_any_text_is_a_moment_or_a_sentence(text: str, clock: str) -> None:
    with suppress(CellRefused):
        assert read_moment(text, clock=clock).year >= 1


def test_a_date_in_the_american_order_says_where_to_choose_it() -> None:
    with pytest.raises(CellRefused, match="mes/día/año"):
        read_moment("11/21/2026")


@pytest.mark.parametrize("text", ["31/02/2026", "00/01/2026", "ayer", "2026", "21/xyz/2026"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        read_moment(text)


def test_an_offset_makes_it_an_instant() -> None:
    assert read_moment("2026-11-21T14:07:00-06:00").utcoffset() == timedelta(hours=-6)
    assert read_moment("2026-11-21T14:07:00Z").utcoffset() == timedelta(0)


@given(st.text(max_size=30))
def test_tidying_twice_changes_nothing_more_than_marks(text: str) -> None:
    assert tidy(f"  {text}  ") == tidy(text)

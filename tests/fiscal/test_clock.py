"""CLK-1..3 and golden cases 41-45."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.fiscal.catalogs import installed
from amate.fiscal.clock import UnknownPlace, fecha, instant, local_time, sat_zone_of, zone_of
from amate.fiscal.tables.zones import STRETCHES

CDMX, TIJUANA, CANCUN, CULIACAN, HERMOSILLO = "06700", "22000", "77500", "80000", "83000"
REYNOSA, JUAREZ, OJINAGA = "88500", "32000", "32881"
PLACES = [CDMX, TIJUANA, CANCUN, CULIACAN, HERMOSILLO, REYNOSA, JUAREZ, OJINAGA]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(cp: str, now: str) -> str:
    return local_time(cp, utc(now)).strftime("%Y-%m-%d %H:%M")


def test_every_postal_code_has_the_zone_that_the_sat_gives_it() -> None:
    counts = Counter(str(sat_zone_of(cp)) for cp in installed().codigos_postales - {"00000"})
    assert counts == {
        "America/Mexico_City": 81_889 - 1,  # 00000 is among the SAT's; it is no place
        "America/Hermosillo": 7_990,
        "America/Matamoros": 2_870,
        "America/Tijuana": 2_000,
        "America/Cancun": 1_000,
    }


def test_only_the_border_of_chihuahua_lives_by_another_clock_than_the_sat_s() -> None:
    differ = [cp for cp in installed().codigos_postales - {"00000"} if zone_of(cp) != sat_zone_of(cp)]
    by_zone = Counter(str(zone_of(cp)) for cp in differ)
    assert by_zone["America/Ciudad_Juarez"] == 830
    assert set(by_zone) == {"America/Ciudad_Juarez", "America/Ojinaga"}


def test_the_stretches_are_in_order_and_do_not_overlap() -> None:
    assert all(stretch.first <= stretch.last for stretch in STRETCHES)
    assert all(a.last < b.first for a, b in pairwise(STRETCHES))


def test_bahia_de_banderas_keeps_central_time_inside_nayarit() -> None:
    assert str(zone_of("63732")) == "America/Mexico_City"
    assert str(zone_of("63000")) == "America/Hermosillo"


def test_case_41_new_year_comes_to_cancun_first() -> None:
    now = "2026-01-01T05:30"
    assert [shown(cp, now) for cp in (CDMX, TIJUANA, CANCUN)] == [
        "2025-12-31 23:30",
        "2025-12-31 21:30",
        "2026-01-01 00:30",
    ]


def test_case_42_there_is_no_summer_time_since_2022() -> None:
    assert shown(CDMX, "2022-07-01T05:30") == "2022-07-01 00:30"
    assert shown(CDMX, "2023-07-01T05:30") == "2023-06-30 23:30"


def test_case_43_the_border_keeps_the_summer_time_of_its_neighbours() -> None:
    now = "2026-08-01T06:30"
    assert [shown(cp, now) for cp in (CDMX, JUAREZ)] == ["2026-08-01 00:30"] * 2
    assert [shown(cp, now) for cp in (TIJUANA, HERMOSILLO)] == ["2026-07-31 23:30"] * 2
    assert [shown(cp, now) for cp in (REYNOSA, OJINAGA)] == ["2026-08-01 01:30"] * 2
    assert fecha(OJINAGA, utc(now) + timedelta(seconds=10)) == datetime(2026, 8, 1, 0, 30)


def test_case_44_an_hour_that_is_skipped_or_repeated_is_one_instant() -> None:
    assert instant(TIJUANA, datetime(2026, 3, 8, 2, 30)) == utc("2026-03-08T10:30")
    assert instant(TIJUANA, datetime(2026, 11, 1, 1, 30)) == utc("2026-11-01T08:30")
    again = datetime(2026, 11, 1, 1, 30, fold=1)
    assert again.replace(tzinfo=zone_of(TIJUANA)).astimezone(UTC) == utc("2026-11-01T09:30")
    assert instant(TIJUANA, again) == utc("2026-11-01T08:30")


def test_case_45_fecha_is_the_time_of_the_place_less_ten_seconds() -> None:
    now = utc("2026-07-15T18:00:10")
    assert [fecha(cp, now).strftime("%H:%M") for cp in (CULIACAN, TIJUANA, REYNOSA, CANCUN, JUAREZ)] == [
        "11:00",
        "11:00",
        "13:00",
        "13:00",
        "12:00",
    ]


def test_fecha_never_goes_back_over_midnight() -> None:
    assert fecha(CDMX, utc("2026-01-01T06:00:04")) == datetime(2026, 1, 1, 0, 0, 0)
    assert fecha(CDMX, utc("2026-01-01T06:00:11")) == datetime(2026, 1, 1, 0, 0, 1)
    assert fecha(CDMX, utc("2026-01-01T05:59:59")) == datetime(2025, 12, 31, 23, 59, 49)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.sampled_from(PLACES))
def test_fecha_is_in_the_future_neither_for_the_sat_nor_for_the_place(moment: datetime, cp: str) -> None:
    now = moment.replace(tzinfo=UTC)
    written = fecha(cp, now)
    assert written.tzinfo is None
    assert written.microsecond == 0
    walls = [now.astimezone(zone).replace(tzinfo=None) for zone in (zone_of(cp), sat_zone_of(cp))]
    assert written <= min(walls)
    assert min(walls) - written <= timedelta(seconds=11)
    assert written.date() == min(walls).date()


def test_any_zone_of_now_gives_the_same_fecha() -> None:
    now = utc("2026-07-15T18:00")
    assert fecha(CDMX, now) == fecha(CDMX, now.astimezone(ZoneInfo("Asia/Tokyo")))


@pytest.mark.parametrize("cp", ["00000", "00999", "6700", "067000", "O6700", "", "٠٦٧٠٠"])
def test_it_refuses_what_is_no_postal_code(cp: str) -> None:
    with pytest.raises(UnknownPlace):
        zone_of(cp)


def test_a_naive_now_raises() -> None:
    with pytest.raises(ValueError, match="aware"):
        fecha(CDMX, datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="naive"):
        instant(CDMX, utc("2026-01-01T00:00"))

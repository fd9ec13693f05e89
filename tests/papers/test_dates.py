from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from amate.papers.dates import ZONES, in_full, short, to_the_second, zone_in_words

WHEN = datetime(2026, 11, 21, 14, 7, 2)


def test_it_writes_a_date_for_each_place() -> None:
    assert in_full(WHEN) == "21 de noviembre de 2026, 14:07"
    assert short(WHEN) == "21 nov 2026"
    assert to_the_second(WHEN) == "21 nov 2026, 14:07:02"


def test_it_neither_pads_the_day_nor_drops_the_hour_s_zero() -> None:
    assert in_full(datetime(2027, 1, 3, 0, 5)) == "3 de enero de 2027, 00:05"


def test_every_month_has_its_own_short_name() -> None:
    said = [short(datetime(2026, month, 1)) for month in range(1, 13)]
    assert said[0] == "1 ene 2026"
    assert said[8] == "1 sep 2026"
    assert len(set(said)) == 12


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Mexico_City", "hora del centro"),
        ("America/Tijuana", "hora del noroeste"),
        ("America/Cancun", "hora del sureste"),
        ("America/Hermosillo", "hora del pacífico"),
        ("America/Ciudad_Juarez", "hora de Ciudad Juárez"),
    ],
)
def test_it_names_the_zone(zone: str, said: str) -> None:
    assert zone_in_words(zone) == said


def test_zones_that_share_a_name_share_their_hour() -> None:
    summer, winter = datetime(2026, 7, 1, 12), datetime(2026, 12, 1, 12)
    offsets: dict[str, set[object]] = {}
    for zone, said in ZONES.items():
        here = ZoneInfo(zone)
        offsets.setdefault(said, set()).add((here.utcoffset(summer), here.utcoffset(winter)))
    assert all(len(found) == 1 for found in offsets.values()), offsets


def test_it_refuses_a_zone_that_is_not_mexican() -> None:
    with pytest.raises(ValueError, match="Europe/Madrid"):
        zone_in_words("Europe/Madrid")

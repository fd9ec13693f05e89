"""Dates and zones in Spanish, the same on every machine: no locale is asked."""

from datetime import date, datetime

# fmt: off
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# fmt: on
# What people call the hour of each zone of Mexico (FISCAL §3). Juárez and the border follow the United States' summer
# time, so they are not "del centro" without more.
ZONES = {
    "America/Mexico_City": "hora del centro",
    "America/Merida": "hora del centro",
    "America/Monterrey": "hora del centro",
    "America/Chihuahua": "hora del centro",
    "America/Bahia_Banderas": "hora del centro",
    "America/Matamoros": "hora del centro en la frontera",
    "America/Ojinaga": "hora del centro en la frontera",
    "America/Ciudad_Juarez": "hora de Ciudad Juárez",
    "America/Hermosillo": "hora del pacífico",
    "America/Mazatlan": "hora del pacífico",
    "America/Tijuana": "hora del noroeste",
    "America/Cancun": "hora del sureste",
}


def in_full(when: datetime, *, lang: str = "es") -> str:
    """For facts: "21 de noviembre de 2026, 14:07"; in English "Nov 21 2026, 14:07". Prints the value as it stands: convert
    to the place's zone first."""
    if lang != "es":
        return f"{ENGLISH_MONTHS[when.month - 1]} {when.day} {when.year}, {when:%H:%M}"
    return f"{when.day} de {MONTHS[when.month - 1]} de {when.year}, {when:%H:%M}"


def short(when: date, *, lang: str = "es") -> str:
    """For lists: "21 nov 2026"; in English "Nov 21, 2026"."""
    if lang != "es":
        return f"{ENGLISH_MONTHS[when.month - 1]} {when.day}, {when.year}"
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def to_the_second(when: datetime, *, lang: str = "es") -> str:
    """For fiscal moments: "21 nov 2026, 14:07:02"; in English "Nov 21, 2026, 14:07:02"."""
    return f"{short(when, lang=lang)}, {when:%H:%M:%S}"


def zone_in_words(zone: str) -> str:
    """The IANA zone as people call its hour. ValueError outside Mexico."""
    try:
        return ZONES[zone]
    except KeyError:
        raise ValueError(f"{zone} is not one of the zones of Mexico: {', '.join(ZONES)}") from None

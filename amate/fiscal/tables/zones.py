"""Which clock each postal code lives by (FISCAL CLK; counts there are tested).

Everything is central time except the ranges below. `sat` is the zone that the SAT writes in its catalogue; `iana` is
what the clocks on the wall show. They differ only in Chihuahua's border towns (CLK-1).
"""

from typing import NamedTuple

CENTRO = "America/Mexico_City"
PACIFICO = "America/Hermosillo"
FRONTERA = "America/Matamoros"
NOROESTE = "America/Tijuana"
SURESTE = "America/Cancun"
JUAREZ = "America/Ciudad_Juarez"
OJINAGA = "America/Ojinaga"


class Stretch(NamedTuple):
    """Postal codes `first` to `last`, both inside, as numbers."""

    first: int
    last: int
    iana: str
    sat: str


def _same(first: int, last: int, zone: str) -> Stretch:
    return Stretch(first, last, zone, zone)


# In order and without overlap: `clock.zone_of` searches by halving.
STRETCHES = (
    _same(21000, 22999, NOROESTE),  # Baja California
    _same(23000, 23999, PACIFICO),  # Baja California Sur
    _same(26000, 26339, FRONTERA),  # Piedras Negras, Nava, Acuña
    _same(26400, 26699, FRONTERA),  # Jiménez, Zaragoza, Morelos, Allende, Villa Unión, Guerrero, Hidalgo
    _same(27500, 27549, FRONTERA),  # Ocampo, Coahuila
    Stretch(31820, 31849, JUAREZ, FRONTERA),  # Ascensión, Janos
    Stretch(32000, 32799, JUAREZ, FRONTERA),  # Juárez, Guadalupe, Praxedis G. Guerrero
    Stretch(32850, 32899, OJINAGA, CENTRO),  # Coyame del Sotol, Ojinaga
    Stretch(32980, 32999, OJINAGA, CENTRO),  # Manuel Benavides
    _same(63000, 63725, PACIFICO),  # Nayarit, but for Bahía de Banderas
    _same(63727, 63727, PACIFICO),
    _same(63731, 63731, PACIFICO),
    _same(63733, 63733, PACIFICO),
    _same(63740, 63999, PACIFICO),
    _same(65000, 65069, FRONTERA),  # Anáhuac, Nuevo León
    _same(68318, 68318, PACIFICO),  # among Oaxaca's numbers, but the SAT counts it as Nayarit
    _same(77000, 77999, SURESTE),  # Quintana Roo
    _same(80000, 85999, PACIFICO),  # Sinaloa, Sonora
    _same(87300, 87599, FRONTERA),  # Matamoros, Valle Hermoso
    _same(88000, 88879, FRONTERA),  # Nuevo Laredo to Reynosa
    _same(88900, 88999, FRONTERA),  # Río Bravo
)

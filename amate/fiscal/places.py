"""Where a postal code is, by the SAT's own catalogues."""

import pickle
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from functools import cache, lru_cache
from typing import NamedTuple

from amate.fiscal.sat_texts import open_texts, plain, table


class Place(NamedTuple):
    """Some postal codes are of no one municipality: then it is empty."""

    municipio: str
    estado: str

    def __str__(self) -> str:
        return ", ".join(filter(None, self))


@lru_cache(maxsize=4096)
def place_of(cp: str) -> Place | None:
    """None for what the SAT has no place for.

    >>> str(place_of("06700")), place_of("abcde")
    ('Cuauhtémoc, Ciudad de México', None)
    """
    with closing(open_texts()) as connection:
        row = connection.execute(
            f"SELECT value FROM {table('c_CodigoPostal')} WHERE key = ?",  # noqa: S608 a name of ours
            (pickle.dumps(cp, protocol=4),),
        ).fetchone()
    if row is None:
        return None
    estado, municipio, *_ = plain(row[0])
    named = _municipios().get((municipio, estado), "")
    return Place(named, _estados().get(estado, ""))


class Area(NamedTuple):
    """A postal code with everything it is called by: `ciudad` is empty where there is none of another name."""

    cp: str
    place: Place
    ciudad: str
    colonias: tuple[str, ...]

    @property
    def text(self) -> str:
        """What it is called, a line for its place and one for each colonia."""
        where = f"{self.ciudad}, {self.place}" if self.ciudad else str(self.place)
        return "\n".join([where, *self.colonias])


def areas() -> Iterator[Area]:
    """Every postal code that is somewhere, by its number. The catalogue also holds thousands without municipality nor
    colonia: numbers that are kept free."""
    with closing(open_texts()) as connection:
        colonias: dict[str, list[str]] = defaultdict(list)
        for key, value in connection.execute(_ALL_OF["c_Colonia"]):
            colonias[plain(key)[1]].append(plain(value))
        localidades = {plain(key): plain(value) for key, value in connection.execute(_ALL_OF["c_Localidad"])}
        rows = connection.execute(_ALL_OF["c_CodigoPostal"]).fetchall()
    for cp, (estado, municipio, localidad, *_) in sorted((plain(key), plain(value)) for key, value in rows):
        place = Place(_municipios().get((municipio, estado), ""), _estados().get(estado, ""))
        if not place.municipio and cp not in colonias:
            continue
        ciudad = localidades.get((localidad, estado), "")
        yield Area(cp, place, "" if ciudad == place.municipio else ciudad, tuple(sorted(colonias[cp])))


_ALL_OF = {sat: f"SELECT key, value FROM {table(sat)}" for sat in ("c_CodigoPostal", "c_Localidad", "c_Colonia")}  # noqa: S608


@cache
def _municipios() -> dict[tuple[str, str], str]:
    return dict(_texts("c_Municipio"))


@cache
def _estados() -> dict[str, str]:
    return {key: said[1] for key, said in _texts("c_Estado") if said[0] == "MEX"}


def _texts(sat: str) -> Iterator[tuple]:  # type: ignore[type-arg]  # keys are text, or pairs of them
    with closing(open_texts()) as connection:
        for key, value in connection.execute(f"SELECT key, value FROM {table(sat)}"):  # noqa: S608 a name of ours
            yield plain(key), plain(value)

"""What a newer edition changes, for a person to read before it is adopted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amate.catalogs.source import C_RATES, Cells

# The SAT adds and ends keys by the hundred; a source that loses one in twenty was cut or is of something else.
MOST_LOST = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """Keys of one catalogue: new, gone, with another end of validity, or with another text or flag."""

    catalog: str
    added: tuple[str, ...]
    gone: tuple[str, ...]
    ended: tuple[str, ...]
    changed: tuple[str, ...]
    before: int

    @property
    def is_suspicious(self) -> bool:
        """Whether so many keys are gone that the source is likely cut."""
        return self.before > 0 and len(self.gone) > max(2, self.before * MOST_LOST)


def compare(*, now: Mapping[str, Iterable[Cells]], newer: Mapping[str, Iterable[Cells]]) -> tuple[Difference, ...]:
    """Only catalogues that differ. A catalogue that `newer` lacks is not looked at: it stays as it is."""
    found = []
    for catalog in newer:
        old = {_key(catalog, row): row for row in now.get(catalog, ())}
        new = {_key(catalog, row): row for row in newer[catalog]}
        common = [key for key in new if key in old]
        ended = tuple(sorted(key for key in common if _end(new[key]) != _end(old[key])))
        said = tuple(sorted(key for key in common if key not in ended and _says_otherwise(old[key], new[key])))
        difference = Difference(
            catalog,
            tuple(sorted(new.keys() - old.keys())),
            tuple(sorted(old.keys() - new.keys())),
            ended,
            said,
            len(old),
        )
        if difference.added or difference.gone or difference.ended or difference.changed:
            found.append(difference)
    return tuple(found)


def _key(catalog: str, row: Cells) -> str:
    if catalog != C_RATES:
        return row["id"]
    named = ("impuesto", "factor", "minimo", "valor", "traslado", "retencion")
    return " ".join(value for column in named if (value := row.get(column, "")))


def _end(row: Cells) -> str:
    return row.get("vigencia_hasta", "")


def _says_otherwise(old: Cells, new: Cells) -> bool:
    """Only columns that both have: what comes with the package knows keys and texts alone."""
    return any(old[column] != new[column] for column in old.keys() & new.keys())

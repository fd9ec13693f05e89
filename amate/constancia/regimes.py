"""The table of regimes of a Constancia, whose names are not quite those of c_RegimenFiscal."""

import re
import unicodedata

from amate.fiscal.tables.personas import REGIMENES

_DATE = re.compile(r"\b[0-9]{2}/[0-9]{2}/[0-9]{4}\b")
_HEAD = re.compile(r"Régimen\s+Fecha\s*Inicio\s+Fecha\s*Fin", re.IGNORECASE)
_ROW = re.compile(rf"(?P<name>[^0-9]+?)\s*(?P<dates>{_DATE.pattern}(?:\s+{_DATE.pattern})?)\s*")
_FILLERS = frozenset(["regimen", "de", "del", "la", "las", "los", "el"])


def regimes_in(table: str) -> tuple[str, ...]:
    """Keys of the regimes in force, as the table has them: a row with two dates has ended.

    Empty as soon as one row is not understood: half a list would leave out the one that counts.

    >>> regimes_in("Régimen Fecha Inicio Fecha Fin Régimen Simplificado de Confianza 01/01/2022")
    ('626',)
    """
    rest = " ".join(_HEAD.sub(" ", table).split())
    in_force: list[str] = []
    while rest:
        row = _ROW.match(rest)
        key = _KEYS.get(_plain(row["name"])) if row else None
        if row is None or key is None:
            return ()
        if len(_DATE.findall(row["dates"])) == 1 and key not in in_force:
            in_force.append(key)
        rest = rest[row.end() :]
    return tuple(in_force)


def _plain(name: str) -> str:
    """
    >>> _plain("Régimen de los Demás ingresos"), _plain("Agrícolas, Ganaderas")
    ('demas ingresos', 'agricolas ganaderas')
    """
    bare = "".join(one for one in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(one))
    return " ".join(word for word in re.findall(r"[a-z]+", bare) if word not in _FILLERS)


_KEYS = {_plain(regimen.texto): clave for clave, regimen in REGIMENES.items()}

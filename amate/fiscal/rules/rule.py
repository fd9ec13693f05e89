"""One line of the table of rules: what is demanded, who says so and in which edition, and whether we look at it."""

from dataclasses import dataclass
from typing import Literal

Looked = Literal["offline", "pac", "dormant", "formula"]

NOT_LOOKED: dict[Looked, str] = {
    "pac": "Solo un PAC o el SAT lo saben.",
    "dormant": "El SAT aún no publica los límites.",
    "formula": "No es una revisión aparte: está dentro de la fórmula de otra.",
}
_LOOKED: dict[str, Looked] = {looked: looked for looked in NOT_LOOKED}


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so, and which edition of it this program was written from."""

    name: str
    edition: str

    def __str__(self) -> str:
        return f"{self.name} ({self.edition})"


MATRIX = Source("Matriz de errores del CFDI 4.0, SAT", "25-03-2026")
PAGOS_MATRIX = Source("Matriz de errores de Pagos 2.0, SAT", "revisión B, vigente desde 15-01-2024")
XSD = Source("Esquemas del CFDI 4.0, Pagos 2.0 y TFD 1.1, SAT", "los del satcfdi instalado")
CSD_CODES = Source("Validaciones del PAC, Anexo 20", "RMF 2026")
GLOBAL_GUIDE = Source("Guía de llenado del CFDI global, SAT", "08-03-2023")
PAGOS_GUIDE = Source("Guía de llenado del complemento de pagos, SAT", "Pagos 2.0")
RMF = Source("Resolución Miscelánea Fiscal", "2026")
AMATE = Source("Amate; ningún PAC lo revisa", "2026")


@dataclass(frozen=True, slots=True)
class Rule:
    """`demands` is one Spanish sentence. `warns`: it may also, or only, be a warning or a note."""

    code: str
    demands: str
    source: Source
    looked: Looked = "offline"
    warns: bool = False


def rows(source: Source, text: str) -> list[Rule]:
    """One rule a line: `CODE what it demands`. After the code may stand a `!` (warns) or `?` with why it is not looked at."""
    return [_row(source, line) for line in text.strip().splitlines()]


def _row(source: Source, line: str) -> Rule:
    code, demands = line.strip().split(" ", 1)
    mark, _, rest = demands.partition(" ")
    if mark == "!":
        return Rule(code, rest, source, warns=True)
    if mark.startswith("?"):
        return Rule(code, rest, source, _LOOKED[mark[1:]])
    return Rule(code, demands, source)

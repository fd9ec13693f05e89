"""What the simulated SAT knows of people: loadable, open until something is loaded (ENGINE SIM-4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

GENERIC = frozenset({"XAXX010101000", "XEXX010101000"})


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the SAT's list of RFCs. An empty field is not checked."""

    nombre: str = ""
    cp: str = ""
    regimenes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """`strict`: an RFC that is not in `receivers` does not exist (CFDI40143). Generic RFCs always do. `closed`: days the
    SAT does not work besides those of the law; `efos`: RFCs whose operations it presumes false; `primary_sector`: RFCs whose
    CFDI are cancelled by another way."""

    strict: bool = False
    receivers: Mapping[str, Person] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    not_in_lco: frozenset[str] = frozenset()
    closed: frozenset[date] = frozenset()
    efos: frozenset[str] = frozenset()
    primary_sector: frozenset[str] = frozenset()

    def unknown(self, rfc: str) -> bool:
        return self.strict and rfc not in self.receivers and rfc not in GENERIC


def read_lists(said: Mapping[str, Any]) -> Lists:
    """From JSON: `mode` (open, strict; strict when receivers are loaded and nothing is said), `receivers` {RFC: {nombre,
    cp, regimenes}}, `revoked` [NoCertificado], `not_in_lco` [RFC], `closed` [ISO date], `efos` [RFC], `primary_sector` [RFC]. Raises
    ValueError."""
    receivers = {
        str(rfc): Person(
            nombre=str(row.get("nombre", "")),
            cp=str(row.get("cp", "")),
            regimenes=tuple(str(regimen) for regimen in row.get("regimenes", ())),
        )
        for rfc, row in dict(said.get("receivers", {})).items()
    }
    mode = said.get("mode", "strict" if receivers else "open")
    if mode not in ("open", "strict"):
        raise ValueError(f"mode is open or strict, not {mode!r}")
    return Lists(
        strict=mode == "strict",
        receivers=receivers,
        revoked=frozenset(str(number) for number in said.get("revoked", ())),
        not_in_lco=frozenset(str(rfc) for rfc in said.get("not_in_lco", ())),
        closed=frozenset(date.fromisoformat(day) for day in said.get("closed", ())),
        efos=frozenset(str(rfc) for rfc in said.get("efos", ())),
        primary_sector=frozenset(str(rfc) for rfc in said.get("primary_sector", ())),
    )

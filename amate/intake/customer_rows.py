"""From rows to customers with their fiscal data."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from amate.fiscal.receptor import Receptor, ReceptorRefused, default_uso, read_receptor
from amate.fiscal.rfc import RfcRefused, read_rfc
from amate.fiscal.tables.personas import REGIMENES
from amate.intake.cells import CellRefused, read_code, read_padded
from amate.intake.columns import LABELS, plain
from amate.intake.found import Bad, Good, Wrong
from amate.intake.reader import Reader
from amate.intake.rows import Row

_LABELS = LABELS["customers"]
LONGEST_TELEPHONE = 30


@dataclass(frozen=True, slots=True)
class CustomerAt:
    """`says_uso`: the row has one, it is not only the likeliest. `padded`: the zeros that Excel took off the postal code
    were put back."""

    receptor: Receptor
    correo: str
    telefono: str
    says_uso: bool
    padded: bool


def read_customers(reader: Reader, rows: Iterable[Row]) -> Iterator[Good[CustomerAt] | Bad]:
    """One row, one customer. An RFC that comes twice is refused: which of the two was meant?"""
    seen: set[str] = set()
    for row in rows:
        errors: list[Wrong] = []
        found = _customer(reader, row, errors)
        if found is not None and found.receptor.rfc in seen:
            again = f"El RFC {found.receptor.rfc} ya apareció antes en este archivo: deja solo uno"
            errors.append(Wrong(row.number, _LABELS["rfc"], again))
        elif found is not None:
            seen.add(found.receptor.rfc)
        yield Good(row.number, 1, found) if found and not errors else Bad(row.number, 1, tuple(errors))


def _customer(reader: Reader, row: Row, errors: list[Wrong]) -> CustomerAt | None:
    def cell(field: str) -> str:
        return reader.cell(row, field)

    field = "cp"
    try:
        cp = read_padded(cell("cp"), 5) if cell("cp") else ""
        padded = bool(cp) and cp != read_code(cell("cp"))
        field = "regimen_fiscal"
        regimen = read_regimen(cell(field))
        field = "telefono"
        telefono = _telephone(cell(field))
        field = "correo"
        correo = cell(field)
        if correo:
            validate_email(correo)
    except CellRefused as refused:
        errors.append(Wrong(row.number, _LABELS[field], refused.message))
        return None
    except ValidationError:
        errors.append(Wrong(row.number, _LABELS[field], f"“{correo}” no es un correo: corrígelo o deja la celda vacía"))
        return None
    uso = re.match(r"[A-Za-z]{1,2}[0-9]{2}\b", cell("uso_cfdi"))
    try:
        read = read_receptor(
            rfc=cell("rfc"),
            nombre=cell("nombre"),
            domicilio_fiscal=cp,
            regimen_fiscal=regimen,
            uso_cfdi=uso[0] if uso else cell("uso_cfdi") or _uso(cell("rfc"), regimen),
            catalogs=reader.catalogs,
        )
    except ReceptorRefused as refused:
        errors += [Wrong(row.number, _LABELS[name], sentence) for name, sentence in refused.errors.items()]
        return None
    return CustomerAt(read.receptor, correo, telefono, bool(cell("uso_cfdi")), padded)


def read_regimen(text: str) -> str:
    """Its key, alone, before its words, or of its words alone.

    >>> read_regimen("601 - General de Ley"), read_regimen("612.0"), read_regimen("Simplificado de confianza")
    ('601', '612', '626')
    """
    said = read_code(text)
    if key := re.match(r"[0-9]{3}\b", said):
        return key[0]
    words = plain(said).removeprefix("regimen ").removeprefix("de ").removeprefix("las ")
    named = [one.clave for one in REGIMENES.values() if words and words in plain(one.texto)]
    return named[0] if len(named) == 1 else said


def _telephone(text: str) -> str:
    said = read_code(text)
    if len(said) > LONGEST_TELEPHONE:
        raise CellRefused(f"“{said[:40]}” es demasiado largo: deja un solo teléfono")
    return said


def _uso(rfc: str, regimen: str) -> str:
    """What the counter would offer first; of an RFC that cannot be read the error is the RFC's."""
    try:
        return default_uso(regimen, read_rfc(rfc).persona)
    except RfcRefused:
        return "G03"

"""A receiver's data as an invoice says them and as its substitute would, for whoever asks for it and whoever approves it."""

from amate.fiscal.catalogs import name_of
from amate.fiscal.receptor import Receptor
from amate.web.said import said


def beside(was: Receptor, will: Receptor) -> list[tuple[str, str, str]]:
    """(what, as it is, as it will be) of each."""
    return [
        ("RFC", was.rfc, will.rfc),
        ("Nombre", was.nombre, will.nombre),
        ("Código postal", was.domicilio_fiscal, will.domicilio_fiscal),
        ("Régimen fiscal", _named("regimen_fiscal", was.regimen_fiscal), _named("regimen_fiscal", will.regimen_fiscal)),
        ("Uso del CFDI", _named("uso_cfdi", was.uso_cfdi), _named("uso_cfdi", will.uso_cfdi)),
    ]


def _named(catalog: str, key: str) -> str:
    return f"{key} · {said(name_of(catalog, key))}"

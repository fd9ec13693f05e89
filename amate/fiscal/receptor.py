"""Who receives a CFDI: what a person typed becomes what the SAT's list has, or says field by field what to mend."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL, Name, has_accents, is_public
from amate.fiscal.razon_social import normalise_name as normalise_name
from amate.fiscal.rfc import (
    DIGIT_WARNING,
    GENERIC_EXTRANJERO,
    GENERIC_NACIONAL,
    Persona,
    Rfc,
    RfcRefused,
    read_rfc,
)
from amate.fiscal.tables.personas import REGIMENES, USOS
from amate.fiscal.text import TextRefused

SIN_OBLIGACIONES = "616"
SIN_EFECTOS = "S01"
GASTOS_EN_GENERAL = "G03"

_FIVE_DIGITS = re.compile(r"[0-9]{5}")
_NEVER_OFFERED = frozenset({"CP01", "CN01", "G02"})  # of a REP, a payroll (USO-2) and a credit note: not of a purchase
_MOST_LIKELY = ("G03", "S01", "G01", "D01", "D10", "I04")
_TAX_IDS = {"USA": re.compile(r"[0-9]{9}"), "CAN": re.compile(r"[0-9]{9}")}


@dataclass(frozen=True, slots=True)
class Receptor:
    rfc: str
    nombre: str
    domicilio_fiscal: str
    regimen_fiscal: str
    uso_cfdi: str
    residencia_fiscal: str | None = None
    num_reg_id_trib: str | None = None


@dataclass(frozen=True, slots=True)
class ReadReceptor:
    """`suffix_removed`: the form of company taken off the name, "" if none. `warnings`: by field, to show, not to stop."""

    receptor: Receptor
    suffix_removed: str
    warnings: Mapping[str, str]


class ReceptorRefused(ValueError):
    """`errors`: a sentence for each wrong field: rfc, nombre, cp, regimen_fiscal, uso_cfdi (DECISIONS E5)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors.items()))
        self.errors = dict(errors)


def read_receptor(
    *,
    rfc: str,
    nombre: str,
    domicilio_fiscal: str,
    regimen_fiscal: str,
    uso_cfdi: str,
    catalogs: Catalogs,
    offered_usos: Collection[str] | None = None,
    keep_suffix: bool = False,
) -> ReadReceptor:
    """Read the five fields a customer typed; raises `ReceptorRefused` with all that is wrong at once (REC-1..4, USO-1).

    `offered_usos`: those that the company's portal offers, None for all. `keep_suffix`: leave the name as it was typed.
    The generic RFCs are refused: `public_receptor` and `foreign_receptor` make theirs.
    """
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}
    who = _read_rfc(rfc, errors, warnings)
    persona: Persona = "F" if who is None or keep_suffix else who.persona
    name = _read_name(nombre, persona, errors, warnings)
    cp = domicilio_fiscal.strip()
    if not _FIVE_DIGITS.fullmatch(cp):
        errors["cp"] = "El código postal lleva 5 números"
    elif not catalogs.is_address(cp):
        errors["cp"] = "El SAT no tiene ese código postal. Escribe el de tu domicilio fiscal"
    regimen, uso = regimen_fiscal.strip(), uso_cfdi.strip().upper()
    _check_regimen(regimen, who, errors)
    _check_uso(uso, regimen, who, offered_usos, errors)
    if errors or who is None:
        raise ReceptorRefused(errors)
    return ReadReceptor(Receptor(who.value, name.nombre, cp, regimen, uso), name.suffix, warnings)


def public_receptor(*, nombre: str, lugar_expedicion: str) -> Receptor:
    """A person without RFC, under his own name (REC-5 b). Raises `ReceptorRefused` on "nombre"."""
    errors: dict[str, str] = {}
    name = _read_name(nombre, "F", errors, {})
    if errors:
        raise ReceptorRefused(errors)
    return Receptor(GENERIC_NACIONAL, name.nombre, lugar_expedicion, SIN_OBLIGACIONES, SIN_EFECTOS)


def foreign_receptor(
    *,
    nombre: str,
    lugar_expedicion: str,
    catalogs: Catalogs,
    residencia_fiscal: str | None = None,
    num_reg_id_trib: str | None = None,
) -> Receptor:
    """Somebody who pays no taxes in Mexico (REC-6): XEXX010101000, 616, S01, the postal code of the place of issue.

    Raises `ReceptorRefused` on "nombre", "residencia_fiscal" (c_Pais, not MEX; CFDI40152) and "num_reg_id_trib"
    (needs a country, CFDI40153, and that country's pattern, CFDI40156).
    """
    errors: dict[str, str] = {}
    name = _read_name(nombre, "F", errors, {})
    country = (residencia_fiscal or "").strip().upper()
    tax_id = (num_reg_id_trib or "").strip()
    if country == "MEX":
        errors["residencia_fiscal"] = "Elige otro país: quien reside en México se factura con su RFC"
    elif country and country not in catalogs.paises:
        errors["residencia_fiscal"] = "Elige el país de la lista"
    if tax_id and not country:
        errors["residencia_fiscal"] = "Elige el país que dio ese número"
    elif tax_id and not 1 <= len(tax_id) <= 40:
        errors["num_reg_id_trib"] = "El número de identificación lleva hasta 40 caracteres"
    elif tax_id and country in _TAX_IDS and not _TAX_IDS[country].fullmatch(tax_id):
        errors["num_reg_id_trib"] = "En ese país el número lleva 9 cifras, sin guiones"
    if errors:
        raise ReceptorRefused(errors)
    return Receptor(
        GENERIC_EXTRANJERO,
        name.nombre,
        lugar_expedicion,
        SIN_OBLIGACIONES,
        SIN_EFECTOS,
        country or None,
        tax_id or None,
    )


def uso_allowed(uso: str, regimen: str, persona: Persona) -> bool:
    """CFDI40161: whether a receiver of this regime and kind of person may use the CFDI so. False for dead keys."""
    use = USOS.get(uso)
    if use is None or regimen not in use.regimenes:
        return False
    return (use.fisica if persona == "F" else use.moral) and regimen in regimenes_for(persona)


def regimenes_for(persona: Persona) -> tuple[str, ...]:
    """Keys of the regimes of a kind of person (CFDI40158), in the SAT's order."""
    return _REGIMENES[persona]


def usos_for(regimen: str, persona: Persona, offered: Collection[str] | None = None) -> tuple[str, ...]:
    """Uses to choose from, the likeliest first; never CP01 nor CN01 (USO-2).

    S01 stays even if the company does not offer it where nothing else would be left.
    """
    allowed = tuple(uso for uso in _OFFERED if uso_allowed(uso, regimen, persona))
    wanted = tuple(uso for uso in allowed if offered is None or uso in offered)
    return wanted or tuple(uso for uso in allowed if uso == SIN_EFECTOS)


def default_uso(regimen: str, persona: Persona, offered: Collection[str] | None = None) -> str:
    """G03 where it may be chosen, else S01 (USO-2), else the first that the company offers."""
    usos = usos_for(regimen, persona, offered)
    return next((uso for uso in (GASTOS_EN_GENERAL, SIN_EFECTOS, *usos) if uso in usos), SIN_EFECTOS)


_REGIMENES: Mapping[str, tuple[str, ...]] = {
    "F": tuple(clave for clave, regimen in REGIMENES.items() if regimen.fisica),
    "M": tuple(clave for clave, regimen in REGIMENES.items() if regimen.moral),
}
_OFFERED = _MOST_LIKELY + tuple(uso for uso in USOS if uso not in _NEVER_OFFERED and uso not in _MOST_LIKELY)


def _read_rfc(text: str, errors: dict[str, str], warnings: dict[str, str]) -> Rfc | None:
    try:
        rfc = read_rfc(text)
    except RfcRefused as refused:
        errors["rfc"] = refused.message
        return None
    if rfc.is_generic:
        errors["rfc"] = "Ese RFC es de público en general: escribe el tuyo para que la factura te sirva"
        return None
    if not rfc.check_digit_matches:
        warnings["rfc"] = DIGIT_WARNING
    return rfc


def _read_name(nombre: str, persona: Persona, errors: dict[str, str], warnings: dict[str, str]) -> Name:
    try:
        name = normalise_name(nombre, persona)
    except TextRefused as refused:
        errors["nombre"] = refused.message
        return Name("", "")
    if not name.nombre:
        errors["nombre"] = "Escribe el nombre como está en el SAT"
    elif is_public(name.nombre):
        # CFDI40146 with a real RFC, CFDI40130 without InformacionGlobal.
        errors["nombre"] = f"“{PUBLICO_EN_GENERAL}” no es el nombre de nadie: escribe el que está en el SAT"
    elif has_accents(name.nombre):
        warnings["nombre"] = "El SAT casi siempre escribe los nombres sin acentos. Cópialo igual que en tu Constancia"
    return name


def _check_regimen(regimen: str, who: Rfc | None, errors: dict[str, str]) -> None:
    if regimen not in REGIMENES:
        errors["regimen_fiscal"] = "Elige tu régimen fiscal: está en tu Constancia"
    elif who is not None and regimen not in regimenes_for(who.persona):
        errors["regimen_fiscal"] = "Este régimen no corresponde a tu RFC"


def _check_uso(
    uso: str, regimen: str, who: Rfc | None, offered: Collection[str] | None, errors: dict[str, str]
) -> None:
    if uso not in USOS or uso in _NEVER_OFFERED:
        errors["uso_cfdi"] = "Elige para qué usarás la factura"
    elif who is None or "regimen_fiscal" in errors:
        return
    elif not uso_allowed(uso, regimen, who.persona):
        errors["uso_cfdi"] = "El SAT no acepta ese uso con tu régimen. Elige otro"
    elif uso not in usos_for(regimen, who.persona, offered):
        errors["uso_cfdi"] = "Aquí no se factura con ese uso. Elige otro"

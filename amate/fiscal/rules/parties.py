"""Who issues and who receives: what can be known without the SAT's list of taxpayers.

CFDI40139 emitter's name · 40140-40141 its regime · 40143 receiver's RFC · 40145-40146 name · 40148-40149 postal code ·
40150-40152 ResidenciaFiscal · 40153-40156 NumRegIdTrib · 40157-40159 regime · 40160-40161 UsoCFDI.

40138, 40142, 40144, 40147 and the rest of 40139, 40143, 40145, 40148 and 40159 compare with that list: a PAC's work.
REC-1 (an impossible RFC that issues; a check digit), COM-2 (CP01 on an invoice) and COM-3 (nobody's postal code) have
no code: they are ours.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from amate.fiscal.catalogs import NOWHERE, Catalogs
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL, Name, normalise_name
from amate.fiscal.rfc import GENERIC_EXTRANJERO, GENERICS, Persona, Rfc, RfcRefused, read_rfc
from amate.fiscal.rules.finding import Finding, error, note, warning
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.reading import Reading
from amate.fiscal.text import TextRefused

_SIN_OBLIGACIONES = "616"
# Until CFDI 4.0 was the only version, PACs let the capital regime pass: a stamp of January 2022 in the corpus has it.
_NAMES_STRICT_SINCE = date(2023, 4, 1)
_LONGEST_NAME = 300
_TAX_ID = {"USA": re.compile(r"[0-9]{9}"), "CAN": re.compile(r"[0-9]{9}")}


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    yield from _emisor(doc, catalogs)
    rfc = doc.receptor.get("Rfc", "")
    yield from _rfc(rfc)
    yield from _receptor_name(doc, rfc)
    yield from _postal_code(doc, catalogs, rfc)
    yield from _foreigner(doc, catalogs, rfc)
    yield from _regimen(doc, catalogs, rfc)
    yield from _uso(doc, catalogs, rfc)


@lru_cache(maxsize=1024)
def _read_rfc(rfc: str) -> Rfc:
    return read_rfc(rfc)


@lru_cache(maxsize=1024)
def _normalised(nombre: str) -> Name:
    return normalise_name(nombre, "M")


def persona_of(rfc: str) -> Persona:
    return "M" if len(rfc) == 12 else "F"


def _emisor(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    rfc, nombre = doc.emisor.get("Rfc", ""), doc.emisor.get("Nombre", "")
    if not _is_possible(rfc):
        yield error("REC-1", "Emisor/@Rfc", f"“{rfc}” no es un RFC posible: nadie puede emitir con él.")
    yield from _suffix(doc, "CFDI40139", "Emisor/@Nombre", rfc, nombre)
    regimen, where = doc.emisor.get("RegimenFiscal", ""), "Emisor/@RegimenFiscal"
    if wrong := not_in(catalogs, "c_RegimenFiscal", regimen, doc.as_of):
        yield error("CFDI40140", where, wrong)
    elif not _fits(catalogs, regimen, persona_of(rfc)):
        yield error("CFDI40141", where, f"El régimen {regimen} no es de {_people(rfc)}, y {rfc} lo es.")


def _rfc(rfc: str) -> Iterator[Finding]:
    try:
        read = _read_rfc(rfc)
    except RfcRefused:
        yield error("CFDI40143", "Receptor/@Rfc", f"“{rfc}” no puede estar en la lista del SAT: no es un RFC posible.")
        return
    if not read.check_digit_matches:
        yield note("REC-1", "Receptor/@Rfc", f"El último dígito de {rfc} no coincide; los hay así: confírmalo.")


def _is_possible(rfc: str) -> bool:
    try:
        return not _read_rfc(rfc).is_generic
    except RfcRefused:
        return False


def _receptor_name(doc: Reading, rfc: str) -> Iterator[Finding]:
    nombre = doc.receptor.get("Nombre", "")
    yield from _suffix(doc, "CFDI40145", "Receptor/@Nombre", rfc, nombre)
    if nombre == PUBLICO_EN_GENERAL and rfc not in GENERICS:
        yield error(
            "CFDI40146", "Receptor/@Nombre", f"“{PUBLICO_EN_GENERAL}” solo va con el RFC genérico, no con {rfc}."
        )


def _suffix(doc: Reading, code: str, where: str, rfc: str, nombre: str) -> Iterator[Finding]:
    """The SAT's list holds names without their capital regime (FISCAL REC-2)."""
    if persona_of(rfc) != "M" or len(nombre) > _LONGEST_NAME:
        return
    try:
        bare, regime = _normalised(nombre)
    except TextRefused:
        return  # the schema's finding
    if not regime:
        return
    said = f"El nombre va sin régimen de capital: “{bare}”, no “{nombre}”."
    # A lone word may be the name itself: AUDITORES SAB SA is AUDITORES SAB for the SAT.
    certain = " " in regime and doc.as_of >= _NAMES_STRICT_SINCE
    yield error(code, where, said) if certain else warning(code, where, said)


def _postal_code(doc: Reading, catalogs: Catalogs, rfc: str) -> Iterator[Finding]:
    cp, where = doc.receptor.get("DomicilioFiscalReceptor", ""), "Receptor/@DomicilioFiscalReceptor"
    if wrong := not_in(catalogs, "c_CodigoPostal", cp, doc.as_of):
        yield error("CFDI40148", where, wrong)
    elif cp == NOWHERE:
        yield warning("COM-3", where, "00000 está en el catálogo pero no es un domicilio: escribe el de la Constancia.")
    lugar = doc.attrs.get("LugarExpedicion")
    if rfc in GENERICS and cp != lugar:
        yield error("CFDI40149", where, f"Con RFC genérico va el código postal de LugarExpedicion ({lugar}), no {cp}.")


def _foreigner(doc: Reading, catalogs: Catalogs, rfc: str) -> Iterator[Finding]:
    residencia, tax_id = doc.receptor.get("ResidenciaFiscal"), doc.receptor.get("NumRegIdTrib")
    foreign = rfc == GENERIC_EXTRANJERO
    if residencia is not None:
        where = "Receptor/@ResidenciaFiscal"
        if wrong := not_in(catalogs, "c_Pais", residencia, doc.as_of):
            yield error("CFDI40150", where, wrong)
        if not foreign:
            yield error("CFDI40151", where, f"{rfc} es un RFC mexicano: no lleva ResidenciaFiscal.")
        if residencia == "MEX":
            yield error("CFDI40152", where, "ResidenciaFiscal es el país de quien vive fuera: no puede ser MEX.")
    if tax_id is not None:
        where = "Receptor/@NumRegIdTrib"
        if residencia is None:
            yield error("CFDI40153", where, "NumRegIdTrib necesita también ResidenciaFiscal.")
        if not foreign:
            yield error("CFDI40154", where, f"{rfc} es un RFC mexicano: no lleva NumRegIdTrib.")
        pattern = _TAX_ID.get(residencia or "")
        if pattern is not None and not pattern.fullmatch(tax_id):
            yield error("CFDI40156", where, f"“{tax_id}” no tiene la forma de un número fiscal de {residencia}.")
    elif foreign and "ComercioExterior" in doc.complements:
        yield error("CFDI40155", "Receptor/@NumRegIdTrib", "Con Comercio Exterior hace falta NumRegIdTrib.")


def _regimen(doc: Reading, catalogs: Catalogs, rfc: str) -> Iterator[Finding]:
    regimen, where = doc.receptor.get("RegimenFiscalReceptor", ""), "Receptor/@RegimenFiscalReceptor"
    if wrong := not_in(catalogs, "c_RegimenFiscal", regimen, doc.as_of):
        yield error("CFDI40157", where, wrong)
    elif not _fits(catalogs, regimen, persona_of(rfc)):
        yield error("CFDI40158", where, f"El régimen {regimen} no es de {_people(rfc)}, y {rfc} lo es.")
    elif rfc in GENERICS and regimen != _SIN_OBLIGACIONES:
        yield error("CFDI40159", where, f"El RFC genérico solo tiene el régimen {_SIN_OBLIGACIONES}.")


def _uso(doc: Reading, catalogs: Catalogs, rfc: str) -> Iterator[Finding]:
    uso, regimen = doc.receptor.get("UsoCFDI", ""), doc.receptor.get("RegimenFiscalReceptor", "")
    where = "Receptor/@UsoCFDI"
    if wrong := not_in(catalogs, "c_UsoCFDI", uso, doc.as_of):
        yield error("CFDI40160", where, wrong)
        return
    row = catalogs.usos[uso]
    if regimen not in row.regimenes or not (row.moral if persona_of(rfc) == "M" else row.fisica):
        yield error("CFDI40161", where, f"El uso {uso} no va con el régimen {regimen} de {_people(rfc)}.")
    if uso == "CP01" and doc.tipo == "I":
        yield warning("COM-2", where, "CP01 es el uso de los recibos de pago (tipo P), no de una factura.")


def _fits(catalogs: Catalogs, regimen: str, persona: Persona) -> bool:
    row = catalogs.regimenes[regimen]
    return row.moral if persona == "M" else row.fisica


def _people(rfc: str) -> str:
    return "personas morales" if persona_of(rfc) == "M" else "personas físicas"

"""The text of a Constancia, field by field (OUTSIDE CSF-2, CSF-3): a value runs from its label to the next one."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote

from amate.constancia.regimes import regimes_in
from amate.fiscal.rfc import RfcRefused, read_rfc

MOST_LETTERS = 60_000  # a real one has some four thousand

_NAMES = {
    "rfc": "RFC",
    "denominacion": "Denominación/Razón Social",
    "nombre": "Nombre (s)",
    "primer": "Primer Apellido",
    "segundo": "Segundo Apellido",
    "cp": "Código Postal",
    "regimenes": "Regímenes",
}
# What only ends the value before it.
_OTHERS = (
    "idCIF", "CURP", "Régimen Capital", "Nombre Comercial", "Fecha inicio de operaciones", "Estatus en el padrón",
    "Fecha de último cambio de estado", "Tipo de Vialidad", "Nombre de Vialidad", "Nombre de la Vialidad",
    "Número Exterior", "Número Interior", "Nombre de la Colonia", "Nombre de la Localidad",
    "Nombre del Municipio o Demarcación Territorial", "Nombre de la Entidad Federativa", "Entre Calle", "Y Calle",
    "Correo Electrónico", "Tel. Fijo Lada", "Número", "Estado del domicilio", "Estado del contribuyente en el domicilio",
    "Lugar y Fecha de Emisión", "Datos de Identificación del Contribuyente", "Datos del domicilio registrado",
    "Domicilio registrado", "Datos de Ubicación", "Características fiscales", "Actividades Económicas", "Obligaciones",
    "Cadena Original Sello", "Sello Digital",
)  # fmt: skip
_FOOT = re.compile(r"Página\s*\[?\s*[0-9]+\s*\]?\s*de\s*\[?\s*[0-9]+\s*\]?", re.IGNORECASE)
_ENDS = r"Sus\s*datos\s*personales"
_RFC = re.compile(r"(?<![A-ZÑ&0-9])[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{2}[0-9A](?![A-ZÑ&0-9])")
_CP = re.compile(r"[0-9]{5}")
_TITLES = ("CONSTANCIADESITUACIÓNFISCAL", "CÉDULADEIDENTIFICACIÓNFISCAL")
_QR = re.compile(
    r"https://siat\.sat\.gob\.mx/app/qr/faces/pages/mobile/validadorqr\.jsf"
    r"\?D1=[0-9]{1,3}&D2=[0-9]{1,3}&D3=[0-9]{1,20}_([A-ZÑ&0-9]{12,13})"
)


class NotUnderstood(Exception):
    """Not a Constancia, or one that says two things at once."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in it, nothing else of it. Empty is what it does not say, or not so that one could be sure."""

    rfc: str
    nombre: str = ""
    cp: str = ""
    regimenes: tuple[str, ...] = ()


def parse(text: str, *, codes: list[str]) -> Said:
    """`text` of all pages, possibly empty; `codes`: what the QR codes in it say. Raises NotUnderstood.

    Whose it is must be said alike by every place that says it: the card, the label, the cadena and the QR.
    """
    if len(text) > MOST_LETTERS:
        raise NotUnderstood
    text = unicodedata.normalize("NFC", text)
    owners = {found[1] for code in codes if (found := _QR.fullmatch(unquote(code)))}
    is_one = any(title in "".join(text.split()).upper() for title in _TITLES)
    if is_one:
        # The seal is letters at random: an RFC that stood in it would be nobody's.
        owners |= {one for one in _RFC.findall(text.partition("Sello Digital")[0].upper()) if _is_rfc(one)}
    if len(owners) != 1:
        raise NotUnderstood
    rfc = owners.pop()
    if not _is_rfc(rfc):
        raise NotUnderstood
    return _with_the_rest(rfc, _fields(text)) if is_one else Said(rfc)


def _with_the_rest(rfc: str, fields: dict[str, str]) -> Said:
    if fields.get("rfc", rfc).upper() not in ("", rfc):
        raise NotUnderstood
    moral = len(rfc) == 12
    if fields.get("nombre" if moral else "denominacion"):  # a name of the other kind of person
        raise NotUnderstood
    if moral:
        nombre = fields.get("denominacion", "")
    else:
        parts = [fields.get(key, "") for key in ("nombre", "primer", "segundo")]
        nombre = " ".join(filter(None, parts)) if parts[0] and parts[1] else ""
    if _RFC.search(nombre.upper()) or ":" in nombre:  # columns that were read one after the other
        nombre = ""
    cp = fields.get("cp", "")
    return Said(rfc, nombre, cp if _CP.fullmatch(cp) else "", regimes_in(fields.get("regimenes", "")))


def _fields(text: str) -> dict[str, str]:
    """Raises NotUnderstood where two values stand under one label."""
    found: dict[str, set[str]] = defaultdict(set)
    text = _FOOT.sub(" ", text)  # it stands in the middle of what goes on overleaf
    name = ""
    start = 0
    for label in (*_LABEL.finditer(text), None):
        value = " ".join(text[start : label.start() if label else len(text)].split())
        if name and value:
            found[name].add(value)
        if label is not None:
            name, start = label.lastgroup or "", label.end()
    if any(len(values) > 1 for values in found.values()):
        raise NotUnderstood
    return {name: next(iter(values)) for name, values in found.items()}


def _is_rfc(text: str) -> bool:
    try:
        return not read_rfc(text).is_generic
    except RfcRefused:
        return False


def _pattern(label: str) -> str:
    """However many spaces stand between its words, or none.

    >>> _pattern("Nombre (s)")
    'Nombre\\\\s*\\\\(s\\\\)'
    """
    return r"\s*".join(map(re.escape, label.split()))


def _any_label() -> re.Pattern[str]:
    named = [(label, f"(?P<{key}>{_pattern(label)})") for key, label in _NAMES.items()]
    plain = [(label, _pattern(label)) for label in _OTHERS]
    longest_first = [pattern for _, pattern in sorted([*named, *plain], key=lambda one: -len(one[0]))]
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})\s*:|{_ENDS}", re.IGNORECASE)


_LABEL = _any_label()

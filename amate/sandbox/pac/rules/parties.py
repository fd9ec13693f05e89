"""CFDI40139 to CFDI40161: who issues and who receives (FISCAL 4)."""

import re
from collections.abc import Iterator

from amate.sandbox.pac.lists import GENERIC, Person
from amate.sandbox.pac.rules.comprobante import PUBLICO
from amate.sandbox.pac.rules.table import Facts, rule

_DEAD_REGIMES = frozenset({"609", "628", "629", "630"})  # in the XSD, not in the SAT's table (USO-2)
_FISICA = frozenset(["605", "606", "607", "608", "610", "611", "612", "614", "615", "616", "621", "625", "626"])
_MORAL = frozenset(["601", "603", "610", "620", "622", "623", "624", "626"])
_GASTO = frozenset(["601", "603", "606", "612", "620", "621", "622", "623", "624", "625", "626"])
_DEDUCE = frozenset(["605", "606", "607", "608", "611", "612", "614", "615", "625"])
_USES = {
    **dict.fromkeys(("G01", "G03", *(f"I0{n}" for n in range(1, 9))), _GASTO),
    **dict.fromkeys((f"D{n:02}" for n in range(1, 11)), _DEDUCE),
    **dict.fromkeys(("S01", "CP01"), _FISICA | _MORAL),
    "G02": _GASTO | {"616"},
    "CN01": frozenset({"605"}),
}
# A person's name in the list never carries its capital regime (REC-2); its certificate does.
_CAPITAL = re.compile(
    r"\s+(?:S\.?A\.?P\.?I\.?B?|S\.?A\.?B|S\.?A\.?S|S\.?A|S\.? DE R\.?L\.?(?: MI| MICRO)?|S\.? EN C\.?(?: POR A\.?)?|S\.? EN N\.?C"
    r"|S\.?C\.?L?|S\.?P\.?R\.? DE R\.?L|A\.?C|I\.?A\.?P|S\.?O\.?F\.?O\.?M)\.?(?: DE C\.?V\.?)?$"
)


def persona(rfc: str) -> str:
    """M moral, F física; the generic RFCs are física (USO-1)."""
    return "M" if len(rfc) == 12 else "F"


def bare_name(legal_name: str, rfc: str) -> str:
    """The legal name without one capital regime; a física keeps hers whole."""
    return _CAPITAL.sub("", legal_name, count=1) if persona(rfc) == "M" else legal_name


@rule("CFDI40139", "El nombre del emisor no es el asociado a su RFC", "FISCAL REC-2; NT, MX")
def emitter_name(f: Facts) -> Iterator[str]:
    if f.legal_name and f.emisor["Nombre"] != bare_name(f.legal_name, f.emisor["Rfc"]):
        yield f.emisor["Nombre"]


@rule("CFDI40140", "RegimenFiscal del emisor no está en c_RegimenFiscal", "FISCAL REC-4; CAT")
def emitter_regime_lives(f: Facts) -> Iterator[str]:
    if f.emisor["RegimenFiscal"] in _DEAD_REGIMES:
        yield f.emisor["RegimenFiscal"]


@rule("CFDI40141", "RegimenFiscal del emisor no corresponde al tipo de persona", "FISCAL REC-4; NT")
def emitter_regime_fits(f: Facts) -> Iterator[str]:
    if not _regime_fits(f.emisor["RegimenFiscal"], f.emisor["Rfc"]):
        yield f.emisor["RegimenFiscal"]


@rule("CFDI40143", "El RFC del receptor no existe en la lista de RFC inscritos no cancelados", "FISCAL REC-1; NT")
def receiver_exists(f: Facts) -> Iterator[str]:
    if f.lists.unknown(f.receptor["Rfc"]):
        yield f.receptor["Rfc"]


@rule("CFDI40145", "El nombre del receptor no es el asociado a su RFC", "FISCAL REC-2; NT, MX")
def receiver_name(f: Facts) -> Iterator[str]:
    person = _listed(f)
    if person is not None and person.nombre and f.receptor["Nombre"] != person.nombre:
        yield f.receptor["Nombre"]


@rule("CFDI40146", "PUBLICO EN GENERAL solo con el RFC genérico nacional", "FISCAL REC-5; NT")
def public_needs_generic(f: Facts) -> Iterator[str]:
    if f.receptor["Nombre"] == PUBLICO and f.receptor["Rfc"] != "XAXX010101000":
        yield f.receptor["Rfc"]


@rule("CFDI40147", "El RFC del receptor no está en la lista de domicilios", "FISCAL REC-3; MX")
def receiver_has_address(f: Facts) -> Iterator[str]:
    if f.lists.unknown(f.receptor["Rfc"]):
        yield f.receptor["Rfc"]


@rule("CFDI40148", "DomicilioFiscalReceptor no es el del receptor", "FISCAL REC-3; MX")
def receiver_address(f: Facts) -> Iterator[str]:
    person = _listed(f)
    if person is not None and person.cp and f.receptor["DomicilioFiscalReceptor"] != person.cp:
        yield f.receptor["DomicilioFiscalReceptor"]


@rule("CFDI40149", "Con RFC genérico, DomicilioFiscalReceptor es LugarExpedicion", "FISCAL REC-3; GG")
def generic_address(f: Facts) -> Iterator[str]:
    if (
        f.receptor["Rfc"] in GENERIC
        and f.tipo != "P"
        and f.receptor["DomicilioFiscalReceptor"] != f.comprobante["LugarExpedicion"]
    ):
        yield f.receptor["DomicilioFiscalReceptor"]


@rule("CFDI40151", "ResidenciaFiscal no va con un RFC mexicano", "FISCAL REC-6; MX")
def residence_is_foreign(f: Facts) -> Iterator[str]:
    if "ResidenciaFiscal" in f.receptor and f.receptor["Rfc"] != "XEXX010101000":
        yield f.receptor["ResidenciaFiscal"]


@rule("CFDI40152", "ResidenciaFiscal no puede ser MEX", "FISCAL REC-6; MX")
def residence_is_abroad(f: Facts) -> Iterator[str]:
    if f.receptor.get("ResidenciaFiscal") == "MEX":
        yield "MEX"


@rule("CFDI40153", "NumRegIdTrib pide ResidenciaFiscal", "FISCAL REC-6; MX")
def tax_id_needs_residence(f: Facts) -> Iterator[str]:
    if "NumRegIdTrib" in f.receptor and "ResidenciaFiscal" not in f.receptor:
        yield f.receptor["NumRegIdTrib"]


@rule("CFDI40154", "NumRegIdTrib no va con un RFC mexicano", "FISCAL REC-6; MX")
def tax_id_is_foreign(f: Facts) -> Iterator[str]:
    if "NumRegIdTrib" in f.receptor and f.receptor["Rfc"] != "XEXX010101000":
        yield f.receptor["NumRegIdTrib"]


@rule("CFDI40156", "NumRegIdTrib no cumple el patrón de su país", "FISCAL REC-6; MX")
def tax_id_pattern(f: Facts) -> Iterator[str]:
    number = f.receptor.get("NumRegIdTrib", "")
    if number and f.receptor.get("ResidenciaFiscal") == "USA" and not re.fullmatch(r"[0-9]{9}", number):
        yield number


@rule("CFDI40157", "RegimenFiscalReceptor no está en c_RegimenFiscal", "FISCAL REC-4, USO-2; CAT")
def receiver_regime_lives(f: Facts) -> Iterator[str]:
    if f.receptor["RegimenFiscalReceptor"] in _DEAD_REGIMES:
        yield f.receptor["RegimenFiscalReceptor"]


@rule("CFDI40158", "RegimenFiscalReceptor no corresponde al tipo de persona", "FISCAL REC-4; MX")
def receiver_regime_fits(f: Facts) -> Iterator[str]:
    if not _regime_fits(f.receptor["RegimenFiscalReceptor"], f.receptor["Rfc"]):
        yield f.receptor["RegimenFiscalReceptor"]


@rule("CFDI40159", "RegimenFiscalReceptor no es uno del receptor", "FISCAL REC-4, REC-6; MX")
def receiver_regime_is_his(f: Facts) -> Iterator[str]:
    person = Person(regimenes=("616",)) if f.receptor["Rfc"] in GENERIC else _listed(f)
    regimen = f.receptor["RegimenFiscalReceptor"]
    if person is not None and person.regimenes and regimen not in person.regimenes:
        yield regimen


@rule("CFDI40160", "UsoCFDI no está en c_UsoCFDI", "FISCAL USO-2; CAT")
def use_lives(f: Facts) -> Iterator[str]:
    if f.receptor["UsoCFDI"] not in _USES:
        yield f.receptor["UsoCFDI"]


@rule("CFDI40161", "UsoCFDI no corresponde a la persona y su régimen", "FISCAL USO-1; CAT, MX")
def use_fits(f: Facts) -> Iterator[str]:
    uso, regimen = f.receptor["UsoCFDI"], f.receptor["RegimenFiscalReceptor"]
    if uso in _USES and not (regimen in _USES[uso] and _regime_fits(regimen, f.receptor["Rfc"])):
        yield f"{uso} con régimen {regimen}"


def _listed(f: Facts) -> Person | None:
    return None if f.receptor["Rfc"] in GENERIC else f.lists.receivers.get(f.receptor["Rfc"])


def _regime_fits(regimen: str, rfc: str) -> bool:
    """A dead regime has a code of its own."""
    return regimen in _DEAD_REGIMES or regimen in (_MORAL if persona(rfc) == "M" else _FISICA)

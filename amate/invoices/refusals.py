"""What a refusal means: whose it is to mend, and on which field of the form it lands (FISCAL 14)."""

from dataclasses import dataclass

from amate.fiscal.rules.table import rules
from amate.invoices.models import RefusedBy


@dataclass(frozen=True, slots=True)
class Meaning:
    refused_by: RefusedBy
    field: str
    message: str


_RFC = Meaning(RefusedBy.RECEIVER, "rfc", "El SAT no reconoce este RFC. Revísalo letra por letra.")
_NOMBRE = Meaning(RefusedBy.RECEIVER, "nombre", "El nombre debe ser idéntico al de tu Constancia, sin S.A. de C.V.")
_CP = Meaning(RefusedBy.RECEIVER, "cp", "El código postal no es el de tu domicilio fiscal ante el SAT.")
_REGIMEN = Meaning(RefusedBy.RECEIVER, "regimen_fiscal", "Este régimen no corresponde a tu RFC.")
_USO = Meaning(RefusedBy.RECEIVER, "uso_cfdi", "Con tu régimen el SAT no acepta este uso. Elige otro.")
_OURS = Meaning(RefusedBy.OURS, "", "Recibimos tus datos; te enviamos la factura en cuanto quede.")

RECEIVER = {
    "CFDI40143": _RFC,
    "CFDI40144": _NOMBRE,
    "CFDI40145": _NOMBRE,
    "CFDI40147": _CP,
    "CFDI40148": _CP,
    "CFDI40157": _REGIMEN,
    "CFDI40158": _REGIMEN,
    "CFDI40159": _REGIMEN,
    "CFDI40160": _USO,
    "CFDI40161": _USO,
}


def meaning_of(code: str) -> Meaning:
    """Customers never see a raw code; whatever is not about their data is ours to mend."""
    return RECEIVER.get(code, _OURS)


STAFF = {
    "303": "El sello no es del emisor. Revisa el certificado de la empresa.",
    "304": "El SAT tiene revocado o vencido el certificado. Guarda un CSD vigente (amate company csd).",
    "305": "La fecha queda fuera de la vigencia del CSD. Guarda un CSD vigente (amate company csd).",
    "306": "El certificado no es un CSD (¿es tu e.firma?). Guarda el CSD (amate company csd).",
    "308": "El certificado no lo expidió el SAT. Guarda el CSD de la empresa (amate company csd).",
    "402": "El RFC no está en la lista de contribuyentes obligados del SAT. Deja de emitir y revisa el buzón tributario.",
    "401": "El PAC no acepta la Fecha: revisa el reloj del servidor y el código postal de la sucursal, y reintenta.",
    "CFDI40104": "La forma de pago no está vigente en el catálogo del SAT. Elige otra y reintenta.",
    "CFDI40106": "El SAT no reconoce el certificado. Revisa el CSD de la empresa.",
    "CFDI40126": "El código postal de la sucursal no está en el catálogo del SAT. Corrígelo en la sucursal y reintenta.",
    "CFDI40132": "Solo el régimen 621 emite globales bimestrales. Cambia la periodicidad en las políticas de la empresa.",
    "CFDI40138": "El nombre de la empresa no es el que tiene el SAT. Corrígelo en los datos de la empresa.",
    "CFDI40139": "El nombre de la empresa no es el que tiene el SAT. Corrígelo en los datos de la empresa.",
    "CFDI40140": "El régimen de la empresa no está en el catálogo. Corrígelo en los datos de la empresa.",
    "CFDI40141": "El régimen de la empresa no es el que tiene el SAT. Corrígelo en los datos de la empresa.",
    "CFDI40162": "Una clave de producto no está vigente en el catálogo del SAT. Corrígela en el producto y reintenta.",
    "CFDI40165": "Una clave de unidad no está vigente en el catálogo del SAT. Corrígela en el producto y reintenta.",
    "CFDI40170": "Un objeto de impuesto no está vigente en el catálogo del SAT. Corrígelo en el producto y reintenta.",
    "COM-2": "Con PUE se escribe la forma en que pagaron, no 99; CP01 no va en una factura. Corrígelo y reintenta.",
    "COM-3": "00000 no es el código postal de nadie. Corrígelo en la sucursal o en el receptor y reintenta.",
    "REP-3": "La fecha del pago es posterior a la del recibo. Corrígela en el pago y reintenta.",
}
_BANK = (
    "Los datos bancarios del pago no son los que pide su forma de pago. Corrígelos en el pago, o quítalos, y reintenta."
)
STAFF |= {f"CRP{number}": _BANK for number in range(20221, 20236)}
_DEFECT = "Es un defecto del documento: avísanos con el código y el XML; se puede reintentar después."


def staff_advice(code: str) -> str:
    """What staff should do about a refusal that is ours, and the rule that was broken, with the edition it stands in."""
    advice, rule = STAFF.get(code, _DEFECT), rules().get(code)
    return advice if rule is None else f"{advice} Regla {code}: {rule.demands} [{rule.source}]"

"""What the SAT's matrices refuse in a CFDI and in its Pagos 2.0, lowest code first. T and N get what applies alike."""

from amate.sandbox.pac.rules import (  # noqa: F401 (each fills the table)
    comprobante,
    conceptos,
    impuestos,
    pagos,
    pagos_documentos,
    pagos_envelope,
    pagos_impuestos,
    parties,
)
from amate.sandbox.pac.rules.table import RULES, Facts, Finding

NOT_CHECKED = (
    "CFDI40106 a medias: el NoCertificado se compara con el certificado; la revocación es 304",
    "CFDI40118, CFDI40120: límites de TipoCambio y Total, dormidos hasta que el SAT los publique",
    "CFDI40129: número de confirmación ya usado",
    "CFDI40138, CFDI40144: listas de nombres que el SAT no publica",
    "CFDI40142: FacAtrAdquirente",
    "CFDI40155: NumRegIdTrib con Comercio Exterior",
    "CFDI40163, CFDI40164: complementos e impuestos que pide una ClaveProdServ",
    "CFDI40187 a CFDI40200: terceros, pedimentos, predial y partes",
    "CFDI40222 en adelante: las fuentes se contradicen",
    "CRP20216, CRP20220: límites de TipoCambioP y Monto, dormidos como los de CFDI40118",
    "CRP20222 a medias: la forma del RFC sí; la lista de bancos no se publica",
    "CRP20275, CRP20277: la ventana de cada documento en otra moneda; se revisa la de su suma",
    "La Fecha de una solicitud de cancelación",
    "Complementos distintos de Pagos 2.0: el esquema no los conoce y responde 301",
    "El qrCode de la respuesta va vacío",
)


def findings(facts: Facts) -> list[Finding]:
    """Every rule broken, lowest code first: a PAC answers the first (FISCAL 14)."""
    return [Finding(rule.code, rule.message, detail) for rule in ORDERED for detail in rule.check(facts)]


ORDERED = sorted(RULES, key=lambda rule: rule.code)

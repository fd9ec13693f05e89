"""The SAT's expression of a CFDI: what the printed QR and the status query say (FISCAL CAN-8, PRT-1)."""

from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape

VERIFICATION_PAGE = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx"


def verification_url(*, uuid: str, rfc_emisor: str, rfc_receptor: str, total: Decimal, sello: str) -> str:
    """The text of the QR. RFCs are XML-escaped, not URL-escaped: that is how the SAT's page reads them (CAN-8)."""
    parties = f"re={escape(rfc_emisor)}&rr={escape(rfc_receptor)}"
    return f"{VERIFICATION_PAGE}?id={uuid.upper()}&{parties}&tt={expression_total(total)}&fe={sello[-8:]}"


def sat_expression(*, uuid: str, rfc_emisor: str, rfc_receptor: str, total: Decimal, sello: str) -> str:
    """The `expresionImpresa` of the status service, escaped as the QR is (CAN-8)."""
    parties = f"re={escape(rfc_emisor)}&rr={escape(rfc_receptor)}"
    return f"?{parties}&tt={expression_total(total)}&id={uuid.upper()}&fe={sello[-8:]}"


def expression_total(total: Decimal) -> str:
    """No leading zeros, one to six decimals: `1` → `1.0`, `0.1234567` → `0.123457`."""
    rounded = total.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"

"""The two languages of a paper. Labels stand in Spanish where they are used; here is their English.

Names of the SAT's keys stay in Spanish: they are the law's words, and a translation of ours would prove nothing.
"""

from collections.abc import Callable

Say = Callable[[str], str]

ENGLISH = {
    "Factura": "Invoice",
    "Factura global": "Global invoice",
    "Nota de crédito": "Credit note",
    "Recibo de pago": "Payment receipt",
    "Régimen": "Tax regime",
    "Domicilio fiscal": "Tax domicile",
    "Residencia fiscal": "Tax residence",
    "Registro de identidad tributaria": "Tax identification number",
    "Lugar de expedición": "Place of issue",
    "Tipo": "Type",
    "Uso del CFDI": "Use of the CFDI",
    "Método de pago": "Payment method",
    "Forma de pago": "Form of payment",
    "Condiciones": "Terms",
    "Moneda": "Currency",
    "Tipo de cambio": "Exchange rate",
    "Exportación": "Export",
    "Confirmación": "Confirmation",
    "Periodicidad": "Frequency",
    "Periodo": "Period",
    "Relación": "Relation",
    "Cliente": "Customer",
    "Comprobante": "Document",
    "Cantidad": "Quantity",
    "Unidad": "Unit",
    "Descripción": "Description",
    "Valor unitario": "Unit price",
    "Importe": "Amount",
    "Nota": "Note",
    "Ventas": "Sales",
    "Impuestos": "Taxes",
    "Importe con letra": "Amount in words",
    "Subtotal": "Subtotal",
    "Descuento": "Discount",
    "Total": "Total",
    "Exento": "Exempt",
    "sobre": "on",
    "de": "of",
    "retenido": "withheld",
    "exento": "exempt",
    "por unidad": "per unit",
    "A cuenta de": "On behalf of",
    "Pedimento": "Customs declaration",
    "Cuenta predial": "Property tax account",
    "Parte": "Part",
    "Pago": "Payment",
    "Recibido": "Received",
    "Número de operación": "Operation number",
    "Banco ordenante": "Payer's bank",
    "Cuenta ordenante": "Payer's account",
    "Cuenta beneficiaria": "Payee's account",
    "Documento": "Invoice",
    "Parcialidad": "Instalment",
    "Saldo anterior": "Previous balance",
    "Pagado": "Paid",
    "Saldo": "Balance",
    "Total de los pagos": "Total paid",
    "equivalencia": "rate",
    "Base": "Base",
    "Folio fiscal": "Fiscal folio (UUID)",
    "Fecha y hora de certificación": "Certified at",
    "Certificado del emisor": "Issuer's certificate",
    "Certificado del SAT": "SAT's certificate",
    "RFC del proveedor de certificación": "RFC of the certification provider",
    "Leyenda": "Legend",
    "Sello digital del CFDI": "Digital seal of the CFDI",
    "Sello digital del SAT": "Digital seal of the SAT",
    "Cadena original del complemento de certificación digital del SAT": "Original string of the SAT's certification",
    "Este documento es una representación impresa de un CFDI": "This document is a printed representation of a CFDI",
    "Página": "Page",
    "Generada desde el portal de autofactura": "Issued by its customer in the self-invoicing portal",
    "Código QR para verificar este CFDI en el SAT": "QR code to verify this CFDI at the SAT",
    "BORRADOR: NO ES UN COMPROBANTE FISCAL": "DRAFT: NOT A TAX DOCUMENT",
    "CANCELADA ANTE EL SAT": "CANCELLED AT THE SAT",
    "MUESTRA SIN VALIDEZ FISCAL": "SAMPLE SIN VALIDEZ FISCAL (NO TAX VALIDITY)",
}


def in_spanish(text: str) -> str:
    return text


def in_english(text: str) -> str:
    """KeyError for a label that nobody has put in English yet."""
    return ENGLISH[text]


SAID_IN: dict[str, Say] = {"es": in_spanish, "en": in_english}

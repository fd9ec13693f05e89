"""PPD invoices and receipts of their payments for the tests of this room."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from amate.fiscal.comprobante import Comprobante, Emisor
from amate.fiscal.ingreso import SaleLine, build_ingreso
from amate.fiscal.instalments import Paid, objeto_of, pay, taxes_of
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.pago20 import Instalment, Payment, build_pago
from amate.fiscal.receptor import Receptor

D = Decimal
FECHA = datetime(2026, 11, 20, 12, 0, 0)
EMISOR = Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601")
RECEPTOR = Receptor("MCI7306249Y1", "MUNICIPIO DE CUAUTITLAN IZCALLI", "54700", "603", "G03")
UUID = "6F35D3B5-3651-5370-BC2C-14CDBE384CD7"

IVA16 = Impuesto("002", "Tasa", D("0.160000"))
IVA8 = Impuesto("002", "Tasa", D("0.080000"))
IVA0 = Impuesto("002", "Tasa", D("0.000000"))
EXENTO = Impuesto("002", "Exento", None)
ISR10 = Impuesto("001", "Tasa", D("0.100000"), True)
IVA_HELD = Impuesto("002", "Tasa", D("0.106667"), True)


def ieps(rate: str) -> Impuesto:
    return Impuesto("003", "Tasa", D(rate))


def sold(precio: str, *taxes: Impuesto, cantidad: str = "1", objeto_imp: str = "02", **rest: Any) -> SaleLine:
    line = Line(D(cantidad), D(precio), taxes, objeto_imp=objeto_imp, **rest)
    return SaleLine(line, clave_prod_serv="81112101", clave_unidad="E48", descripcion="Servicio de internet")


def ppd(*lines: SaleLine, **changes: Any) -> Comprobante:
    said: dict[str, Any] = {
        "emisor": EMISOR,
        "receptor": RECEPTOR,
        "lugar_expedicion": "86000",
        "fecha": FECHA,
        "lines": lines or (sold("116.00", IVA16),),
        "forma_pago": "99",
        "metodo_pago": "PPD",
    }
    return build_ingreso(**{**said, **changes})


def paid_in(invoice: Comprobante, *amounts: Decimal, decimals: int = 2, other_currency: bool = False) -> list[Paid]:
    """The instalments of a life, each after the others."""
    paid: list[Paid] = []
    for amount in amounts:
        paid.append(
            pay(
                taxes=taxes_of(invoice.conceptos),
                total=invoice.total,
                earlier=paid,
                amount=amount,
                decimals=decimals,
                other_currency=other_currency,
            )
        )
    return paid


def instalments(
    invoice: Comprobante, paid: Sequence[Paid], *, uuid: str = UUID, equivalencia: str | None = None
) -> list[Instalment]:
    made, left = [], invoice.total
    for number, one in enumerate(paid, 1):
        made.append(
            Instalment(
                uuid=uuid,
                num_parcialidad=number,
                saldo_anterior=left,
                paid=one,
                objeto_imp=objeto_of(invoice.conceptos),
                moneda=invoice.moneda,
                equivalencia=equivalencia,
                serie=invoice.serie,
                folio=invoice.folio,
            )
        )
        left -= one.amount
    return made


def payment(*paid: Instalment, monto: Decimal | None = None, **changes: Any) -> Payment:
    said: dict[str, Any] = {"fecha_pago": FECHA, "forma_pago": "03", "monto": monto, "instalments": paid}
    if monto is None:
        said["monto"] = sum((one.paid.amount for one in paid), D(0))
    return Payment(**{**said, **changes})


def receipt(*payments: Payment, **changes: Any) -> Comprobante:
    said: dict[str, Any] = {
        "emisor": EMISOR,
        "receptor": RECEPTOR,
        "lugar_expedicion": "86000",
        "fecha": FECHA,
        "payments": payments,
        "serie": "P",
        "folio": "1",
    }
    return build_pago(**{**said, **changes})

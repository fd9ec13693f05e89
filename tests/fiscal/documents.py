"""Sample documents of type I with explicit amounts, so that tests of the writer need no money engine."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from amate.fiscal.comprobante import (
    Comprobante,
    Concepto,
    Emisor,
    Impuestos,
    Retencion,
    RetencionTotal,
    Traslado,
)
from amate.fiscal.receptor import Receptor

FECHA = datetime(2026, 11, 20, 12, 0, 0)
EMISOR = Emisor(rfc="EKU9003173C9", nombre="ESCUELA KEMPER URGATE", regimen_fiscal="601")
RECEPTOR = Receptor(
    rfc="MCI7306249Y1",
    nombre="MUNICIPIO DE CUAUTITLAN IZCALLI",
    domicilio_fiscal="54700",
    regimen_fiscal="603",
    uso_cfdi="G03",
)
IVA_16 = Decimal("0.160000")


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def line(
    *,
    precio: Decimal = Decimal("100.00"),
    cantidad: Decimal = Decimal("1"),
    descuento: Decimal | None = None,
    rate: Decimal | None = IVA_16,
    retention: Decimal | None = None,
    descripcion: str = "Servicio de internet",
    no_identificacion: str | None = None,
) -> Concepto:
    """One net-price line; `rate` None means Exento."""
    importe = cents(cantidad * precio)
    base = importe - (descuento or Decimal(0))
    if rate is None:
        traslado = Traslado(base=base, impuesto="002", tipo_factor="Exento")
    else:
        traslado = Traslado(
            base=base, impuesto="002", tipo_factor="Tasa", tasa_o_cuota=rate, importe=cents(base * rate)
        )
    retenciones: tuple[Retencion, ...] = ()
    if retention is not None:
        retenciones = (
            Retencion(
                base=base, impuesto="001", tipo_factor="Tasa", tasa_o_cuota=retention, importe=cents(base * retention)
            ),
        )
    return Concepto(
        clave_prod_serv="81112101",
        cantidad=cantidad,
        clave_unidad="E48",
        descripcion=descripcion,
        valor_unitario=precio,
        importe=importe,
        objeto_imp="02",
        descuento=descuento,
        no_identificacion=no_identificacion,
        traslados=(traslado,),
        retenciones=retenciones,
    )


def global_note(*, number: str = "17-2358-4568", **changes: Decimal) -> Concepto:
    """One note of a factura global, as the SAT's guide writes it (GLO-3)."""
    note = line(descripcion="Venta", no_identificacion=number, **changes)
    return note._replace(clave_prod_serv="01010101", clave_unidad="ACT")


def invoice(
    *conceptos: Concepto, receptor: Receptor = RECEPTOR, folio: str | None = "1", **changes: object
) -> Comprobante:
    """A PUE invoice of `conceptos` (one of 100.00 + IVA when none), its summary added up here."""
    lines = conceptos or (line(),)
    subtotal = sum((c.importe for c in lines), Decimal("0.00"))
    discounts = [c.descuento for c in lines if c.descuento is not None]
    descuento = sum(discounts, Decimal("0.00")) if discounts else None
    impuestos = summary(lines)
    total = subtotal - (descuento or Decimal(0))
    total += (impuestos.total_trasladados or Decimal(0)) - (impuestos.total_retenidos or Decimal(0))
    values: dict[str, object] = {
        "tipo_de_comprobante": "I",
        "fecha": FECHA,
        "lugar_expedicion": "86000",
        "emisor": EMISOR,
        "receptor": receptor,
        "conceptos": lines,
        "subtotal": subtotal,
        "total": total,
        "impuestos": impuestos,
        "descuento": descuento,
        "forma_pago": "03",
        "metodo_pago": "PUE",
        "serie": "A",
        "folio": folio,
    }
    return Comprobante(**{**values, **changes})  # type: ignore[arg-type]


def summary(lines: tuple[Concepto, ...]) -> Impuestos:
    groups: dict[tuple[str, str, Decimal | None], list[Decimal]] = {}
    held: dict[str, Decimal] = {}
    for concepto in lines:
        for t in concepto.traslados:
            group = groups.setdefault((t.impuesto, t.tipo_factor, t.tasa_o_cuota), [Decimal("0.00"), Decimal("0.00")])
            group[0] += t.base
            group[1] += t.importe or Decimal(0)
        for r in concepto.retenciones:
            held[r.impuesto] = held.get(r.impuesto, Decimal("0.00")) + r.importe
    traslados = tuple(
        Traslado(base=base, impuesto=key[0], tipo_factor=key[1], tasa_o_cuota=key[2], importe=importe)
        if key[1] != "Exento"
        else Traslado(base=base, impuesto=key[0], tipo_factor=key[1])
        for key, (base, importe) in groups.items()
    )
    charged = [t.importe for t in traslados if t.importe is not None]
    return Impuestos(
        retenciones=tuple(RetencionTotal(impuesto=k, importe=v) for k, v in held.items()),
        traslados=traslados,
        total_retenidos=sum(held.values(), Decimal("0.00")) if held else None,
        total_trasladados=sum(charged, Decimal("0.00")) if charged else None,
    )

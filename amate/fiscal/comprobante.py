"""A CFDI 4.0 as frozen values. Built once by the file of its kind (`ingreso.py`), written by `seal.py`, never changed.

Lines and taxes are named tuples, for a factura global has thousands: they are made six times as fast as dataclasses.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from amate.fiscal.receptor import Receptor


class DocumentRefused(ValueError):
    """What was asked makes no lawful document. `field` is the builder's argument; `message` is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Traslado(NamedTuple):
    """A transferred tax. Exento carries neither rate nor amount (CFDI40177); all others carry both (CFDI40178)."""

    base: Decimal
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None = None
    importe: Decimal | None = None


class Retencion(NamedTuple):
    """A withheld tax of one concept; never Exento (CFDI40184)."""

    base: Decimal
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal
    importe: Decimal


class RetencionTotal(NamedTuple):
    """One withheld tax in the summary: one node a tax, whatever its rates (CFDI40208)."""

    impuesto: str
    importe: Decimal


class Concepto(NamedTuple):
    clave_prod_serv: str
    cantidad: Decimal
    clave_unidad: str
    descripcion: str
    valor_unitario: Decimal
    importe: Decimal
    objeto_imp: str
    descuento: Decimal | None = None
    no_identificacion: str | None = None
    unidad: str | None = None
    traslados: tuple[Traslado, ...] = ()
    retenciones: tuple[Retencion, ...] = ()


@dataclass(frozen=True, slots=True)
class Impuestos:
    """The summary. A total is None when no node of its kind exists (CFDI40206, CFDI40212)."""

    retenciones: tuple[RetencionTotal, ...] = ()
    traslados: tuple[Traslado, ...] = ()
    total_retenidos: Decimal | None = None
    total_trasladados: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Emisor:
    rfc: str
    nombre: str
    regimen_fiscal: str


@dataclass(frozen=True, slots=True)
class InformacionGlobal:
    periodicidad: str
    meses: str
    anio: int


@dataclass(frozen=True, slots=True)
class Relacionados:
    tipo_relacion: str
    uuids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoctoRelacionado:
    """What a payment pays of one invoice; taxes and amounts in `moneda_dr`.

    `equivalencia_dr`: units of `moneda_dr` for one of the payment's currency, as written; "1" when they are the same
    (CRP20238). `objeto_imp_dr` decides which taxes there may be (CRP20246, 20247, 20278, 20279).
    """

    id_documento: str
    moneda_dr: str
    equivalencia_dr: str
    num_parcialidad: int
    imp_saldo_ant: Decimal
    imp_pagado: Decimal
    imp_saldo_insoluto: Decimal
    objeto_imp_dr: str
    serie: str | None = None
    folio: str | None = None
    traslados: tuple[Traslado, ...] = ()
    retenciones: tuple[Retencion, ...] = ()


@dataclass(frozen=True, slots=True)
class Banks:
    """Where the money came from and went to, all optional (FISCAL REP-4). `cert_pago`, `cad_pago` and `sello_pago`
    go with `tipo_cad_pago`, which goes with a transfer (CRP20229..20235)."""

    rfc_emisor_cta_ord: str | None = None
    nom_banco_ord_ext: str | None = None
    cta_ordenante: str | None = None
    rfc_emisor_cta_ben: str | None = None
    cta_beneficiario: str | None = None
    tipo_cad_pago: str | None = None
    cert_pago: str | None = None
    cad_pago: str | None = None
    sello_pago: str | None = None


NO_BANKS = Banks()


@dataclass(frozen=True, slots=True)
class Pago:
    """One payment received. `fecha_pago` local and naive; `tipo_cambio_p` as written, "1" in pesos (CRP20215).

    `traslados` and `retenciones` are its summary, in `moneda_p`.
    """

    fecha_pago: datetime
    forma_de_pago_p: str
    moneda_p: str
    tipo_cambio_p: str
    monto: Decimal
    doctos: tuple[DoctoRelacionado, ...]
    traslados: tuple[Traslado, ...] = ()
    retenciones: tuple[RetencionTotal, ...] = ()
    num_operacion: str | None = None
    banks: Banks = NO_BANKS


@dataclass(frozen=True, slots=True)
class TotalesPagos:
    """Pesos. Each is None when nothing of its kind was paid (CRP20201..20210)."""

    monto_total_pagos: Decimal
    retenciones_iva: Decimal | None = None
    retenciones_isr: Decimal | None = None
    retenciones_ieps: Decimal | None = None
    base_iva16: Decimal | None = None
    impuesto_iva16: Decimal | None = None
    base_iva8: Decimal | None = None
    impuesto_iva8: Decimal | None = None
    base_iva0: Decimal | None = None
    impuesto_iva0: Decimal | None = None
    base_iva_exento: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pagos:
    """The complement of payments 2.0: the only complement we write."""

    totales: TotalesPagos
    pagos: tuple[Pago, ...]


@dataclass(frozen=True, slots=True)
class Comprobante:
    """`fecha` is the local time of `lugar_expedicion`, naive, whole seconds (FISCAL CLK)."""

    tipo_de_comprobante: str
    fecha: datetime
    lugar_expedicion: str
    emisor: Emisor
    receptor: Receptor
    conceptos: tuple[Concepto, ...]
    subtotal: Decimal
    total: Decimal
    impuestos: Impuestos | None = None
    descuento: Decimal | None = None
    moneda: str = "MXN"
    tipo_cambio: str | None = None
    forma_pago: str | None = None
    metodo_pago: str | None = None
    condiciones_de_pago: str | None = None
    serie: str | None = None
    folio: str | None = None
    exportacion: str = "01"
    informacion_global: InformacionGlobal | None = None
    relacionados: tuple[Relacionados, ...] = ()
    pagos: Pagos | None = None

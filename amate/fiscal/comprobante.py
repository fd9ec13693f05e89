"""A CFDI 4.0 as frozen values. Built once by the file of its kind (`ingreso.py`), written by `seal.py`, never changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.fiscal.receptor import Receptor


@dataclass(frozen=True, slots=True)
class Traslado:
    """A transferred tax. Exento carries neither rate nor amount (CFDI40177); all others carry both (CFDI40178)."""

    base: Decimal
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None = None
    importe: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Retencion:
    """A withheld tax of one concept; never Exento (CFDI40184)."""

    base: Decimal
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal
    importe: Decimal


@dataclass(frozen=True, slots=True)
class RetencionTotal:
    """One withheld tax in the summary: one node a tax, whatever its rates (CFDI40208)."""

    impuesto: str
    importe: Decimal


@dataclass(frozen=True, slots=True)
class Concepto:
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

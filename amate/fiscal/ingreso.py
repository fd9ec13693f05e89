"""An invoice (type I) from what was sold: the only builder of its values (FISCAL COM, PAY, CON)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from amate.fiscal.catalogs import NOWHERE
from amate.fiscal.comprobante import Comprobante, Concepto, Emisor
from amate.fiscal.generic import Generic, Kind, bundled, generic_of, kind_of
from amate.fiscal.money import Line, MoneyRefused, Taxed, summarise, tax_line
from amate.fiscal.razon_social import is_public
from amate.fiscal.receptor import Receptor
from amate.fiscal.rfc import GENERICS
from amate.fiscal.tables.comprobante import FORMAS_PAGO, METODOS_PAGO
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.text import TextRefused, clean_text

PUE, PPD = "PUE", "PPD"
POR_DEFINIR = "99"
MXN, SIN_MONEDA = "MXN", "XXX"


class IngresoRefused(ValueError):
    """What was asked makes no lawful invoice. `field` is the argument (of a line: "descripcion"…)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A sold line with its SAT keys. Its texts are cleaned here, once (SEAL-3); raises `IngresoRefused`."""

    line: Line
    clave_prod_serv: str
    clave_unidad: str
    descripcion: str
    no_identificacion: str | None = None
    unidad: str | None = None

    def __post_init__(self) -> None:
        descripcion = _clean("descripcion", self.descripcion, 1000)
        if descripcion is None:
            raise IngresoRefused("descripcion", "Escribe qué se vendió")
        object.__setattr__(self, "descripcion", descripcion)
        if self.no_identificacion is not None:
            object.__setattr__(self, "no_identificacion", _clean("no_identificacion", self.no_identificacion, 100))
        if self.unidad is not None:
            object.__setattr__(self, "unidad", _clean("unidad", self.unidad, 20))


def total_of(lines: Iterable[SaleLine], *, moneda: str = MXN) -> Decimal:
    """The Total that `build_ingreso` will give. Raises `MoneyRefused` with the field as "lines.0.precio"."""
    decimals = decimals_of(moneda)
    return summarise(_tax(lines, decimals), decimals=decimals).total


def build_ingreso(
    *,
    emisor: Emisor,
    receptor: Receptor,
    lugar_expedicion: str,
    fecha: datetime,
    lines: Sequence[SaleLine],
    forma_pago: str,
    metodo_pago: str,
    serie: str | None = None,
    folio: str | None = None,
    moneda: str = MXN,
    tipo_cambio: str | None = None,
    condiciones_de_pago: str | None = None,
    generics: Sequence[Generic] = (),
) -> Comprobante:
    """Tax the lines and add them up. `fecha` as `clock.fecha` gives it; `tipo_cambio` pesos per unit of `moneda`;
    `generics` tell their families in one concept each, which changes no amount of the document.

    Raises `IngresoRefused`, and `MoneyRefused` with the field as "lines.0.precio".
    """
    if not lines:
        raise IngresoRefused("lines", "Una factura lleva al menos un concepto")
    if fecha.tzinfo is not None or fecha.microsecond:
        raise ValueError("fecha is the local time of lugar_expedicion, naive, in whole seconds: use clock.fecha")
    check_payment(forma_pago, metodo_pago)
    _check_parties(receptor, lugar_expedicion)
    decimals = decimals_of(moneda)
    taxed = _tax(lines, decimals)
    totals = summarise(taxed, decimals=decimals)
    return Comprobante(
        tipo_de_comprobante="I",
        fecha=fecha,
        lugar_expedicion=lugar_expedicion,
        emisor=emisor,
        receptor=receptor,
        conceptos=_conceptos(lines, taxed, generics, decimals),
        subtotal=totals.subtotal,
        total=totals.total,
        impuestos=totals.impuestos,
        descuento=totals.descuento,
        moneda=moneda,
        tipo_cambio=_exchange(moneda, tipo_cambio),
        forma_pago=forma_pago,
        metodo_pago=metodo_pago,
        condiciones_de_pago=_clean("condiciones_de_pago", condiciones_de_pago, 1000),
        serie=_clean("serie", serie, 25),
        folio=_clean("folio", folio, 40),
    )


def _tax(lines: Iterable[SaleLine], decimals: int) -> list[Taxed]:
    taxed: list[Taxed] = []
    for place, sale in enumerate(lines):
        try:
            taxed.append(tax_line(sale.line, decimals=decimals))
        except MoneyRefused as refused:
            raise MoneyRefused(f"lines.{place}.{refused.field}", refused.message) from refused
    return taxed


def _conceptos(
    lines: Sequence[SaleLine], taxed: Sequence[Taxed], generics: Sequence[Generic], decimals: int
) -> tuple[Concepto, ...]:
    """In the order of the sale; a family stands where its first article stood."""
    made: list[Concepto | tuple[Generic, Kind]] = []
    families: dict[tuple[Generic, Kind], list[Taxed]] = {}
    for sale, amounts in zip(lines, taxed, strict=True):
        generic = generic_of(sale.clave_prod_serv, generics)
        if generic is None:
            made.append(_concepto(sale, amounts))
            continue
        family = (generic, kind_of(sale.line.objeto_imp, amounts))
        if family not in families:
            made.append(family)
        families.setdefault(family, []).append(amounts)
    return tuple(
        concepto
        for one in made
        for concepto in ((one,) if isinstance(one, Concepto) else _generic(one, families[one], decimals))
    )


def _generic(family: tuple[Generic, Kind], taxed: Sequence[Taxed], decimals: int) -> list[Concepto]:
    generic, (objeto_imp, _, _) = family
    return [
        Concepto(
            clave_prod_serv=generic.clave_prod_serv,
            cantidad=Decimal(1),
            clave_unidad=generic.clave_unidad,
            descripcion=generic.descripcion,
            valor_unitario=amounts.valor_unitario,
            importe=amounts.importe,
            objeto_imp=objeto_imp,
            descuento=amounts.descuento or None,
            traslados=amounts.traslados,
            retenciones=amounts.retenciones,
        )
        for amounts in bundled(taxed, decimals=decimals)
    ]


def _concepto(sale: SaleLine, amounts: Taxed) -> Concepto:
    return Concepto(
        clave_prod_serv=sale.clave_prod_serv,
        cantidad=sale.line.cantidad,
        clave_unidad=sale.clave_unidad,
        descripcion=sale.descripcion,
        valor_unitario=amounts.valor_unitario,
        importe=amounts.importe,
        objeto_imp=sale.line.objeto_imp,
        descuento=amounts.descuento or None,
        no_identificacion=sale.no_identificacion,
        unidad=sale.unidad,
        traslados=amounts.traslados,
        retenciones=amounts.retenciones,
    )


def check_payment(forma_pago: str, metodo_pago: str) -> None:
    """PUE says how it was paid, PPD says 99 (PAY-1). Raises `IngresoRefused` on "metodo_pago" or "forma_pago"."""
    if metodo_pago not in METODOS_PAGO:
        raise IngresoRefused("metodo_pago", "El método de pago es PUE (ya pagada) o PPD (por pagar)")
    if forma_pago not in FORMAS_PAGO:
        raise IngresoRefused("forma_pago", f"El SAT no tiene la forma de pago “{forma_pago}”")
    if metodo_pago == PUE and forma_pago == POR_DEFINIR:
        raise IngresoRefused("forma_pago", "Una factura PUE dice cómo se pagó: 99 (por definir) es solo para PPD")
    if metodo_pago == PPD and forma_pago != POR_DEFINIR:
        raise IngresoRefused("forma_pago", "Una factura PPD lleva 99 (por definir): la forma real va en cada pago")


def _check_parties(receptor: Receptor, lugar_expedicion: str) -> None:
    if lugar_expedicion == NOWHERE:
        raise IngresoRefused("lugar_expedicion", "El código postal 00000 no es de ningún lugar: usa el de la sucursal")
    if receptor.uso_cfdi == "CP01":
        raise IngresoRefused("uso_cfdi", "CP01 (pagos) es solo para complementos de pago")
    if is_public(receptor.nombre):
        raise IngresoRefused("nombre", "PUBLICO EN GENERAL es solo para la factura global")
    if receptor.rfc in GENERICS and receptor.domicilio_fiscal != lugar_expedicion:
        raise IngresoRefused("cp", "Con RFC genérico el código postal es el del lugar de expedición")


def _exchange(moneda: str, tipo_cambio: str | None) -> str | None:
    if moneda == SIN_MONEDA:
        raise IngresoRefused("moneda", "Una factura lleva una moneda: XXX es para pagos y traslados")
    if moneda == MXN:
        # Left out, or exactly "1" (CFDI40114): "1.0" fails.
        if tipo_cambio not in (None, "1"):
            raise IngresoRefused("tipo_cambio", "En pesos el tipo de cambio no se escribe")
        return None
    try:
        rate = Decimal(tipo_cambio or "")
    except InvalidOperation:
        rate = Decimal(0)
    exponent = rate.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -6 or rate <= 0:
        raise IngresoRefused("tipo_cambio", f"Escribe cuántos pesos vale un {moneda}, con seis decimales cuando mucho")
    return format(rate, "f")


def _clean(field: str, text: str | None, longest: int) -> str | None:
    if text is None:
        return None
    try:
        return clean_text(text, longest=longest) or None
    except TextRefused as refused:
        raise IngresoRefused(field, refused.message) from refused

"""An invoice (type I) from what was sold: the only builder of its values (FISCAL COM, PAY, CON)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.fiscal.comprobante import Comprobante, Concepto, DocumentRefused, Emisor, Relacionados
from amate.fiscal.generic import Generic, Kind, bundled, generic_of, kind_of
from amate.fiscal.heading import (
    ANTICIPO,
    MXN,
    POR_DEFINIR,
    SUSTITUCION,
    check_fecha,
    check_place,
    check_relations,
    clean_field,
    exchange,
)
from amate.fiscal.money import Line, MoneyRefused, Taxed, summarise, tax_line
from amate.fiscal.razon_social import is_public
from amate.fiscal.receptor import Receptor
from amate.fiscal.tables.comprobante import FORMAS_PAGO, METODOS_PAGO
from amate.fiscal.tables.monedas import decimals_of

PUE, PPD = "PUE", "PPD"
_RELATIONS = frozenset({"02", SUSTITUCION, ANTICIPO})


IngresoRefused = DocumentRefused
"""The name by which those who only sell know it. `field`: of a line, "descripcion"…"""


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
        descripcion = clean_field("descripcion", self.descripcion, 1000)
        if descripcion is None:
            raise IngresoRefused("descripcion", "Escribe qué se vendió")
        object.__setattr__(self, "descripcion", descripcion)
        if self.no_identificacion is not None:
            object.__setattr__(self, "no_identificacion", clean_field("no_identificacion", self.no_identificacion, 100))
        if self.unidad is not None:
            object.__setattr__(self, "unidad", clean_field("unidad", self.unidad, 20))


_MOST = Decimal(10) ** 12


def total_of(lines: Iterable[SaleLine], *, moneda: str = MXN) -> Decimal:
    """The Total that `build_ingreso` will give. Raises `MoneyRefused` with the field as "lines.0.precio", also for a sum
    that nobody sells for: a price with a code scanned into it."""
    decimals = decimals_of(moneda)
    taxed = tax_lines(lines, decimals=decimals)
    total = summarise(taxed, decimals=decimals).total
    if total >= _MOST:
        largest = max(range(len(taxed)), key=lambda place: taxed[place].total)
        raise MoneyRefused(f"lines.{largest}.precio", "El total pasa de un billón de pesos: revisa precio y cantidad")
    return total


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
    relacionados: Sequence[Relacionados] = (),
) -> Comprobante:
    """Tax the lines and add them up. `fecha` as `clock.fecha` gives it; `tipo_cambio` pesos per unit of `moneda`;
    `generics` tell their families in one concept each, which changes no amount of the document; `relacionados`: what
    it substitutes (04), the advance it applies (07), the invoice it adds to (02).

    Raises `IngresoRefused`, and `MoneyRefused` with the field as "lines.0.precio".
    """
    if not lines:
        raise IngresoRefused("lines", "Una factura lleva al menos un concepto")
    check_fecha(fecha)
    check_payment(forma_pago, metodo_pago)
    _check_parties(receptor, lugar_expedicion)
    check_relations(relacionados, _RELATIONS)
    decimals = decimals_of(moneda)
    taxed = tax_lines(lines, decimals=decimals)
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
        tipo_cambio=exchange(moneda, tipo_cambio),
        forma_pago=forma_pago,
        metodo_pago=metodo_pago,
        condiciones_de_pago=clean_field("condiciones_de_pago", condiciones_de_pago, 1000),
        serie=clean_field("serie", serie, 25),
        folio=clean_field("folio", folio, 40),
        relacionados=tuple(relacionados),
    )


def tax_lines(lines: Iterable[SaleLine], *, decimals: int) -> list[Taxed]:
    """Raises `MoneyRefused` with the field as "lines.0.precio"."""
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
    if not generics:
        return tuple([concepto_of(sale, amounts) for sale, amounts in zip(lines, taxed, strict=True)])
    made: list[Concepto | tuple[Generic, Kind]] = []
    families: dict[tuple[Generic, Kind], list[Taxed]] = {}
    for sale, amounts in zip(lines, taxed, strict=True):
        generic = generic_of(sale.clave_prod_serv, generics)
        if generic is None:
            made.append(concepto_of(sale, amounts))
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


def concepto_of(sale: SaleLine, amounts: Taxed) -> Concepto:
    """A sold line with its amounts, as the document carries it."""
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
    check_place(receptor, lugar_expedicion)
    if receptor.uso_cfdi == "CP01":
        raise IngresoRefused("uso_cfdi", "CP01 (pagos) es solo para complementos de pago")
    if is_public(receptor.nombre):
        raise IngresoRefused("nombre", "PUBLICO EN GENERAL es solo para la factura global")

"""The factura global: what nobody asked an invoice for, one concept a ticket (RMF 2.7.1.21, FISCAL GLO)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from amate.fiscal.comprobante import Comprobante, Concepto, DocumentRefused, Emisor, InformacionGlobal, Relacionados
from amate.fiscal.global_period import BIMESTRAL, REGIMEN_BIMESTRAL
from amate.fiscal.global_ticket import GlobalSale as GlobalSale
from amate.fiscal.global_ticket import Ticket, ticket_of
from amate.fiscal.heading import SUSTITUCION, check_fecha, check_paid_with, check_place, check_relations, clean_field
from amate.fiscal.ingreso import PUE
from amate.fiscal.money import summarise
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL
from amate.fiscal.receptor import SIN_EFECTOS, SIN_OBLIGACIONES, Receptor
from amate.fiscal.rfc import GENERIC_NACIONAL
from amate.fiscal.rounding import ONE
from amate.fiscal.tables.comprobante import MESES, PERIODICIDADES

MOST_TICKETS = 2_000
"""Of one document (DECISIONS C11): XML of about 1.3 MB. What is more goes into further parts."""

VENTA, NO_EXISTE_EN_EL_CATALOGO, ACTIVIDAD = "Venta", "01010101", "ACT"
_RELATIONS = frozenset({SUSTITUCION})


def parts_of(sales: Sequence[GlobalSale]) -> list[list[GlobalSale]]:
    """What each factura global of the period holds: tickets of nothing left out, 2,000 a part, in their order."""
    sold = [sale for sale in sales if not sale.is_zero]
    return [sold[start : start + MOST_TICKETS] for start in range(0, len(sold), MOST_TICKETS)]


def build_global(
    *,
    emisor: Emisor,
    lugar_expedicion: str,
    fecha: datetime,
    period: InformacionGlobal,
    sales: Sequence[GlobalSale],
    serie: str | None = None,
    folio: str | None = None,
    relacionados: Sequence[Relacionados] = (),
) -> Comprobante:
    """One part, in pesos, paid (PUE) with the form of its largest ticket (GLO-3). `sales`: one of `parts_of`; what adds
    up to nothing is left out. `relacionados`: with 04, the global that this one substitutes (AFT-A).

    Raises `DocumentRefused`, and `MoneyRefused` with the field as "sales.0.lines.0.precio".
    """
    check_fecha(fecha)
    receptor = Receptor(GENERIC_NACIONAL, PUBLICO_EN_GENERAL, lugar_expedicion, SIN_OBLIGACIONES, SIN_EFECTOS)
    check_place(receptor, lugar_expedicion)
    check_relations(relacionados, _RELATIONS)
    _check_period(period, emisor, fecha)
    tickets = [ticket_of(sale, place) for place, sale in enumerate(sales) if not sale.is_zero]
    if not tickets:
        raise DocumentRefused("sales", "No hay ventas que facturar en este periodo")
    if len(tickets) > MOST_TICKETS:
        raise DocumentRefused("sales", f"Caben {MOST_TICKETS} tickets en una factura global: haz más de una")
    _check_tickets(tickets)
    totals = summarise([amounts for ticket in tickets for _, amounts in ticket.lines])
    return Comprobante(
        tipo_de_comprobante="I",
        fecha=fecha,
        lugar_expedicion=lugar_expedicion,
        emisor=emisor,
        receptor=receptor,
        conceptos=tuple(concepto for ticket in tickets for concepto in _conceptos(ticket)),
        subtotal=totals.subtotal,
        total=totals.total,
        impuestos=totals.impuestos,
        descuento=totals.descuento,
        forma_pago=max(tickets, key=_total_of).sale.forma_pago,
        metodo_pago=PUE,
        serie=clean_field("serie", serie, 25),
        folio=clean_field("folio", folio, 40),
        informacion_global=period,
        relacionados=tuple(relacionados),
    )


def _total_of(ticket: Ticket) -> Decimal:
    return ticket.total


def _conceptos(ticket: Ticket) -> list[Concepto]:
    return [
        Concepto(
            clave_prod_serv=NO_EXISTE_EN_EL_CATALOGO,
            cantidad=ONE,
            clave_unidad=ACTIVIDAD,
            descripcion=VENTA,
            valor_unitario=amounts.importe,
            importe=amounts.importe,
            objeto_imp=objeto_imp,
            descuento=amounts.descuento or None,
            no_identificacion=ticket.sale.no_identificacion,
            traslados=amounts.traslados,
        )
        for objeto_imp, amounts in ticket.lines
    ]


def _check_tickets(tickets: Sequence[Ticket]) -> None:
    seen: set[str] = set()
    for ticket in tickets:
        number = ticket.sale.no_identificacion
        check_paid_with(ticket.sale.forma_pago, "sales")
        if number in seen:
            raise DocumentRefused("sales", f"El ticket {number} está dos veces")
        seen.add(number)


def _check_period(period: InformacionGlobal, emisor: Emisor, fecha: datetime) -> None:
    """CFDI40131..40136."""
    bimestral = period.periodicidad == BIMESTRAL
    if period.periodicidad not in PERIODICIDADES:
        raise DocumentRefused("period", f"El SAT no tiene la periodicidad “{period.periodicidad}”")
    if bimestral and emisor.regimen_fiscal != REGIMEN_BIMESTRAL:
        raise DocumentRefused("period", f"Solo el régimen {REGIMEN_BIMESTRAL} emite globales bimestrales")
    if period.meses not in MESES or bimestral != (period.meses > "12"):
        raise DocumentRefused("period", "Meses va de 01 a 12, o de 13 a 18 si la global es bimestral")
    if period.anio not in (fecha.year, fecha.year - 1):
        raise DocumentRefused("period", f"El año de la global es {fecha.year} o el anterior, no {period.anio}")

"""A credit note (type E): money or goods given back, an advance applied, a ticket taken out of a factura global
(FISCAL REL-2, REL-3, AFT-B). It never cancels an invoice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from amate.fiscal.comprobante import Comprobante, Concepto, DocumentRefused, Emisor, Relacionados
from amate.fiscal.credited import taxed_of
from amate.fiscal.heading import (
    ANTICIPO,
    MXN,
    SUSTITUCION,
    check_fecha,
    check_paid_with,
    check_place,
    check_relations,
    clean_field,
    exchange,
)
from amate.fiscal.ingreso import PUE, SaleLine, concepto_of, tax_lines
from amate.fiscal.money import MoneyRefused, Taxed, summarise
from amate.fiscal.razon_social import PUBLICO_EN_GENERAL
from amate.fiscal.receptor import SIN_EFECTOS, SIN_OBLIGACIONES, Receptor, uso_allowed
from amate.fiscal.rfc import GENERIC_NACIONAL, Persona
from amate.fiscal.tables.monedas import decimals_of

NOTA_DE_CREDITO, DEVOLUCION = "01", "03"
APLICACION_DE_ANTICIPOS = "30"
DEVOLUCIONES = "G02"

_GIVES_BACK = frozenset({NOTA_DE_CREDITO, DEVOLUCION, ANTICIPO})
_RELATIONS = _GIVES_BACK | {SUSTITUCION}


def build_egreso(
    *,
    emisor: Emisor,
    receptor: Receptor,
    lugar_expedicion: str,
    fecha: datetime,
    lines: Sequence[SaleLine | Concepto],
    relacionados: Sequence[Relacionados],
    forma_pago: str,
    remaining: Decimal,
    serie: str | None = None,
    folio: str | None = None,
    moneda: str = MXN,
    tipo_cambio: str | None = None,
) -> Comprobante:
    """A SaleLine is taxed here; a Concepto is written as it is (`credited`: by amount, or the lines of a ticket).

    `relacionados`: what is credited, 01 a discount, 03 goods, 07 an advance (paid with 30), and 04 if it substitutes
    another one. `remaining`: what is left of those documents in `moneda`; no more is ever credited (DB-5).
    `receptor` as `credit_receptor` or `public_credit_receptor` give it. Raises `DocumentRefused` and `MoneyRefused`.
    """
    if not lines:
        raise DocumentRefused("lines", "Una nota de crédito lleva al menos un concepto")
    check_fecha(fecha)
    check_paid_with(forma_pago)
    _check_relations(relacionados, forma_pago)
    check_place(receptor, lugar_expedicion)
    if receptor.uso_cfdi == "CP01":
        raise DocumentRefused("uso_cfdi", "CP01 (pagos) es solo para complementos de pago")
    decimals = decimals_of(moneda)
    conceptos, taxed = _written(lines, decimals)
    totals = summarise(taxed, decimals=decimals)
    if totals.total > remaining:
        raise DocumentRefused(
            "lines", f"La nota de crédito suma {totals.total} y de lo facturado quedan {remaining}: acredita menos"
        )
    return Comprobante(
        tipo_de_comprobante="E",
        fecha=fecha,
        lugar_expedicion=lugar_expedicion,
        emisor=emisor,
        receptor=receptor,
        conceptos=conceptos,
        subtotal=totals.subtotal,
        total=totals.total,
        impuestos=totals.impuestos,
        descuento=totals.descuento,
        moneda=moneda,
        tipo_cambio=exchange(moneda, tipo_cambio),
        forma_pago=forma_pago,
        metodo_pago=PUE,
        serie=clean_field("serie", serie, 25),
        folio=clean_field("folio", folio, 40),
        relacionados=tuple(relacionados),
    )


def credit_receptor(receptor: Receptor) -> Receptor:
    """The receiver of an invoice as that of its credit note: use G02, or S01 for a regime that may not have it."""
    persona: Persona = "M" if len(receptor.rfc) == 12 else "F"
    allowed = uso_allowed(DEVOLUCIONES, receptor.regimen_fiscal, persona)
    return replace(receptor, uso_cfdi=DEVOLUCIONES if allowed else SIN_EFECTOS)


def public_credit_receptor(*, lugar_expedicion: str, uso_cfdi: str = DEVOLUCIONES) -> Receptor:
    """Of a credit note against a factura global (AFT-B): no InformacionGlobal goes with it.

    `uso_cfdi`: the SAT's guide says G02; one integrator found PACs that want S01 (UNS-1).
    """
    return Receptor(GENERIC_NACIONAL, PUBLICO_EN_GENERAL, lugar_expedicion, SIN_OBLIGACIONES, uso_cfdi)


def _check_relations(relacionados: Sequence[Relacionados], forma_pago: str) -> None:
    check_relations(relacionados, _RELATIONS)
    kinds = {related.tipo_relacion for related in relacionados}
    if not kinds & _GIVES_BACK:
        raise DocumentRefused("relacionados", "Di qué factura se acredita y por qué: 01, 03 o 07")
    if (ANTICIPO in kinds) != (forma_pago == APLICACION_DE_ANTICIPOS):
        raise DocumentRefused(
            "forma_pago", "La forma 30 (aplicación de anticipos) va con la relación 07, y solo con ella"
        )


def _written(lines: Sequence[SaleLine | Concepto], decimals: int) -> tuple[tuple[Concepto, ...], list[Taxed]]:
    conceptos: list[Concepto] = []
    taxed: list[Taxed] = []
    for place, line in enumerate(lines):
        if isinstance(line, Concepto):
            conceptos.append(line)
            taxed.append(taxed_of(line))
            continue
        try:
            (amounts,) = tax_lines([line], decimals=decimals)
        except MoneyRefused as refused:
            raise MoneyRefused(refused.field.replace("lines.0", f"lines.{place}"), refused.message) from refused
        conceptos.append(concepto_of(line, amounts))
        taxed.append(amounts)
    return tuple(conceptos), taxed

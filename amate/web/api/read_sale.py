"""From what a point of sale sent to the sale that is registered: every SAT key is checked here, all mistakes at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from amate.companies.models import Branch
from amate.fiscal.catalogs import Catalogs, name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import IngresoRefused, SaleLine
from amate.fiscal.money import Impuesto, Line, MoneyRefused
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IVA
from amate.fiscal.text import TextRefused, clean_text
from amate.self_invoicing.register import Sale
from amate.web.api.problems import FieldError, SaleRefused
from amate.web.api.sale import ImpuestoIn, LineIn, SaleIn

CFDI_40 = datetime(2022, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # a till's clock or zone may be wrong by hours; by a day it is a mistake
POR_DEFINIR = "99"
MXN = "MXN"
NO_TAXES = (
    "Falta decir sus impuestos: escríbelos aquí o en default_impuestos. No suponemos ninguna tasa; "
    "una partida sin impuestos lleva [] y su objeto_imp"
)

Report = Callable[[tuple[str | int, ...], str], None]


def read_sale(
    said: SaleIn, *, source: str, external_id: str, branch: Branch, catalogs: Catalogs, now: datetime
) -> Sale:
    """Raises SaleRefused with every field that is wrong; amounts are added up later, by the act itself."""
    errors: list[FieldError] = []

    def report(where: tuple[str | int, ...], detail: str) -> None:
        errors.append(FieldError(where, detail))

    day = now.astimezone(zone_of(branch.cp)).date()
    _check_head(said, catalogs=catalogs, day=day, now=now, report=report)
    folio = _clean(said.folio, report=report)
    default = _taxes(said.default_impuestos, ("default_impuestos",), catalogs=catalogs, day=day, report=report)
    lines: list[SaleLine] = []
    for place, line in enumerate(said.lines):
        where = ("lines", place)
        _check_keys(line, where, catalogs=catalogs, day=day, report=report)
        taxes = _taxes(line.impuestos, (*where, "impuestos"), catalogs=catalogs, day=day, report=report)
        if taxes is None and default is None:
            report((*where, "impuestos"), NO_TAXES)
        made = _line(
            line, where, default or () if taxes is None else taxes, included=said.prices_include_taxes, report=report
        )
        lines += [made] if made else []
    if errors:
        raise SaleRefused.at(errors)
    return Sale(
        source=source,
        external_id=external_id,
        folio=folio,
        sold_at=said.sold_at,
        forma_pago=said.forma_pago,
        total=Decimal(said.total).quantize(Decimal("0.01")),
        lines=tuple(lines),
        moneda=said.moneda,
    )


def exact(text: str) -> Decimal:
    """The number without the zeros that say nothing, so that 1, 1.0 and 1.00 are one sale and not three.

    >>> exact("100.50"), exact("100"), exact("0.160000")
    (Decimal('100.5'), Decimal('100'), Decimal('0.16'))
    """
    number = Decimal(text)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _check_head(said: SaleIn, *, catalogs: Catalogs, day: date, now: datetime, report: Report) -> None:
    if said.sold_at.year < CFDI_40.year:
        report(("sold_at",), "Antes de 2022 no había CFDI 4.0: esa venta ya no se puede facturar")
    elif said.sold_at.year > now.year + 1 or said.sold_at > now + AHEAD:
        report(("sold_at",), "Esa fecha está en el futuro: revisa el reloj y la zona de tu punto de venta")
    if said.forma_pago == POR_DEFINIR:
        report(("forma_pago",), "Una nota ya está pagada: 99 (por definir) no dice cómo")
    elif said.forma_pago not in FORMAS_PAGO or not catalogs.is_valid("forma_pago", said.forma_pago, day):
        report(("forma_pago",), f"El SAT no tiene la forma de pago “{said.forma_pago}”")
    if said.moneda not in catalogs.monedas:
        report(("moneda",), f"El SAT no tiene la moneda “{said.moneda}”")
    elif said.moneda != MXN:
        report(
            ("moneda",),
            f"Por ahora las notas son en pesos (MXN), no en {name_of('moneda', said.moneda) or said.moneda}",
        )


def _clean(folio: str, *, report: Report) -> str:
    try:
        cleaned = clean_text(folio, longest=40)
    except TextRefused as refused:
        report(("folio",), refused.message)
        return ""
    if not cleaned:
        report(("folio",), "Escribe el folio de la nota")
    return cleaned


def _line(
    line: LineIn, where: tuple[str | int, ...], taxes: tuple[Impuesto, ...], *, included: bool, report: Report
) -> SaleLine | None:
    try:
        return SaleLine(
            line=Line(
                cantidad=exact(line.cantidad),
                precio=exact(line.precio),
                descuento=exact(line.descuento),
                incluye_impuestos=included,
                objeto_imp=line.objeto_imp,
                impuestos=taxes,
            ),
            clave_prod_serv=line.clave_prod_serv,
            clave_unidad=line.clave_unidad,
            descripcion=line.descripcion,
            no_identificacion=line.no_identificacion,
            unidad=line.unidad,
        )
    except IngresoRefused as refused:
        report((*where, refused.field), refused.message)
        return None


def _check_keys(line: LineIn, here: tuple[str | int, ...], *, catalogs: Catalogs, day: date, report: Report) -> None:
    if line.clave_prod_serv not in catalogs.claves_prod_serv:
        said = f"El SAT no tiene la clave de producto “{line.clave_prod_serv}”: búscala en el catálogo"
        report((*here, "clave_prod_serv"), said)
    if line.clave_unidad not in catalogs.claves_unidad:
        said = f"El SAT no tiene la clave de unidad “{line.clave_unidad}”: búscala en el catálogo"
        report((*here, "clave_unidad"), said)
    if not catalogs.is_valid("objeto_imp", line.objeto_imp, day):
        report((*here, "objeto_imp"), f"El SAT no tiene el objeto de impuesto “{line.objeto_imp}”")


def _taxes(
    said: list[ImpuestoIn] | None, where: tuple[str | int, ...], *, catalogs: Catalogs, day: date, report: Report
) -> tuple[Impuesto, ...] | None:
    """None when nothing was said, which is not the same as an empty list."""
    if said is None:
        return None
    found = (_tax(one, (*where, place), catalogs=catalogs, day=day, report=report) for place, one in enumerate(said))
    return tuple(tax for tax in found if tax is not None)


def _tax(
    said: ImpuestoIn, here: tuple[str | int, ...], *, catalogs: Catalogs, day: date, report: Report
) -> Impuesto | None:
    if said.retencion:
        report((*here, "retencion"), "Una nota al público en general no lleva retenciones")
        return None
    if said.impuesto not in (IVA, IEPS):
        report((*here, "impuesto"), f"El impuesto “{said.impuesto}” no se traslada: usa 002 (IVA) o 003 (IEPS)")
        return None
    try:
        tax = Impuesto(said.impuesto, said.tipo_factor, None if said.tasa_o_cuota is None else exact(said.tasa_o_cuota))
    except MoneyRefused as refused:
        report(here, refused.message)
        return None
    if tax.tipo_factor != EXENTO and tax.tasa_o_cuota is not None:
        if catalogs.is_rate(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, retencion=False, as_of=day):
            return tax
        report((*here, "tasa_o_cuota"), f"El SAT no tiene esa tasa o cuota para el impuesto {tax.impuesto}")
        return None
    return tax

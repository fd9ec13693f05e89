"""From what a point of sale sent to the sale that is registered: every SAT key is checked here, all mistakes at once."""

from datetime import date, datetime
from decimal import Decimal

from amate.companies.models import Branch
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import PPD, IngresoRefused, SaleLine
from amate.fiscal.money import Impuesto, Line, MoneyRefused
from amate.fiscal.text import TextRefused, clean_text
from amate.self_invoicing.codes import read_code
from amate.self_invoicing.pagos import Pago, main_forma
from amate.self_invoicing.sale import (
    Sale,
    exact,
    wrong_forma_pago,
    wrong_keys,
    wrong_kind_of_tax,
    wrong_metodo_pago,
    wrong_moment,
    wrong_moneda,
    wrong_rate,
)
from amate.web.api.fill_lines import Filled, Report, fill_lines
from amate.web.api.problems import FieldError, SaleRefused
from amate.web.api.sale import ImpuestoIn, LineIn, SaleIn

NO_TAXES = (
    "Falta decir sus impuestos: escríbelos aquí o en default_impuestos. No suponemos ninguna tasa; "
    "una partida sin impuestos lleva [] y su objeto_imp"
)


def read_sale(
    said: SaleIn, *, source: str, external_id: str, branch: Branch, catalogs: Catalogs, now: datetime
) -> Sale:
    """Raises SaleRefused with every field that is wrong; amounts are added up later, by the act itself."""
    errors: list[FieldError] = []

    def report(where: tuple[str | int, ...], detail: str) -> None:
        errors.append(FieldError(where, detail))

    day = now.astimezone(zone_of(branch.cp)).date()
    _check_head(said, catalogs=catalogs, day=day, now=now, report=report)
    pagos = _pagos(said, catalogs=catalogs, day=day, report=report)
    folio, code = _clean(said.folio, report=report), read_code(said.code or "")
    if said.code is not None and code is None:
        report(("code",), "Al código le falta o le sobra una letra, o hay una cambiada")
    default = _taxes(said.default_impuestos, ("default_impuestos",), catalogs=catalogs, day=day, report=report)
    lines: list[SaleLine] = []
    filled = fill_lines(said.lines, included=said.prices_include_taxes, report=report)
    for place, (line, whole) in enumerate(zip(said.lines, filled, strict=True)):
        where = ("lines", place)
        taxes = _taxes(line.impuestos, (*where, "impuestos"), catalogs=catalogs, day=day, report=report)
        if whole is None:
            continue
        _check_keys(whole, where, catalogs=catalogs, day=day, report=report)
        if taxes is None:
            taxes = default if whole.impuestos is None else whole.impuestos
        if taxes is None:
            report((*where, "impuestos"), NO_TAXES)
        made = _line(line, whole, where, taxes or (), report=report)
        lines += [made] if made else []
    if errors:
        raise SaleRefused.at(errors)
    return Sale(
        source=source,
        external_id=external_id,
        folio=folio,
        sold_at=said.sold_at,
        forma_pago=main_forma(pagos) if pagos else said.forma_pago or "",
        total=Decimal(said.total).quantize(Decimal("0.01")),
        lines=tuple(lines),
        moneda=said.moneda,
        metodo_pago=said.metodo_pago,
        pagos=pagos,
        code=code,
    )


def _check_head(said: SaleIn, *, catalogs: Catalogs, day: date, now: datetime, report: Report) -> None:
    found = {
        "sold_at": wrong_moment(said.sold_at, now=now),
        "metodo_pago": wrong_metodo_pago(said.metodo_pago),
        "forma_pago": _wrong_forma_pago(said, catalogs=catalogs, day=day),
        "moneda": wrong_moneda(said.moneda, catalogs=catalogs),
    }
    for field, sentence in found.items():
        if sentence:
            report((field,), sentence)


def _wrong_forma_pago(said: SaleIn, *, catalogs: Catalogs, day: date) -> str | None:
    if said.forma_pago is None:
        return None if said.pagos else "Di cómo se pagó: forma_pago, o pagos si fue de varias formas"
    return wrong_forma_pago(said.forma_pago, catalogs=catalogs, day=day, metodo_pago=said.metodo_pago)


def _pagos(said: SaleIn, *, catalogs: Catalogs, day: date, report: Report) -> tuple[Pago, ...]:
    """Whether they add up, the act itself says, as of the lines."""
    if said.pagos is None:
        return ()
    if said.metodo_pago == PPD:
        report(("pagos",), "A crédito (PPD) todavía no hay pagos: quítalos, o di PUE si ya se pagó")
        return ()
    for place, one in enumerate(said.pagos):
        if wrong := wrong_forma_pago(one.forma_pago, catalogs=catalogs, day=day):
            report(("pagos", place, "forma_pago"), wrong)
        if not Decimal(one.importe):
            report(("pagos", place, "importe"), "Cada pago es mayor que cero: quita el que no se hizo")
    pagos = tuple(Pago(one.forma_pago, Decimal(one.importe)) for one in said.pagos)
    main = main_forma(pagos)
    if said.forma_pago not in (None, main):
        report(("forma_pago",), f"Con esos pagos la factura lleva {main}, con la que se pagó más: quítala o corrígela")
    return pagos


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
    line: LineIn, whole: Filled, where: tuple[str | int, ...], taxes: tuple[Impuesto, ...], *, report: Report
) -> SaleLine | None:
    try:
        return SaleLine(
            line=Line(
                cantidad=exact(Decimal(line.cantidad)),
                precio=exact(whole.precio),
                descuento=exact(Decimal(line.descuento)),
                incluye_impuestos=whole.included,
                objeto_imp=whole.objeto_imp,
                impuestos=taxes,
            ),
            clave_prod_serv=whole.clave_prod_serv,
            clave_unidad=whole.clave_unidad,
            descripcion=whole.descripcion,
            no_identificacion=whole.no_identificacion,
            unidad=whole.unidad,
        )
    except IngresoRefused as refused:
        report((*where, refused.field), refused.message)
        return None


def _check_keys(line: Filled, here: tuple[str | int, ...], *, catalogs: Catalogs, day: date, report: Report) -> None:
    found = wrong_keys(
        clave_prod_serv=line.clave_prod_serv,
        clave_unidad=line.clave_unidad,
        objeto_imp=line.objeto_imp,
        catalogs=catalogs,
        day=day,
    )
    for field, sentence in found:
        report((*here, field), sentence)


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
    wrong = wrong_kind_of_tax(said.impuesto, retencion=said.retencion)
    if wrong:
        report((*here, wrong[0]), wrong[1])
        return None
    rate = None if said.tasa_o_cuota is None else exact(Decimal(said.tasa_o_cuota))
    try:
        tax = Impuesto(said.impuesto, said.tipo_factor, rate)
    except MoneyRefused as refused:
        report(here, refused.message)
        return None
    sentence = wrong_rate(tax, catalogs=catalogs, day=day)
    if sentence:
        report((*here, "tasa_o_cuota"), sentence)
        return None
    return tax

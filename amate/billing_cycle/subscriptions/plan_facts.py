"""What a plan says, as plain values, and what is wrong with it in words: better now than on the invoices of a month."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from amate.billing_cycle.subscriptions.begin import grid_of
from amate.billing_cycle.subscriptions.calendar import BadGrid, Unit
from amate.billing_cycle.subscriptions.models import LastStub, Plan, Stub
from amate.billing_cycle.subscriptions.words import UnknownWord, check
from amate.companies.article import wrong_keys, wrong_rate
from amate.companies.billing_policy import FiscalMode
from amate.companies.fields import FieldsRefused, cleaned
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.money import Impuesto, Line, MoneyRefused, tax_line
from amate.invoices.lines import line_to_json

ONE = Decimal(1)
MOST_PESOS = Decimal(10) ** 10
MOST_EVERY = 120
MOST_LEAD = 60
MOST_TERMS = 366
POR_DEFINIR = "99"
TEXTS = {"nombre": 120, "concept": 1000, "unidad": 20, "setup_concept": 1000}


class PlanRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field of PlanFacts or PriceOf. Nothing was written."""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """As the columns of Plan. `unit` and `every`: how often; `cut_day`: a fixed day of the month, None for the day on which
    each customer starts; "" in `fiscal_mode` and `bill_while_suspended`, and None in `terms_days`: as the company's policy."""

    nombre: str
    concept: str
    clave_prod_serv: str
    clave_unidad: str = "E48"
    unidad: str = ""
    objeto_imp: str = "02"
    unit: str = Unit.MONTH
    every: int = 1
    cut_day: int | None = None
    day_a: int = 1
    day_b: int = 16
    in_advance: bool = True
    lead_days: int = 0
    terms_days: int | None = None
    fiscal_mode: str = ""
    forma_pago: str = "03"
    bill_while_suspended: str = ""
    reviewed: bool = False
    first_stub: str = Stub.PRORATE
    last_stub: str = LastStub.CUT
    trial_unit: str = ""
    trial_every: int = 0
    trial_moves_anchor: bool = False
    setup_fee: Decimal = Decimal(0)
    setup_concept: str = "Instalación"


@dataclass(frozen=True, slots=True)
class PriceOf:
    """Of one unit for one whole period, from a day on."""

    valid_from: date
    amount: Decimal
    includes_tax: bool
    taxes: Sequence[Impuesto]


def columns_of(facts: PlanFacts) -> dict[str, Any]:
    return {one.name: getattr(facts, one.name) for one in fields(facts)}


def facts_of(plan: Plan) -> PlanFacts:
    return PlanFacts(**{one.name: getattr(plan, one.name) for one in fields(PlanFacts)})


def taxes_json(taxes: Sequence[Impuesto], *, objeto_imp: str) -> list[dict[str, Any]]:
    """As PlanPrice.taxes keeps them."""
    kept: list[dict[str, Any]] = line_to_json(Line(ONE, ONE, tuple(taxes), objeto_imp=objeto_imp))["impuestos"]
    return kept


def check_plan(facts: PlanFacts, *, catalogs: Catalogs, today: date) -> None:
    """Raises PlanRefused."""
    errors: dict[str, str] = {}
    for name, longest in TEXTS.items():
        text = cleaned(name, getattr(facts, name), errors)
        if len(text) > longest:
            errors[name] = f"Acórtalo: caben {longest} caracteres"
    if not facts.nombre.strip():
        errors["nombre"] = "Escribe cómo se llama el plan"
    if not facts.concept.strip():
        errors["concept"] = "Escribe qué dirá la factura, como «Internet de {mes}»"
    try:
        check(facts.concept)
    except UnknownWord as wrong:
        errors["concept"] = str(wrong)
    wrong_sat = wrong_keys(
        clave_prod_serv=facts.clave_prod_serv,
        clave_unidad=facts.clave_unidad,
        objeto_imp=facts.objeto_imp,
        catalogs=catalogs,
        day=today,
    )
    errors |= dict(wrong_sat)
    errors |= _wrong_calendar(facts, today=today) | _wrong_terms(facts)
    if errors:
        raise PlanRefused(errors)


def check_price(price: PriceOf, *, objeto_imp: str, catalogs: Catalogs, today: date) -> None:
    """Raises PlanRefused."""
    errors: dict[str, str] = {}
    if price.amount <= 0 or price.amount >= MOST_PESOS:
        errors["amount"] = "Escribe un precio mayor que cero"
    for tax in price.taxes:
        wrong = None if tax.retencion else wrong_rate(tax, catalogs=catalogs, day=today)
        if wrong:
            errors["taxes"] = wrong
    if not errors:
        try:
            tax_line(Line(ONE, price.amount, tuple(price.taxes), price.includes_tax, objeto_imp=objeto_imp))
        except MoneyRefused as refused:
            errors["taxes"] = refused.message
    if errors:
        raise PlanRefused(errors)


def _wrong_calendar(facts: PlanFacts, *, today: date) -> dict[str, str]:
    if facts.unit not in tuple(Unit):
        return {"unit": "Elige cada cuánto se cobra"}
    if not 1 <= facts.every <= MOST_EVERY:
        return {"every": f"Escribe cada cuántos se cobra: de 1 a {MOST_EVERY}"}
    if facts.cut_day is not None and facts.unit not in (Unit.MONTH, Unit.YEAR):
        return {"cut_day": "El día fijo de corte es de planes por mes o por año: déjalo vacío"}
    if facts.cut_day is not None and not 1 <= facts.cut_day <= 31:
        return {"cut_day": "Escribe un día del 1 al 31; 31 es el último del mes"}
    if bool(facts.trial_unit) != bool(facts.trial_every) or (facts.trial_unit and facts.trial_unit not in tuple(Unit)):
        return {"trial_every": "Escribe cuánto dura la prueba: cuántos, y de qué"}
    plan = Plan(**columns_of(facts))
    try:
        grid_of(plan, today)
    except BadGrid as wrong:
        field = "trial_moves_anchor" if facts.trial_unit and facts.trial_moves_anchor else "day_a"
        return {field: str(wrong)}
    return {}


def _wrong_terms(facts: PlanFacts) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 0 <= facts.lead_days <= MOST_LEAD:
        errors["lead_days"] = f"Escribe de 0 a {MOST_LEAD} días"
    elif facts.lead_days and not facts.in_advance:
        errors["lead_days"] = "A periodo vencido se cobra cuando termina: los días antes son 0"
    if facts.terms_days is not None and not 0 <= facts.terms_days <= MOST_TERMS:
        errors["terms_days"] = f"Escribe de 0 a {MOST_TERMS} días, o déjalo vacío"
    if facts.fiscal_mode == FiscalMode.PUE_MES and facts.forma_pago == POR_DEFINIR:
        errors["forma_pago"] = "Una factura PUE dice cómo se paga: elige la forma de pago"
    if facts.setup_fee < 0 or facts.setup_fee >= MOST_PESOS:
        errors["setup_fee"] = "Escribe cuánto cuesta empezar, o 0"
    if facts.setup_fee and not facts.setup_concept.strip():
        errors["setup_concept"] = "Escribe qué se cobra al empezar, como «Instalación»"
    return errors

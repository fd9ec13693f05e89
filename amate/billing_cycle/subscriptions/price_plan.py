"""A plan costs something else from a day on: a dated price, which can be taken back before its day."""

from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.subscriptions.models import Period, Plan, PlanPrice
from amate.billing_cycle.subscriptions.plan_facts import PlanRefused, PriceOf, check_price, taxes_json
from amate.fiscal.catalogs import Catalogs
from amate.papers.dates import short
from amate.tenancy.writes import insert


def price_plan(*, plan_id: int, price: PriceOf, catalogs: Catalogs, today: date, now: datetime) -> PlanPrice:
    """It enters with each period that begins on its day or after. The same price of the same day is the one that is there.
    Raises PlanRefused, Plan.DoesNotExist."""
    plan: Plan = Plan.locked(plan_id)
    check_price(price, objeto_imp=plan.objeto_imp, catalogs=catalogs, today=today)
    taxes = taxes_json(price.taxes, objeto_imp=plan.objeto_imp)
    known = list(PlanPrice.objects.filter(plan=plan).order_by("valid_from"))
    for one in known:
        if one.valid_from != price.valid_from:
            continue
        if (one.amount, one.includes_tax, one.taxes) == (price.amount, price.includes_tax, taxes):
            return one
        raise PlanRefused({"valid_from": f"Ya hay otro precio desde el {short(one.valid_from)}: quítalo primero"})
    if price.valid_from < today and known and price.valid_from > known[0].valid_from:
        raise PlanRefused({"valid_from": "Elige hoy o un día que venga: lo de antes se cobró con el precio de su día"})
    row = PlanPrice(
        plan=plan, valid_from=price.valid_from, amount=price.amount, includes_tax=price.includes_tax, taxes=taxes
    )
    insert(row)
    record("plan.priced", about=f"plan:{plan.pk}", now=now, nombre=plan.nombre, day=str(price.valid_from),
           amount=str(price.amount))  # fmt: skip
    return row


def withdraw_price(*, price_id: int, today: date, now: datetime) -> None:
    """As if it had not been decided: before its day only, and if nothing was billed at it. One that is gone is gone. Raises
    PlanRefused."""
    row = PlanPrice.objects.filter(pk=price_id).select_related("plan").first()
    if row is None:
        return
    Plan.locked(row.plan_id)
    if row.rise_id is not None:
        raise PlanRefused({"valid_from": "Es parte de un cambio de precios: quítalo entero, con ese cambio"})
    if row.valid_from <= today:
        raise PlanRefused({"valid_from": "Ese precio ya vale: escribe el siguiente"})
    billed = Period.objects.filter(starts_on__gte=row.valid_from, subscription__terms__plan_id=row.plan_id)
    if billed.exists():
        raise PlanRefused({"valid_from": "Ya se cobraron periodos con ese precio: escribe el siguiente"})
    row.delete()
    record("plan.price_withdrawn", about=f"plan:{row.plan_id}", now=now, nombre=row.plan.nombre,
           day=str(row.valid_from))  # fmt: skip

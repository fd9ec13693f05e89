"""A company whose wheel has begun to turn, for tests of every page."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from amate.billing_cycle.subscriptions.models import BillingBatch, BillingRun, Parking, Plan, PlanPrice, PriceRise
from amate.billing_cycle.subscriptions.pause import PauseOf, pause
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, subscribe
from amate.companies.day import day_of
from amate.customers.add import add_customer
from tests.billing_cycle.subscriptions.wheel import IVA, taxes
from tests.world import Shop, World


def billed(world: World, shop: Shop) -> dict[str, int]:
    """A subscription that is paused and leaves one day, a plan with a price to come, a rise, a run that waits, somebody
    parked. Nothing of it is due."""

    def make() -> dict[str, int]:
        now = world.now()
        today = day_of(now)
        plan = Plan.objects.create(
            key="internet", nombre="Internet", concept="Internet de {mes}", clave_prod_serv="81112100", reviewed=True,
            changed_at=now,
        )  # fmt: skip
        facts = {"plan": plan, "includes_tax": True, "taxes": taxes(IVA)}
        PlanPrice.objects.create(valid_from=date(2020, 1, 1), amount=Decimal("599.00"), **facts)
        price = PlanPrice.objects.create(valid_from=today + timedelta(days=200), amount=Decimal("649.00"), **facts)
        rosa = add_customer(nombre="Rosa del Internet", receptor=None, correo="", now=now)
        asked = NewSubscription(
            customer_id=rosa.pk, branch_id=shop.branch.pk, plan_id=plan.pk, starts_on=today + timedelta(days=20)
        )
        one = subscribe(asked=replace(asked, ends_on=today + timedelta(days=300)), today=today, now=now)
        away = PauseOf(today + timedelta(days=60), today + timedelta(days=90))
        pause(subscription_id=one.pk, asked=away, today=today, now=now)
        rise = PriceRise.objects.create(valid_from=today + timedelta(days=250), percent=Decimal(5), decided_at=now)
        run = BillingRun.objects.create(
            day=today, reviewed=True, state="review", customers=1, foretold=1, foretold_total=Decimal("599.00"),
            planned_at=now,
        )  # fmt: skip
        BillingBatch.objects.create(run=run, number=0, customer_ids=[rosa.pk])
        luz = add_customer(nombre="Luz Detenida", receptor=None, correo="", now=now)
        parking = Parking.objects.create(
            customer=luz, error="Faltan los datos fiscales de Luz: captúralos en su ficha", parked_at=now
        )
        return {
            "subscription_id": one.pk,
            "plan_id": plan.pk,
            "price_id": price.pk,
            "rise_id": rise.pk,
            "billing_run_id": run.pk,
            "parking_id": parking.pk,
        }

    return world.scoped(make, shop)

"""A batch of the past is undone: balances of which nobody paid, customers and products that nobody used, and its XML."""

from datetime import datetime

from amate.companies.models import Product
from amate.intake.balances import take_back_balances
from amate.intake.customers import take_back_customers
from amate.intake.models import Batch, Imported
from amate.intake.past.forget import forget_past


def take_back_past(batch: Batch, now: datetime) -> tuple[int, int]:
    """How many went and how many stay: balances, customers and products. While a balance stays, so do the documents that it
    comes of."""
    balances, customers = take_back_balances(batch, now), take_back_customers(batch, now)
    added = Imported.objects.filter(batch=batch, product__isnull=False).values("product_id")
    retired = Product.objects.filter(pk__in=added, is_active=True).update(is_active=False, changed_at=now)
    products = int(retired), Imported.objects.filter(batch=batch).count() - int(retired)
    if not balances[1]:
        forget_past(batch_ids=[batch.pk])
    return balances[0] + customers[0] + products[0], balances[1] + customers[1] + products[1]

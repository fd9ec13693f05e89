"""The few tags that templates share. They show; they decide nothing."""

from datetime import datetime
from decimal import Decimal

from django import template

from amate.self_invoicing.codes import show_code

register = template.Library()


@register.filter
def pesos(amount: Decimal) -> str:
    """`1248.5` → `1,248.50`: always two decimals and commas, whatever the locale."""
    return f"{amount:,.2f}"


@register.filter
def signed_pesos(amount: Decimal) -> str:
    """`-30` → `−$30.00`."""
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"


@register.filter
def size(amount: Decimal) -> Decimal:
    """Without its sign, which the page writes before the `$`."""
    return abs(amount)


@register.filter
def billing_code(code: str) -> str:
    return show_code(code)


@register.filter
def iso(moment: datetime) -> str:
    return moment.isoformat()

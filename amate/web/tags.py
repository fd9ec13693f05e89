"""The few tags that templates share. They show; they decide nothing."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from amate.papers.codes import code128_svg
from amate.self_invoicing.codes import show_code
from amate.web.said import said

register = template.Library()
register.filter("said", said)


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
def bars(text: str) -> SafeString:
    """Code 128 of a reference, as wide as its column."""
    drawn = code128_svg(text).partition("<svg ")[2]
    return mark_safe(  # noqa: S308 ours, but for the label
        f'<svg width="100%" height="64" role="img" aria-label="Código de barras de {escape(text)}" {drawn}'
    )


@register.filter
def billing_code(code: str) -> str:
    return show_code(code)


@register.filter
def iso(moment: datetime) -> str:
    return moment.isoformat()

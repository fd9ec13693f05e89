"""The rules of recurring billing change from a day on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from amate.audit.record import record
from amate.companies.billing_policy import BillingPolicy, FiscalMode, billing_policy_on
from amate.companies.fields import FieldsRefused

# How a payment finds what it pays (`ledger.rules`).
ALLOCATION = ("reference", "chosen", "exact", "oldest")
KEPT = frozenset({"id", "company", "effective_from"})


class BillingPolicyRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field of BillingPolicy. Nothing was written."""


def set_billing_policy(*, effective_from: date, facts: Mapping[str, Any], today: date, now: datetime) -> BillingPolicy:
    """`facts`: fields of BillingPolicy and their new values; the others go on as they were. Later rows of days to come are
    not touched. Raises BillingPolicyRefused.

    Only the row of that same day is written over: nothing was billed by it, or only since this morning.
    """
    names = {field.name for field in BillingPolicy._meta.concrete_fields} - KEPT
    errors = {name: "No existe esa regla" for name in facts if name not in names}
    if effective_from < today:
        errors["effective_from"] = "Elige hoy o un día que venga: lo de antes se cobró con las reglas de su día"
    if errors:
        raise BillingPolicyRefused(errors)
    before = billing_policy_on(effective_from)
    after = {name: facts.get(name, getattr(before, name)) for name in names}
    row = BillingPolicy(effective_from=effective_from, **after)
    _check(row)
    row, _ = BillingPolicy.objects.update_or_create(effective_from=effective_from, defaults=after)
    changed = {name: str(value) for name, value in facts.items() if value != getattr(before, name)}
    record("billing_policy.set", about=f"billing_policy:{row.pk}", now=now, day=str(effective_from), **changed)
    return row


def _check(row: BillingPolicy) -> None:
    errors: dict[str, str] = {}
    try:
        row.clean_fields(exclude=["company"])
    except ValidationError as wrong:
        errors |= {name: " ".join(said) for name, said in wrong.message_dict.items()}
    for name in ("cut", "contact"):
        if name not in errors and not 0 <= _hour(row, name, "from") < _hour(row, name, "to") <= 24:
            errors[f"{name}_from_hour"] = "La primera hora tiene que ser antes de la última, de 0 a 24"
        if not set(getattr(row, f"{name}_weekdays")) <= set(range(7)):
            errors[f"{name}_weekdays"] = "Elige días de la semana"
    if not 1 <= row.rep_day <= 5:
        errors["rep_day"] = "Elige del 1 al 5: el SAT pide el complemento a más tardar el quinto día del mes siguiente"
    if not 1 <= row.statement_day <= 31:
        errors["statement_day"] = "Elige un día del mes, del 1 al 31"
    if sum(bool(step.get("last_warning")) for step in row.ladder) != 1 and row.suspends:
        errors["ladder"] = "Para suspender hace falta un último aviso, que diga el día del corte"
    errors |= _contradictions(row)
    if errors:
        raise BillingPolicyRefused(errors)


def _contradictions(row: BillingPolicy) -> dict[str, str]:
    """Rules that are each right and together cannot be kept."""
    errors: dict[str, str] = {}
    if row.suspends and not row.cut_weekdays:
        errors["cut_weekdays"] = "Para suspender elige al menos un día de la semana, o apaga la suspensión"
    if row.ladder and not row.contact_weekdays:
        errors["contact_weekdays"] = "Hay avisos por mandar y ningún día para hacerlo: elige al menos uno"
    if row.suspends and any(step.get("last_warning") and step.get("offset", 0) < 1 for step in row.ladder):
        errors["ladder"] = "El último aviso anuncia el corte: mándalo después de que venza"
    if row.suspends and row.terminate_after_days is not None and row.terminate_after_days <= row.grace_days:
        errors["terminate_after_days"] = "La baja se propone después del corte: escribe más días que los de gracia"
    if row.reduced_days and not row.suspends:
        errors["reduced_days"] = "Sin suspensión nadie va más lento antes de ella: enciéndela, o deja los días en 0"
    if row.reconnect_fee and not row.suspends:
        errors["reconnect_fee"] = "Sin suspensión no hay reconexión que cobrar: enciéndela, o deja la cuota en 0"
    if set(row.allocation_order) - set(ALLOCATION) or len(set(row.allocation_order)) != len(row.allocation_order):
        errors["allocation_order"] = "Elige en qué orden se aplica un pago, cada regla una sola vez"
    elif "oldest" not in row.allocation_order:
        errors["allocation_order"] = "Deja «lo más antiguo»: es la que siempre encuentra a qué aplicar"
    if row.fiscal_mode == FiscalMode.PUE_MES and row.terms_days > 28:
        errors["terms_days"] = "Una factura PUE se paga dentro de su mes: da menos días, o elige otra forma de facturar"
    return errors


def _hour(row: BillingPolicy, name: str, which: str) -> int:
    return int(getattr(row, f"{name}_{which}_hour"))

"""The rules of the portal change from a day on, for the company or for one branch."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from amate.audit.record import record
from amate.companies.fields import FieldsRefused
from amate.companies.models import PortalPolicy


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """As `PortalPolicy` names them; what it says of the deadline, `self_invoicing.rules.Window.of` reads from here too."""

    enabled: bool
    window_days: int
    until_month_end: bool
    grace_days: int
    minimum: Decimal
    sources: tuple[str, ...]
    usos: tuple[str, ...]
    default_uso: str


class PolicyRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field. Nothing was written."""


def set_policy(*, branch_id: int | None, effective_from: date, facts: PolicyFacts, today: date, now: datetime) -> None:
    """Rules from `effective_from` (a local day, today or later) until the next ones. Raises PolicyRefused.

    Only the row of that same day is written over: it has printed on no note yet, or only since this morning.
    """
    errors = _wrong(facts)
    if effective_from < today:
        errors["effective_from"] = "Elige hoy o un día que venga: las notas de antes conservan lo que imprimieron"
    if errors:
        raise PolicyRefused(errors)
    said = asdict(facts) | {"sources": list(facts.sources), "usos": list(facts.usos), "follows_company": False}
    _write(branch_id=branch_id, effective_from=effective_from, said=said, now=now)


def follow_company(*, branch_id: int, effective_from: date, now: datetime) -> None:
    """The branch has no rules of its own from that day on."""
    _write(branch_id=branch_id, effective_from=effective_from, said={"follows_company": True}, now=now)


def _write(*, branch_id: int | None, effective_from: date, said: dict[str, object], now: datetime) -> None:
    row, _ = PortalPolicy.objects.update_or_create(  # type: ignore[misc]  # the stubs know no null foreign key here
        branch_id=branch_id, effective_from=effective_from, defaults=said
    )
    detail = {name: str(value) if isinstance(value, Decimal) else value for name, value in said.items()}
    record(
        "portal_policy.set",
        about=f"portal_policy:{row.pk}",
        now=now,
        branch=branch_id,
        day=str(effective_from),
        **detail,
    )


def _wrong(facts: PolicyFacts) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 0 <= facts.window_days <= 366:
        errors["window_days"] = "Escribe de 0 a 366 días; 0 es solo el mismo día"
    if not 0 <= facts.grace_days <= 31:
        errors["grace_days"] = "Escribe de 0 a 31 días"
    elif facts.grace_days and not facts.until_month_end:
        errors["grace_days"] = "Los días de gracia cuentan desde el fin de mes: marca también esa opción"
    if facts.minimum < 0:
        errors["minimum"] = "Escribe un importe desde 0"
    if facts.default_uso and facts.usos and facts.default_uso not in facts.usos:
        errors["default_uso"] = "El uso propuesto tiene que ser uno de los que ofreces"
    return errors

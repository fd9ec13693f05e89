"""The rules of the portal change from a day on, for the company or for one branch."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from amate.audit.record import record
from amate.companies.article import wrong_keys
from amate.companies.fields import FieldsRefused, cleaned
from amate.companies.models import PortalPolicy
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.generic import Generic

MOST_GENERICS = 20
MOST_STAMPS = 1000
MOST_CORRECTIONS = 5
MOST_HOURS = 720


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """As `PortalPolicy` names them; what it says of the deadline, `self_invoicing.rules.Window.of` reads from here too."""

    enabled: bool
    window_days: int | None
    until_month_end: bool
    grace_days: int
    minimum: Decimal
    sources: tuple[str, ...]
    paid_only: bool
    generics: tuple[Generic, ...]
    withholds_isr: bool
    stamps_an_hour: int
    hours_awaited: int
    usos: tuple[str, ...]
    default_uso: str
    corrections: int
    may_split: bool


class PolicyRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field, of a generic concept "generics.0.clave_prod_serv". Nothing was written."""


def set_policy(
    *,
    branch_id: int | None,
    effective_from: date,
    facts: PolicyFacts,
    catalogs: Catalogs,
    today: date,
    now: datetime,
) -> None:
    """Rules from `effective_from` (a local day, today or later) until the next ones. Raises PolicyRefused.

    Only the row of that same day is written over: it has printed on no note yet, or only since this morning.
    """
    errors = _wrong(facts) | _wrong_generics(facts.generics, catalogs=catalogs, today=today)
    if effective_from < today:
        errors["effective_from"] = "Elige hoy o un día que venga: las notas de antes conservan lo que imprimieron"
    if errors:
        raise PolicyRefused(errors)
    said = asdict(facts) | {"follows_company": False}
    said |= {name: list(said[name]) for name in ("sources", "usos", "generics")}
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
    if facts.window_days is None:
        if not facts.until_month_end:
            errors["window_days"] = "Escribe cuántos días, o elige el fin de mes"
    elif not 0 <= facts.window_days <= 366:
        errors["window_days"] = "Escribe de 0 a 366 días; 0 es solo el mismo día"
    if not 0 <= facts.grace_days <= 31:
        errors["grace_days"] = "Escribe de 0 a 31 días"
    elif facts.grace_days and not facts.until_month_end:
        errors["grace_days"] = (
            "Los días de gracia cuentan desde el fin de mes: elige una regla que lo tenga, o déjalos vacíos"
        )
    if not 1 <= facts.stamps_an_hour <= MOST_STAMPS:
        errors["stamps_an_hour"] = f"Escribe de 1 a {MOST_STAMPS} facturas"
    if not 0 <= facts.corrections <= MOST_CORRECTIONS:
        errors["corrections"] = f"Escribe de 0 a {MOST_CORRECTIONS}; 0 es que siempre te lo pida"
    if not 1 <= facts.hours_awaited <= MOST_HOURS:
        errors["hours_awaited"] = f"Escribe de 1 a {MOST_HOURS} horas"
    if facts.minimum < 0:
        errors["minimum"] = "Escribe un importe desde 0"
    if facts.default_uso and facts.usos and facts.default_uso not in facts.usos:
        errors["default_uso"] = "El uso propuesto tiene que ser uno de los que ofreces"
    return errors


def _wrong_generics(generics: tuple[Generic, ...], *, catalogs: Catalogs, today: date) -> dict[str, str]:
    """A key that the SAT lacks would have every invoice refused."""
    errors: dict[str, str] = {}
    seen: set[str] = set()
    if len(generics) > MOST_GENERICS:
        errors["generics"] = f"Caben {MOST_GENERICS} conceptos genéricos: junta familias"
    for place, one in enumerate(generics):
        at = f"generics.{place}."
        if not cleaned(f"{at}descripcion", one.descripcion, errors):
            errors.setdefault(f"{at}descripcion", "Escribe qué dirá la factura, como Consumo de alimentos")
        if one.family and not (one.family.isdecimal() and one.family.isascii() and 2 <= len(one.family) <= 8):
            errors[f"{at}family"] = "Escribe de 2 a 8 números, con los que empiezan las claves de la familia"
        elif one.family in seen:
            errors[f"{at}family"] = "Esa familia ya tiene su concepto"
        seen.add(one.family)
        for name, sentence in wrong_keys(
            clave_prod_serv=one.clave_prod_serv,
            clave_unidad=one.clave_unidad,
            objeto_imp="02",
            catalogs=catalogs,
            day=today,
        ):
            errors[at + name] = sentence
    return errors

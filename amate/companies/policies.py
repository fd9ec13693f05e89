"""Which rules of self-invoicing hold where and when: the only place that decides it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db.models import Exists, Q, QuerySet
from django.db.models.functions import Length

from amate.companies.models import HOURS_AWAITED, STAMPS_AN_HOUR, Branch, Emisor, PortalPolicy
from amate.fiscal.generic import Generic
from amate.fiscal.ingreso import PPD
from amate.fiscal.withholding import RESICO
from amate.tenancy.compiled import Arg, Compiled


def _until() -> "QuerySet[PortalPolicy]":
    rows: QuerySet[PortalPolicy] = PortalPolicy.objects.filter(effective_from__lte=Arg("day"))
    return rows.filter(Q(branch_id=Arg("branch")) | Q(branch_id=None))


# The same question as `fiscal.withholding.is_withheld_from`, asked on the way.
def _of_a_resico() -> "QuerySet[Emisor]":
    return Emisor.objects.annotate(long=Length("rfc")).filter(regimen_fiscal=RESICO, long=13)


_UNTIL = Compiled(_until)
_WITH_EMISOR = Compiled(
    lambda: _until().annotate(
        issuing_suspended=Exists(Emisor.objects.filter(issuing_suspended=True)), of_a_resico=Exists(_of_a_resico())
    )
)


def in_force(rows: Iterable[PortalPolicy], *, branch_id: int | None, day: date) -> PortalPolicy | None:
    """The rules of `branch_id` on `day`: its own latest row, else (or if that row says so) the company's latest one.

    `branch_id` None asks for the company's. None is answered if nobody ever set any: then the portal is closed.
    """
    past = [row for row in rows if row.effective_from <= day]
    own = _latest(row for row in past if branch_id is not None and row.branch_id == branch_id)
    if own is not None and not own.follows_company:
        return own
    return _latest(row for row in past if row.branch_id is None)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a note needs: the rules of today (is the portal open, which uses) and those of the day it was sold (does it
    qualify: what it printed stays true)."""

    today: PortalPolicy | None
    when_sold: PortalPolicy | None
    issuing_suspended: bool
    of_a_resico: bool

    @property
    def isr_is_withheld(self) -> bool:
        """Whether a persona moral's invoice carries the withholding of a RESICO."""
        return self.of_a_resico and (self.today is None or self.today.withholds_isr)


def stamps_an_hour(policy: PortalPolicy | None) -> int:
    """How many invoices the portal issues to one RFC in an hour."""
    return STAMPS_AN_HOUR if policy is None else policy.stamps_an_hour


def hours_awaited(policy: PortalPolicy | None) -> int:
    """How long what was asked of a sale that has not come yet is kept."""
    return HOURS_AWAITED if policy is None else policy.hours_awaited


def policy_on(*, branch_id: int | None, day: date) -> PortalPolicy | None:
    """The rules in force, in one query."""
    return in_force(_UNTIL.all(branch=branch_id, day=day), branch_id=branch_id, day=day)


def rules_for(*, branch_id: int, sold_on: date, today: date) -> Rules:
    """Of one note, in one query. Days are the branch's local ones."""
    rows = _WITH_EMISOR.all(branch=branch_id, day=max(today, sold_on))
    return Rules(
        today=in_force(rows, branch_id=branch_id, day=today),
        when_sold=in_force(rows, branch_id=branch_id, day=sold_on),
        issuing_suspended=any(row.issuing_suspended for row in rows),  # type: ignore[attr-defined]
        of_a_resico=any(row.of_a_resico for row in rows),  # type: ignore[attr-defined]
    )


@dataclass(frozen=True, slots=True)
class Portal:
    """The company's own rules, whether a buyer of any branch can invoice here today, and the rules of each open branch
    as (its name, them)."""

    policy: PortalPolicy | None
    is_open: bool
    places: tuple[tuple[str, PortalPolicy | None], ...]


def portal_today(*, day: date) -> Portal:
    """What the portal's door says before anybody named a note: it is shut only if it is shut for every open branch."""
    rows = list(PortalPolicy.objects.filter(effective_from__lte=day))
    suspended = Exists(Emisor.objects.filter(issuing_suspended=True))
    branches = Branch.objects.open().annotate(suspended=suspended).values_list("pk", "nombre", "suspended")
    found = [(nombre, held, in_force(rows, branch_id=pk, day=day)) for pk, nombre, held in branches]
    return Portal(
        policy=in_force(rows, branch_id=None, day=day),
        is_open=any(one is not None and one.enabled and not held for _, held, one in found),
        places=tuple((nombre, one) for nombre, _, one in found),
    )


def qualifies(policy: PortalPolicy | None, *, source: str, total: Decimal, moneda: str, metodo_pago: str) -> bool:
    """Whether the portal invoices such a sale. The minimum is in pesos, so it says nothing of other currencies."""
    if policy is None:
        return True
    if policy.sources and source not in policy.sources:
        return False
    if policy.paid_only and metodo_pago == PPD:
        return False
    return moneda != "MXN" or total >= policy.minimum


class Qualifying(Protocol):
    """What a row of the rules, or a form that is not saved yet, says of the sales that qualify."""

    @property
    def minimum(self) -> Decimal: ...
    @property
    def sources(self) -> Sequence[str]: ...
    @property
    def paid_only(self) -> bool: ...


def which_qualify(policy: Qualifying | None, *, labels: Mapping[str, str]) -> str:
    """The same rule as a sentence for the buyer; empty if every sale qualifies. `labels` as `Emisor.source_labels`.

    >>> rules = PortalPolicy(company_id=1, minimum=Decimal(50), sources=["caja-1", "web"], paid_only=True)
    >>> which_qualify(rules, labels={"caja-1": "la caja principal", "web": "la tienda en línea"})
    'En el portal se facturan compras ya pagadas, desde $50.00, de la caja principal o la tienda en línea.'
    >>> which_qualify(rules, labels={"web": "la tienda en línea"})
    'En el portal se facturan compras ya pagadas, desde $50.00, de la tienda en línea o algunas otras cajas.'
    """
    if policy is None:
        return ""
    said = ["ya pagadas"] if policy.paid_only else []
    if policy.minimum:
        said.append(f"desde ${policy.minimum:,.2f}")
    if policy.sources:
        said.append(f"de {_one_of(_as_people_say(policy.sources, labels))}".replace("de el ", "del ", 1))
    return f"En el portal se facturan compras {', '.join(said)}." if said else ""


def generics_of(policy: PortalPolicy | None) -> list[Generic]:
    """What today's invoices say instead of the detail."""
    return generics_from_json(policy.generics if policy else [])


def generics_to_json(generics: Iterable[Generic]) -> list[dict[str, str]]:
    return [asdict(one) for one in generics]


def generics_from_json(kept: Iterable[dict[str, str]]) -> list[Generic]:
    return [Generic(**one) for one in kept]


def _as_people_say(sources: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """A till that nobody has named yet is not told by its id, which means nothing to a buyer."""
    named = list(dict.fromkeys(labels[source] for source in sources if labels.get(source)))
    if all(labels.get(source) for source in sources):
        return named
    return [*named, "algunas otras cajas" if named else "algunas cajas de la tienda"]


def _one_of(names: Sequence[str]) -> str:
    return " o ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _latest(rows: Iterable[PortalPolicy]) -> PortalPolicy | None:
    return max(rows, key=lambda row: row.effective_from, default=None)

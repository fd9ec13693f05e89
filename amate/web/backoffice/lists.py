"""What every list shows around its rows: filters, chips, saved views, how many there are, acts on many and exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from amate.access.may import EVERYBODY, MAY_AUDIT, MAY_EXPORT, MAY_SEE_CODES
from amate.desk.acts import ACTS, Act
from amate.desk.filters import At, Field, Kind
from amate.desk.listing import COUNTED, Asked, Listing, Sums, plan_each_anew, read_list
from amate.desk.models import SavedView
from amate.desk.walk import part_of
from amate.web.backoffice.keyset import SIZE, Page
from amate.web.backoffice.page import address, office_zone
from amate.web.backoffice.roles import may
from amate.web.clock import now

# The page of each list; its exports and its acts hang below it.
PAGES = {
    "notas": "tickets",
    "facturas": "invoices",
    "productos": "products",
    "auditoria": "audit",
    "clientes": "customers",
    "correos": "mails",
    "ayuda": "cases",
    "por-cobrar": "receivables",
    "servicios": "services",
    "pagos": "payments",
    "suscripciones": "subscriptions",
    "planes": "plans",
}
# Of a list that has no entry in the menu, the one that it is found under.
ROOMS_OF = {"auditoria": "people", "correos": "invoices", "planes": "subscriptions"}
MAY_READ = {"auditoria": MAY_AUDIT}
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Control:
    """A filter as the form draws it: `widget` is select, date, or text."""

    name: str
    label: str
    widget: str
    options: Options
    typed: str
    is_wide: bool
    is_money: bool
    unchosen: str


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    shown: str
    without: str


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    url: str
    current: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Around:
    """Everything but the rows. `counted` is a sentence: "214 notas por $38,200.00". Whoever may not take a list with him
    has no `export_url`."""

    in_sight: list[Control]
    more: list[Control]
    more_open: bool
    chips: list[Chip]
    wrong: list[str]
    tabs: list[Tab]
    home: str
    query: str
    typed: dict[str, str]
    counted: str
    all_of_them: str
    acts: list[Act]
    bulk_url: str
    export_url: str
    save_url: str

    @property
    def filtered(self) -> bool:
        return bool(self.chips)


def read(request: HttpRequest, listing: Listing, said: Mapping[str, Any] | None = None) -> Asked:
    """The list as this address asks for it. Whoever may not read it at all never gets here."""
    if not may_read(request, listing.name):
        raise PermissionDenied
    plan_each_anew()
    return read_list(
        listing,
        request.GET if said is None else said,
        at=At(now(), office_zone(), sees_codes=may(request, MAY_SEE_CODES)),
    )


def may_read(request: HttpRequest, listing: str) -> bool:
    return may(request, MAY_READ.get(listing, EVERYBODY))


def room_of(listing: str) -> str:
    """The entry of the menu."""
    return ROOMS_OF.get(listing, PAGES[listing])


def page_of(asked: Asked, request: HttpRequest) -> Page:
    """One page of rows, with the ways on and back."""
    after = request.GET.get("antes", "").replace("\x00", "")[:60]
    part = part_of(asked, after=after, size=SIZE)
    kept = f"{asked.query}&" if asked.query else ""
    return Page(
        rows=part.rows,
        older=f"?{kept}antes={part.after}" if part.after else "",
        newest=f"?{asked.query}" if after else "",
    )


def around(request: HttpRequest, asked: Asked, *, options: Mapping[str, Options] | None = None) -> Around:
    """`options`: what may be chosen of a filter that the list leaves to be typed."""
    given = options or {}
    controls = [(one, _control(one, given.get(one.filter.name))) for one in asked.fields]
    more = [(one, control) for one, control in controls if not one.filter.in_sight]
    page = PAGES[asked.listing.name]
    home = address(request, page)
    sums = asked.sum_up(most=COUNTED)
    acts = [one for one in ACTS.values() if one.listing == asked.listing.name and may(request, one.may)]
    return Around(
        in_sight=[control for one, control in controls if one.filter.in_sight],
        more=[control for _, control in more],
        more_open=any(one.on for one, _ in more),
        chips=[_chip(asked, one, dict(given.get(one.filter.name, ()))) for one in asked.fields if one.on],
        wrong=asked.wrong,
        tabs=_tabs(request, asked, home),
        home=home,
        query=asked.query,
        typed=asked.typed,
        counted=counted(asked.listing, sums),
        all_of_them=all_of_them(sums, filtered=bool(asked.on)),
        acts=acts,
        bulk_url=address(request, f"{page}_bulk") if acts else "",
        export_url=address(request, f"{page}_export") if may(request, MAY_EXPORT) else "",
        save_url=f"{address(request, 'view_new')}?lista={asked.listing.name}&{asked.query}" if asked.on else "",
    )


def counted(listing: Listing, sums: Sums, *, most: int = COUNTED) -> str:
    """
    >>> from decimal import Decimal
    >>> from amate.desk.lists import LISTS
    >>> counted(LISTS["notas"], Sums(12, Decimal("3480"), 0)), counted(LISTS["notas"], Sums(1001, Decimal(0), 0))
    ('12 notas por $3,480.00', 'Más de 1,000 notas')
    >>> counted(LISTS["auditoria"], Sums(1, Decimal(0), 0)), counted(LISTS["notas"], Sums(2, Decimal(5), 1))
    ('1 acto', '2 notas por $5.00 más 1 en otra moneda')
    """
    if sums.count > most:
        return f"Más de {most:,} {listing.many}"
    words = f"{sums.count:,} {listing.one if sums.count == 1 else listing.many}"
    if listing.cents or listing.pesos:
        words += f" por ${sums.pesos:,.2f}"
    return f"{words} más {sums.foreign:,} en otra moneda" if sums.foreign else words


def all_of_them(sums: Sums, *, filtered: bool) -> str:
    """
    >>> from decimal import Decimal
    >>> all_of_them(Sums(214, Decimal(0), 0), filtered=True), all_of_them(Sums(1001, Decimal(0), 0), filtered=False)
    ('Las 214 de este filtro', 'Todas las de la lista')
    """
    if sums.count > COUNTED:
        return "Todas las de este filtro" if filtered else "Todas las de la lista"
    where = "de este filtro" if filtered else "de la lista"
    return f"La única {where}" if sums.count == 1 else f"Las {sums.count:,} {where}"


def _control(one: Field, options: Options | None) -> Control:
    kind = one.filter.kind
    found = tuple(options) if options is not None else one.options
    typed = one.on.typed if one.on else ""
    if options is not None and typed and typed not in dict(found):
        found = (*found, (typed, typed))
    widget = {Kind.CHOICE: "select", Kind.DAY: "date"}.get(kind, "text")
    return Control(
        name=one.filter.name,
        label=one.filter.label,
        widget="select" if options is not None else widget,
        options=found,
        typed=typed,
        is_wide=one.filter.name == "q",
        is_money=kind is Kind.PESOS,
        unchosen=one.filter.unchosen,
    )


def _chip(asked: Asked, one: Field, words: Mapping[str, str]) -> Chip:
    assert one.on is not None
    return Chip(one.filter.label, words.get(one.on.typed, one.on.shown), f"?{asked.query_without(one.on)}")


def _tabs(request: HttpRequest, asked: Asked, home: str) -> list[Tab]:
    assert request.user.pk is not None
    views = SavedView.objects.filter(listing=asked.listing.name).seen_by(request.user.pk)
    tabs = [Tab(one.name, f"{home}?{one.query}", one.query == asked.query, one.shared) for one in views]
    return [Tab("Todo", home, not asked.query, shared=False), *tabs] if tabs else []

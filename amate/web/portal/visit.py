"""Where a visit stands, and which page it therefore belongs on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django_htmx.http import HttpResponseClientRedirect

from amate.companies.models import PortalPolicy
from amate.companies.policies import Rules
from amate.fiscal.clock import zone_of
from amate.invoices.models import ON_THE_WAY, Invoice, RefusedBy, State
from amate.self_invoicing.claim import PORTAL_TOO
from amate.self_invoicing.models import Ticket, Visit
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.tallies import tally
from amate.self_invoicing.visits import LIFE, find_visit, open_visit
from amate.tenancy.writes import rewrite
from amate.web import clock
from amate.web.portal.purchase import Purchase, purchase_of
from amate.web.portal.shop import Shop, address, shop_of

COOKIE = "amate_visita"


class Place(Enum):
    """The page of a visit, by the name of its address."""

    DETAILS = "details"
    ISSUING = "issuing"
    DONE = "done"
    DOWNLOAD = "download"
    NOTICE = "notice"
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Here:
    """Everything a page knows when it starts. `invoice` is the one of the ticket's live claim, whoever's it is;
    `rules` are read only where they matter: for a note that nobody has claimed."""

    request: HttpRequest
    visit: Visit
    ticket: Ticket
    invoice: Invoice | None
    standing: Standing
    rules: Rules | None
    now: datetime

    @property
    def policy(self) -> PortalPolicy | None:
        """Today's."""
        return self.rules.today if self.rules else None

    @property
    def refused_correction(self) -> Invoice | None:
        """What this visit asked for in place of its invoice, and the SAT did not take: the old one is still its own."""
        asked = self.visit.invoice
        if asked is None or self.invoice is None or asked.replaces_id != self.invoice.pk:
            return None
        # One that was stamped and cancelled since proves nothing of what came before it: that may be somebody else's.
        return asked if asked.state == State.REFUSED else None

    @property
    def place(self) -> Place:
        own = self.invoice is not None and self.visit.invoice_id == self.invoice.pk
        mine = own or self.refused_correction is not None
        if self.standing is Standing.INVOICED:
            return Place.DONE if mine and self.visit.may_download else Place.DOWNLOAD
        if self.standing in (Standing.ISSUING, Standing.HELD_BY_US):
            return Place.ISSUING if mine else Place.NOTICE
        if self.standing is Standing.SPLIT:
            return Place.PARTS
        return Place.DETAILS if self.standing in PORTAL_TOO else Place.NOTICE

    @property
    def shop(self) -> Shop:
        return shop_of(self.request).at(self.ticket.branch)

    @property
    def correo(self) -> str:
        """Where he wants it sent; empty if he said none."""
        return str(self.visit.fiscal.get("correo", "")).strip()

    @property
    def mark(self) -> str:
        """Of the note, for a form to say which one it was drawn for: another tab may have opened another note since."""
        return mark_of(self.ticket)

    @property
    def also(self) -> list[Ticket]:
        """The notes that go with this one in its invoice, in the order they were added. Asks a query if there are any."""
        if not self.visit.also:
            return []
        found = Ticket.objects.select_related("branch").in_bulk(self.visit.also)
        return [found[pk] for pk in self.visit.also if pk in found]

    @property
    def purchase(self) -> Purchase:
        return purchase_of(self.ticket, now=self.now, also=self.also)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.ticket.branch.cp)


def mark_of(ticket: Ticket) -> str:
    return salted_hmac("amate.web.portal.visit", str(ticket.pk)).hexdigest()[:16]


View = Callable[[HttpRequest, Here], HttpResponse]
Routed = Callable[[HttpRequest, str], HttpResponse]


def only_at(*places: Place) -> Callable[[View], Routed]:
    """The page is seen only by a visit that belongs there; any other is led to its own page, or back to the start."""

    def decorate(view: View) -> Routed:
        @wraps(view)
        def inner(request: HttpRequest, slug: str) -> HttpResponse:
            here = stand(request)
            if here is None:
                return lead_to(request, f"{address(request, 'code')}?aviso=visita")
            if here.place not in places:
                return lead_to(request, address(request, here.place.value))
            return view(request, here)

        return inner

    return decorate


def receive(request: HttpRequest, *, ticket: Ticket, by: str, now: datetime) -> HttpResponse:
    """Code and total were right: open the visit, or go on with this browser's own, and lead it to its page.

    `by`: SCANNED or TYPED. A new visit starts with the data of the one before only when its owner asked for that.
    """
    token = _token(request)
    visit = earlier = find_visit(token=token, now=now)
    if visit is None or visit.ticket_id != ticket.pk:
        carried = earlier.fiscal if earlier is not None and earlier.fiscal.get("again") else None
        visit, token = open_visit(ticket=ticket, now=now, fiscal=carried)
        tally(by, branch_id=ticket.branch_id, now=now)
    else:
        rewrite(visit, seen_at=now)
    place = _see(request, visit, ticket=ticket, now=now).place
    return hand_over(request, token, to=place.value)


def hand_over(request: HttpRequest, token: str, *, to: str) -> HttpResponse:
    """The browser carries this visit from now on, and goes to that page."""
    answer = redirect(address(request, to))
    answer.set_cookie(
        COOKIE,
        token,
        max_age=LIFE,
        path=address(request, "code"),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def lead_to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx follows too: it would otherwise paste the other page into this one."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return redirect(url)


def stand(request: HttpRequest) -> Here | None:
    """Read everything anew, or None when this browser has no living visit."""
    now = clock.now()
    visit = find_visit(token=_token(request), now=now)
    if visit is None or visit.ticket is None:
        return None
    return _see(request, visit, ticket=visit.ticket, now=now)


def _see(request: HttpRequest, visit: Visit, *, ticket: Ticket, now: datetime) -> Here:
    invoice = live_invoice(ticket)
    if _is_being_corrected(visit, invoice):
        invoice = visit.invoice
    standing, rules = stand_of(ticket, now=now, invoice=invoice)
    return Here(request=request, visit=visit, ticket=ticket, invoice=invoice, standing=standing, rules=rules, now=now)


def _is_being_corrected(visit: Visit, live: Invoice | None) -> bool:
    """The visit put another in the place of its invoice, which has no stamp yet and was not refused for its data."""
    asked = visit.invoice
    if asked is None or live is None or asked.replaces_id != live.pk or not visit.may_download:
        return False
    return asked.state in ON_THE_WAY or (asked.state == State.REFUSED and asked.refused_by != RefusedBy.RECEIVER)


def _token(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")

"""Review (V3): the only page that stamps, by the only button that does."""

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.companies.policies import stamps_an_hour
from amate.fiscal.catalogs import catalogs_in_force, name_of
from amate.fiscal.receptor import ReadReceptor, Receptor, ReceptorRefused, read_receptor
from amate.fiscal.rfc import GENERIC_EXTRANJERO
from amate.invoices.models import Invoice, Origin
from amate.self_invoicing.claim import NotClaimable, claim_ticket
from amate.self_invoicing.claim_joined import NotJoinable, claim_joined
from amate.self_invoicing.join import paid_together
from amate.self_invoicing.leave_global import NotLawful
from amate.self_invoicing.note import paid_in_words
from amate.self_invoicing.pagos import pagos_to_json
from amate.self_invoicing.tallies import ASKED, reach
from amate.self_invoicing.terms import Terms, terms_of_tickets
from amate.tenancy.writes import rewrite
from amate.web.fiscal_form import FiscalForm
from amate.web.portal.details import offered_usos
from amate.web.portal.foreign import is_foreigner, read_foreigner
from amate.web.portal.guard import count_stamp, stamps_must_wait
from amate.web.portal.join import conflicts_of
from amate.web.portal.legal import PRIVACY_VERSION
from amate.web.portal.page import page
from amate.web.portal.shop import address
from amate.web.portal.visit import Here, Place, only_at, stand
from amate.web.portal.waiting import too_many

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DETAILS)  # sent twice: the first one decided, and the second is led to where that stands
def review(request: HttpRequest, here: Here) -> HttpResponse:
    read = _read(here)
    if read is None:
        return redirect(address(request, "details"))
    if conflicts_of(here):
        return redirect(address(request, "join"))
    if request.method != "POST":
        return _draw(request, here, read)
    revision = _revision(here, _terms(here, read))
    if request.POST.get("revision", revision) != revision:
        return _draw(request, here, read, changed=True)
    return _issue(request, here, read)


@require_POST
@only_at(Place.DETAILS)
def suffix(request: HttpRequest, here: Here) -> HttpResponse:
    """Put the form of company back into the name as it was typed, or take it off again."""
    here.visit.fiscal = here.visit.fiscal | {"keep_suffix": request.POST.get("conservar") == "1"}
    here.visit.save(update_fields=["fiscal"])
    return redirect(address(request, "review"))


def _issue(request: HttpRequest, here: Here, read: ReadReceptor) -> HttpResponse:
    most = stamps_an_hour(here.rules.today if here.rules else None)
    who = _one_person(read.receptor)
    if seconds := stamps_must_wait(request, who, most=most, now=here.now):
        return too_many(request, here.shop, seconds, now=here.now, why="stamps")
    try:
        invoice = _claim(here, read.receptor)
    except NotLawful:
        logger.exception("a note cannot leave its global", extra={"ticket": here.ticket.pk})
        transaction.set_rollback(True)  # both documents or none
        return redirect(f"{address(request, 'help')}?asunto=global")
    except (NotClaimable, NotJoinable):
        # Another tab, another buyer or the clock came first: read everything again and lead to the page of that.
        seen = stand(request)
        place = seen.place if seen else Place.NOTICE
        return redirect(address(request, place.value))
    count_stamp(request, who, most=most, now=here.now)
    reach(here.visit, ASKED, branch_id=here.ticket.branch_id, now=here.now)
    rewrite(here.visit, invoice_id=invoice.pk, may_download=True, seen_at=here.now)
    return redirect(address(request, "issuing"))


def _claim(here: Here, receptor: Receptor) -> Invoice:
    if here.also:
        ids = [here.ticket.pk, *(one.pk for one in here.also)]
        return claim_joined(ticket_ids=ids, receptor=receptor, correo=here.correo, now=here.now)
    return claim_ticket(
        ticket_id=here.ticket.pk, receptor=receptor, correo=here.correo, origin=Origin.PORTAL, now=here.now
    )


def _read(here: Here) -> ReadReceptor | None:
    """The receiver as it would be invoiced now, or None when the data is not there or no longer good."""
    typed: Mapping[str, Any] = here.visit.fiscal
    if not typed.get("rfc") or here.visit.invoice_id is not None:
        return None
    if is_foreigner(typed):
        try:
            return read_foreigner(typed, cp=here.ticket.branch.cp)
        except ReceptorRefused:
            return None
    offered = offered_usos(here)
    data = FiscalForm(typed, offered=offered, refresh="").data
    try:
        return read_receptor(
            rfc=data["rfc"],
            nombre=data["nombre"],
            domicilio_fiscal=data["cp"],
            regimen_fiscal=data["regimen_fiscal"],
            uso_cfdi=data["uso_cfdi"],
            catalogs=catalogs_in_force(),
            offered_usos=offered,
            keep_suffix=bool(typed.get("keep_suffix")),
        )
    except ReceptorRefused:
        return None


def _one_person(receptor: Receptor) -> str:
    """Whom the limit of stamps counts: one RFC, but of those who share one, one name."""
    return f"{receptor.rfc}:{receptor.nombre}" if receptor.rfc == GENERIC_EXTRANJERO else receptor.rfc


def _terms(here: Here, read: ReadReceptor) -> Terms:
    return terms_of_tickets([here.ticket, *here.also], rules=here.rules, rfc=read.receptor.rfc)


def _revision(here: Here, terms: Terms) -> str:
    """Of the note and the data on the page: what is emitted is what was read there, not what another tab or the shop
    wrote since."""
    said = [
        here.mark,
        here.visit.also,
        here.visit.fiscal,
        str(terms.total),
        [one.descripcion for one in terms.generics],
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _draw(request: HttpRequest, here: Here, read: ReadReceptor, *, changed: bool = False) -> HttpResponse:
    who, terms = read.receptor, _terms(here, read)
    forma_pago, pagos = paid_together([here.ticket, *here.also])
    return page(
        request,
        "review",
        shop=here.shop,
        status=409 if changed else 200,
        who=who,
        regimen=name_of("regimen_fiscal", who.regimen_fiscal),
        uso=name_of("uso_cfdi", who.uso_cfdi),
        country=name_of("pais", who.residencia_fiscal) if who.residencia_fiscal else "",
        forma_pago=(forma_pago, name_of("forma_pago", forma_pago)),
        paid_with=paid_in_words(forma_pago, pagos_to_json(pagos)) if pagos else "",
        metodo_pago=name_of("metodo_pago", here.ticket.metodo_pago),
        suffix=read.suffix_removed,
        kept_suffix=bool(here.visit.fiscal.get("keep_suffix")),
        warnings=list(read.warnings.values()),
        correo=here.correo,
        ticket=here.ticket,
        purchase=here.purchase,
        terms=terms,
        revision=_revision(here, terms),
        changed=changed,
        privacy_version=PRIVACY_VERSION,
    )

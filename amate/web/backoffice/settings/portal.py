"""Portal: the rules of self-invoicing, of the company or of one branch, with what they would mean today."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CONFIGURE
from amate.companies.models import (
    CORRECTIONS,
    HOURS_AWAITED,
    STAMPS_AN_HOUR,
    Branch,
    Csd,
    Emisor,
    PortalPolicy,
)
from amate.companies.name_sources import name_sources
from amate.companies.policies import generics_of, in_force, which_qualify
from amate.companies.set_policy import PolicyFacts, PolicyRefused, follow_company, set_policy
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.clock import zone_of
from amate.fiscal.withholding import is_withheld_from
from amate.papers.dates import in_full, zone_in_words
from amate.self_invoicing.global_calendar import outlived
from amate.self_invoicing.models import GlobalSchedule
from amate.self_invoicing.queries import known_sources
from amate.self_invoicing.rules import Window, deadline_of, in_words
from amate.web.backoffice.drafted import Drafted, draft_of
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.global_schedule import in_the_globals
from amate.web.backoffice.settings.portal_form import GenericForm, PolicyForm, SourceForm, until_of
from amate.web.backoffice.settings.room import show_setting
from amate.web.clock import now

NO_SEAL = (
    "Te falta un sello digital (CSD) vigente: lo que pidan tus clientes en el portal espera hasta que lo subas en "
    "Ajustes › Sello digital."
)
RULES = Drafted(
    "rules",
    page="settings_portal",
    roles=MAY_CONFIGURE,
    fields=frozenset(
        {
            FIELD,
            *PolicyForm.base_fields,
            *(f"g-{name}" for name in GenericForm.base_fields),
            *(f"s-{name}" for name in SourceForm.base_fields),
        }
    ),
)
RULES_OF_BRANCH = replace(RULES, page="settings_portal_branch", name="rules-of-branch", of_a_thing=True)


@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: HttpRequest, slug: str, branch_id: int | None = None) -> HttpResponse:
    """ "Ver" (or any change, with script) simulates what is on the form; "Guardar" makes it the rules from that day."""
    require(request, MAY_CONFIGURE)
    moment = now()
    every = list(Branch.objects.open())
    branch = _chosen(every, branch_id)
    rows: list[PortalPolicy] = list(PortalPolicy.objects.order_by("-effective_from"))
    today = moment.astimezone(zone_of((branch or every[0]).cp)).date()
    emisor = Emisor.objects.get()
    current = in_force(rows, branch_id=branch_id, day=today)
    own = branch is not None and current is not None and current.branch_id == branch.pk
    draft = draft_of(request, RULES if branch is None else RULES_OF_BRANCH, branch_id)
    form = PolicyForm(
        request.POST if request.method == "POST" else draft.typed,
        initial=_initial(current, follows=branch is not None and not own, today=today),
        of_a_branch=branch is not None,
        of_a_resico=is_withheld_from(rfc=emisor.rfc, regimen_fiscal=emisor.regimen_fiscal),
        here=request.path,
        generics=generics_of(current),
        sources={source: emisor.source_labels.get(source, "") for source in current.sources} if current else {},
    )
    version = request.POST.get(FIELD) or draft.said(FIELD) or version_of(_shown(rows, branch_id, emisor))
    is_to_be_kept = request.method == "POST" and "ver" not in request.POST and not getattr(request, "htmx", False)
    if is_to_be_kept:
        emisor = Emisor.locked(emisor.pk)  # one after the other: rules have no row of their own to lock yet
        version = version_of(_shown(list(PortalPolicy.objects.order_by("-effective_from")), branch_id, emisor))
        is_fresh(request, form, version=version, thing="estas reglas")
    facts = form.facts() if form.is_valid() else None
    places = [branch] if branch else _following(every, rows, today) or every
    if draft.typed is not None:
        form.quiet()
    labels = form.labels() if facts is not None else emisor.source_labels
    said = simulate(
        facts if request.method == "POST" else facts or current, labels=labels, places=places, moment=moment
    )
    if getattr(request, "htmx", False):
        return render(request, "office/settings/simulated.html", {"simulated": said})
    if is_to_be_kept and facts is not None and _saved(form, facts, branch=branch, today=today, moment=moment):
        draft.drop()
        messages.success(request, "Las reglas quedaron guardadas. Las notas ya impresas conservan su fecha límite.")
        if facts.enabled and not Csd.objects.seals_at(moment).exists():
            messages.warning(request, NO_SEAL)
        return redirect(request.path)
    return show_setting(
        request,
        "portal",
        current="settings_portal",
        status=422 if form.has_errors else 200,
        form=form,
        simulated=said,
        branch=branch,
        places=[(None, "Toda la empresa", address(request, "settings_portal"))]
        + [(one.pk, one.nombre, address(request, "settings_portal_branch", one.pk)) for one in every],
        rows=[(row, in_words(Window.of(row))) for row in rows if row.branch_id == branch_id],
        in_force=current,
        known_sources=known_sources(),
        version=version,
        draft=draft,
    )


def simulate(
    rules: "PolicyFacts | PortalPolicy | None", *, labels: Mapping[str, str], places: Sequence[Branch], moment: datetime
) -> list[str]:
    """The rule, and what a sale of now would print: a sentence for each hour of the country it may happen in."""
    if rules is None:
        return ["Revisa los datos marcados para ver hasta cuándo se facturaría."]
    if not rules.enabled:
        return ["Con el portal apagado, una venta de hoy solo se factura en tu mostrador."]
    said = {}
    for place in places:
        zone = zone_of(place.cp)
        deadline = deadline_of(sold_at=moment, window=Window.of(rules), zone=zone)
        day = in_full(deadline).partition(",")[0]
        said[zone_in_words(zone.key)] = f"Una venta de hoy podría facturarse hasta el {day} a las {deadline:%H:%M}"
    least = f" si suma ${rules.minimum:,.2f} o más" if rules.minimum else ""
    printed = [f"{text} ({hour}){least}." for hour, text in said.items()]
    which = which_qualify(rules, labels=labels)
    told = _in_their_globals(Window.of(rules), places=places, moment=moment)
    return [
        in_words(Window.of(rules)),
        *printed,
        *told,
        *([f"En la nota y en el portal se leerá: {which}"] if which else []),
    ]


def _following(every: list[Branch], rows: list[PortalPolicy], today: date) -> list[Branch]:
    """Those that have no rules of their own."""
    ruled = ((one, in_force(rows, branch_id=one.pk, day=today)) for one in every)
    return [one for one, rules in ruled if rules is None or rules.branch_id is None]


def _in_their_globals(window: Window, *, places: Sequence[Branch], moment: datetime) -> list[str]:
    """Of the branches whose globals make themselves: those that are made by hand have no hour to compare with."""
    alone = GlobalSchedule.objects.kept().filter(branch__in=places)
    named = {one.pk: one for one in places}
    whose: dict[tuple[str, int, str], list[str]] = {}
    for one in alone.order_by("branch__nombre", "pk"):
        place = named[one.branch_id]
        whose.setdefault((one.periodicidad, one.hour, zone_of(place.cp).key), []).append(place.nombre)
    told: dict[str, list[str]] = {}
    for (periodicidad, hour, key), names in whose.items():
        zone = ZoneInfo(key)
        since = moment.astimezone(zone).date()
        found = outlived(window=window, periodicidad=periodicidad, hour=hour, zone=zone, since=since)
        told.setdefault(in_the_globals(found), []).extend(names)
    if len(places) == 1:
        return list(told)
    return [f"{', '.join(names)}: {words[0].lower()}{words[1:]}" for words, names in told.items()]


def _chosen(every: list[Branch], branch_id: int | None) -> Branch | None:
    if branch_id is None:
        return None
    for one in every:
        if one.pk == branch_id:
            return one
    raise Http404


def _shown(rows: list[PortalPolicy], branch_id: int | None, emisor: Emisor) -> dict[str, Any]:
    """Every row the form may start from or write over, and what the company's tills are called."""
    found = [row for row in rows if row.branch_id in (None, branch_id)]
    said = {str(row.pk): {field.name: str(field.value_from_object(row)) for field in row._meta.fields} for row in found}
    return {**said, "labels": emisor.source_labels}


def _initial(current: PortalPolicy | None, *, follows: bool, today: date) -> dict[str, Any]:
    if current is None:
        return {"effective_from": today, "follows_company": follows, "until": "days", "window_days": 30,
                "minimum": Decimal(0), "withholds_isr": True, "stamps_an_hour": STAMPS_AN_HOUR,
                "corrections": CORRECTIONS, "hours_awaited": HOURS_AWAITED}  # fmt: skip
    names = ("enabled", "window_days", "grace_days", "minimum", "usos", "default_uso", "paid_only",
             "withholds_isr", "may_split", "stamps_an_hour", "corrections", "hours_awaited")  # fmt: skip
    return {
        **{name: getattr(current, name) for name in names},
        "until": until_of(current),
        "effective_from": today,
        "follows_company": follows,
    }


def _saved(form: PolicyForm, facts: PolicyFacts, *, branch: Branch | None, today: date, moment: datetime) -> bool:
    day: date = form.cleaned_data["effective_from"]
    try:
        if branch is not None and form.cleaned_data.get("follows_company"):
            follow_company(branch_id=branch.pk, effective_from=max(day, today), now=moment)
        else:
            branch_id = branch.pk if branch else None
            set_policy(
                branch_id=branch_id,
                effective_from=day,
                facts=facts,
                catalogs=catalogs_in_force(),
                today=today,
                now=moment,
            )
            name_sources(labels=form.labels(), now=moment)
    except PolicyRefused as refused:
        for name, message in refused.errors.items():
            form.refuse(name, message)
        return False
    return True

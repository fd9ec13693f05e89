"""Personas: who works in the company, with which role; who was invited; inviting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.invite import invite_person
from amate.access.may import MAY_AUDIT, MAY_MANAGE_PEOPLE, MAY_REQUIRE_SECOND_STEP
from amate.access.members import NotAllowed
from amate.access.models import Invitation, Membership, Role
from amate.access.rules import may_manage
from amate.access.second_step import demanded_of, with_second_step
from amate.messages.models import Message
from amate.papers.dates import short
from amate.web.backoffice.asks_again import asks_again, typed_before
from amate.web.backoffice.member import mine_of
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.role_form import InviteForm, roles_in_words
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

MAILS = {
    Message.State.SENT: Pill("Correo enviado", "ok"),
    Message.State.DELIVERED: Pill("Correo entregado", "ok"),
    Message.State.BOUNCED: Pill("El correo rebotó", "bad"),
    Message.State.COMPLAINED: Pill("El correo rebotó", "bad"),
    Message.State.REFUSED: Pill("El correo la rechazó", "bad"),
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: int
    name: str
    email: str
    role: str
    pill: Pill
    seen: str
    yours: bool
    """Whether who looks may open it."""


@dataclass(frozen=True, slots=True)
class InvitedRow:
    id: int
    email: str
    role: str
    value: str
    until: str
    expired: bool
    pill: Pill
    yours: bool


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_MANAGE_PEOPLE)
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """The list; a POST invites."""
    require(request, MAY_MANAGE_PEOPLE if request.method == "POST" else MAY_AUDIT)
    mine = mine_of(request)
    if request.method != "POST":
        typed = typed_before(request, "correo", "papel")
        return _list(request, InviteForm(initial=typed, by=Role(mine.role)))
    form = InviteForm(request.POST, by=Role(mine.role))
    if form.is_valid():
        to = form.cleaned_data["correo"]
        try:
            invite_person(email=to, role=Role(form.cleaned_data["papel"]), by=mine, now=now())
        except NotAllowed as refused:
            form.add_error("correo", str(refused))
        else:
            messages.success(request, f"Invitamos a {to}. El correo lleva un enlace que sirve 7 días.")
            return redirect(address(request, "people"))
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    moment, mine = now(), mine_of(request)
    return show(
        request,
        "office/people.html",
        room="people",
        tab="people",
        status=status,
        form=form,
        rows=_rows(mine),
        invited=_invited(request, now=moment),
        roles=roles_in_words(),
        may_manage=may(request, MAY_MANAGE_PEOPLE),
        may_require=may(request, MAY_REQUIRE_SECOND_STEP),
    )


def _rows(mine: Membership) -> list[PersonRow]:
    zone = office_zone()
    rows = Membership.objects.select_related("user", "company__entry_rule").filter(company_id=mine.company_id)
    found = list(rows.annotate(seen=Max("user__usersession__last_seen_at")).order_by("user__email"))
    safe = with_second_step([one.user_id for one in found])

    def row(one: Any) -> PersonRow:
        seen = one.seen or one.user.last_login
        return PersonRow(
            id=one.pk,
            name=one.user.nombre,
            email=one.user.email,
            role=one.get_role_display(),
            pill=_entry_pill(one, safe=one.user_id in safe),
            seen=short(seen.astimezone(zone)) if seen else "Aún no entra",
            yours=mine.role in MAY_MANAGE_PEOPLE,
        )

    return [row(one) for one in found]


def _entry_pill(one: Membership, *, safe: bool) -> Pill:
    if safe:
        return Pill("Dos pasos", "ok")
    return Pill("Le falta el segundo paso", "warn") if demanded_of(one) else Pill("Solo contraseña", "")


def _invited(request: HttpRequest, *, now: datetime) -> list[InvitedRow]:
    zone, mine = office_zone(), mine_of(request)
    found = list(Invitation.objects.open().filter(company_id=mine.company_id).order_by("-id"))
    about = [f"invitation:{one.pk}" for one in found]
    sent = dict(Message.objects.filter(about__in=about).values_list("about", "state"))
    return [
        InvitedRow(
            id=one.pk,
            email=one.email,
            role=one.get_role_display(),
            value=one.role,
            until=short(one.expires_at.astimezone(zone)),
            expired=one.expires_at <= now,
            pill=_invitation_pill(one, sent.get(f"invitation:{one.pk}", ""), now=now),
            yours=may_manage(Role(mine.role), of=Role(one.role)),
        )
        for one in found
    ]


def _invitation_pill(one: Invitation, state: str, *, now: datetime) -> Pill:
    if one.expires_at <= now:
        return Pill("Venció", "bad")
    return MAILS.get(Message.State(state), Pill("Enviando", "warn")) if state else Pill("Por enviar", "warn")

"""Personas: who works in the company, with which role; invitations; changing a role and letting somebody go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.change_role import change_role
from amate.access.invite import invite_person, revoke_invitation
from amate.access.members import NoSuchPerson, NotAllowed
from amate.access.models import Invitation, Membership, Role
from amate.access.remove_person import remove_person
from amate.access.rules import may_manage, roles_to_give
from amate.messages.models import Message
from amate.papers.dates import short
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import MAY_AUDIT, MAY_MANAGE_PEOPLE, may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now
from amate.web.mail_address import BAD_MAIL, LONGEST_MAIL, MailField

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WHAT_IT_MAY = {
    Role.OWNER: "Todo, también nombrar a otros dueños",
    Role.ADMIN: "Todo, menos nombrar o quitar dueños",
    Role.ACCOUNTANT: "Facturas, pendientes y auditoría",
    Role.COLLECTOR: "Cobranza; lo demás solo lo ve",
    Role.CASHIER: "Mostrador: vender, facturar y reenviar",
    Role.SUPPORT: "Ver, para ayudar a los clientes",
}
MAILS = {
    Message.State.SENT: Pill("Correo enviado", "ok"),
    Message.State.DELIVERED: Pill("Correo entregado", "ok"),
    Message.State.BOUNCED: Pill("El correo rebotó", "bad"),
    Message.State.COMPLAINED: Pill("El correo rebotó", "bad"),
    Message.State.REFUSED: Pill("El correo la rechazó", "bad"),
}


class InviteForm(forms.Form):
    correo = MailField(
        label="Correo de la persona",
        max_length=LONGEST_MAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Escribe el correo de la persona que invitas",
            "invalid": BAD_MAIL,
            "max_length": "Ese correo es demasiado largo: caben 80 caracteres",
        },
    )
    papel = forms.ChoiceField(
        label="Papel",
        error_messages={
            "required": "Elige qué podrá hacer",
            "invalid_choice": "Ese papel no lo puedes dar: elige otro de la lista",
        },
    )

    def __init__(self, *said: Any, by: Role, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["papel"].choices = [(role.value, role.label) for role in roles_to_give(by)]  # type: ignore[attr-defined]
        self.fields["papel"].initial = Role.CASHIER


class RoleForm(InviteForm):
    """Only the role, of somebody who is in already."""

    def __init__(self, *said: Any, by: Role, **more: Any) -> None:
        super().__init__(*said, by=by, **more)
        del self.fields["correo"]


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
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """The list; a POST invites."""
    require(request, MAY_MANAGE_PEOPLE if request.method == "POST" else MAY_AUDIT)
    mine = _mine(request)
    if request.method != "POST":
        return _list(request, InviteForm(by=Role(mine.role)))
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


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """One person; a POST changes the role."""
    require(request, MAY_MANAGE_PEOPLE)
    found, mine = _find(request, member_id), _mine(request)
    if request.method != "POST":
        return _person(request, found, RoleForm(initial={"papel": found.role}, by=Role(mine.role)))
    form = RoleForm(request.POST, by=Role(mine.role))
    if form.is_valid():
        try:
            member = change_role(
                membership_id=found.pk, role=Role(form.cleaned_data["papel"]), by=Role(mine.role), now=now()
            )
        except NotAllowed as refused:
            form.add_error("papel", str(refused))
        except NoSuchPerson as gone:
            raise Http404 from gone
        else:
            messages.success(request, f"{member.user.email} ahora tiene el papel de {member.get_role_display()}.")
            return redirect(address(request, "people") if may_see(member, mine) else address(request, "home"))
    return _person(request, found, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Asks first; a POST lets the person go."""
    require(request, MAY_MANAGE_PEOPLE)
    found, mine = _find(request, member_id), _mine(request)
    if request.method != "POST":
        return show(request, "office/person_remove.html", room="people", person=found, self=found.pk == mine.pk)
    try:
        email = remove_person(membership_id=found.pk, by=mine, now=now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect(address(request, "person", found.pk))
    except NoSuchPerson as gone:
        raise Http404 from gone
    messages.success(request, f"{email} ya no puede entrar a esta empresa.")
    return redirect("office:companies") if found.pk == mine.pk else redirect(address(request, "people"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Asks first; a POST makes the invitation useless."""
    require(request, MAY_MANAGE_PEOPLE)
    found: Invitation | None = _invitations(request).filter(pk=invitation_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return show(request, "office/invitation_withdraw.html", room="people", invitation=found)
    try:
        email = revoke_invitation(invitation_id=invitation_id, by=Role(_mine(request).role), now=now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        said = (
            f"La invitación de {email} ya no sirve." if email else "Ya no hacía falta: alguien la aceptó o la retiró."
        )
        messages.success(request, said)
    return redirect(address(request, "people"))


def may_see(member: Membership, mine: Membership) -> bool:
    """Who changed his own role may have lost sight of the list."""
    return member.pk != mine.pk or member.role in MAY_AUDIT


def _mine(request: HttpRequest) -> Membership:
    found: Membership = request.membership  # type: ignore[attr-defined]
    return found


def _find(request: HttpRequest, member_id: int) -> Membership:
    rows = Membership.objects.select_related("user").filter(company_id=_mine(request).company_id, pk=member_id)
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _invitations(request: HttpRequest) -> Any:
    return Invitation.objects.open().filter(company_id=_mine(request).company_id)


def _person(request: HttpRequest, found: Membership, form: RoleForm, status: int = 200) -> HttpResponse:
    mine = _mine(request)
    return show(
        request,
        "office/person.html",
        room="people",
        status=status,
        person=found,
        form=form,
        roles=[(role.label, WHAT_IT_MAY[role]) for role in Role],
        yours=may_manage(Role(mine.role), of=Role(found.role)),
        self=found.pk == mine.pk,
    )


def _list(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    moment, mine = now(), _mine(request)
    return show(
        request,
        "office/people.html",
        room="people",
        tab="people",
        status=status,
        form=form,
        rows=_rows(mine),
        invited=_invited(request, now=moment),
        roles=[(role.label, WHAT_IT_MAY[role]) for role in Role],
        may_manage=may(request, MAY_MANAGE_PEOPLE),
    )


def _rows(mine: Membership) -> list[PersonRow]:
    zone = office_zone()
    rows = Membership.objects.select_related("user").filter(company_id=mine.company_id)
    found = list(rows.annotate(seen=Max("user__usersession__last_seen_at")).order_by("user__email"))
    of_them = Q(user_id__in=[one.user_id for one in found], type__in=SECOND_STEPS)
    safe = set(Authenticator.objects.filter(of_them).values_list("user_id", flat=True))

    def row(one: Any) -> PersonRow:
        seen = one.seen or one.user.last_login
        return PersonRow(
            id=one.pk,
            name=one.user.nombre,
            email=one.user.email,
            role=one.get_role_display(),
            pill=Pill("Dos pasos", "ok") if one.user_id in safe else Pill("Solo contraseña", ""),
            seen=short(seen.astimezone(zone)) if seen else "Aún no entra",
            yours=mine.role in MAY_MANAGE_PEOPLE,
        )

    return [row(one) for one in found]


def _invited(request: HttpRequest, *, now: datetime) -> list[InvitedRow]:
    zone, mine = office_zone(), _mine(request)
    found = list(_invitations(request).order_by("-id"))
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

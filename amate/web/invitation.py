"""The page behind the link of an invitation: a new person makes an account, a known one joins."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.accept_invitation import InvitationGone, accept_invitation, find_invitation
from amate.access.models import Invitation, User
from amate.audit.models import ActorKind
from amate.audit.record import Actor, acting
from amate.companies.models import Emisor
from amate.tenancy.scope import company_scope
from amate.web.clock import now


class NewPersonForm(forms.Form):
    nombre = forms.CharField(
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Escribe tu nombre", "max_length": "Ese nombre es demasiado largo"},
    )
    password1 = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Escribe una contraseña"},
    )

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password)
        return password


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = find_invitation(token, now=now())
    if found is None:
        return render(request, "account/invitation_gone.html", status=404)
    stands = _stands(request, found)
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and stands in ("new", "in"):
        if stands == "new" and not form.is_valid():
            return _show(request, found, stands, form, status=422)
        return _accept(request, found, token, form)
    return _show(request, found, stands, form)


def _stands(request: HttpRequest, found: Invitation) -> str:
    """`in`: the one who was invited is here; `other`: somebody else is; `known`: has an account and must enter; `new`."""
    if request.user.is_authenticated:
        return "in" if request.user.email == found.email else "other"
    return "known" if User.objects.filter(email=found.email).exists() else "new"


def _accept(request: HttpRequest, found: Invitation, token: str, form: NewPersonForm) -> HttpResponse:
    who = Actor(ActorKind.PERSON, found.email, str(getattr(request, "request_id", "")))
    user: Any = request.user
    try:
        with company_scope(found.company_id), acting(who):
            if not user.is_authenticated:
                user = _make(found.email, form.cleaned_data)
            member = accept_invitation(token=token, user=user, now=now())
    except InvitationGone:
        return render(request, "account/invitation_gone.html", status=404)
    if not request.user.is_authenticated:
        get_adapter().login(request, user)
    messages.success(request, f"Listo: entraste como {member.get_role_display()}.")
    return redirect("office:home", slug=found.company.slug)


def _make(email: str, said: dict[str, Any]) -> User:
    """The account, or InvitationGone when a second click made it a moment ago: the page then asks who it is."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, said["password1"], nombre=said["nombre"])
    except IntegrityError:
        raise InvitationGone from None


def _show(request: HttpRequest, found: Invitation, stands: str, form: NewPersonForm, status: int = 200) -> HttpResponse:
    with company_scope(found.company_id):
        company = Emisor.objects.values_list("nombre_comercial", flat=True).get()
    facts = {"invitation": found, "company": company, "stands": stands, "form": form}
    return render(request, "account/invitation.html", facts, status=status)

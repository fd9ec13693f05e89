"""Segundo paso: which roles the company lets in only with one."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_REQUIRE_SECOND_STEP
from amate.access.models import Membership, Role
from amate.access.require_second_step import require_second_step
from amate.access.second_step import with_second_step
from amate.web.backoffice.asks_again import asks_again, typed_before
from amate.web.backoffice.member import mine_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.clock import now


class EntryRuleForm(forms.Form):
    papeles = forms.MultipleChoiceField(
        label="Quién necesita segundo paso",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Ese papel no existe: elige de la lista"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_REQUIRE_SECOND_STEP)
def entry_rule(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_REQUIRE_SECOND_STEP)
    form = EntryRuleForm(
        request.POST if request.method == "POST" else None,
        initial={"papeles": [] if "vistos" in request.GET else _roles(mine_of(request))}
        | typed_before(request, "papeles"),
    )
    if form.is_valid():
        roles = [Role(one) for one in form.cleaned_data["papeles"]]
        if require_second_step(roles=roles, now=now()):
            messages.success(
                request,
                "Listo: desde ahora nadie de esos papeles entra sin segundo paso."
                if roles
                else "Listo: ya no se exige segundo paso.",
            )
        return redirect(address(request, "people"))
    return show(
        request,
        "office/entry_rule.html",
        room="people",
        tab="people",
        status=422 if form.errors else 200,
        form=form,
        without=_without(mine_of(request)),
        mine=bool(with_second_step([mine_of(request).user_id])),
    )


def _roles(mine: Membership) -> list[str]:
    try:
        return list(mine.company.entry_rule.roles)
    except ObjectDoesNotExist:
        return []


def _without(mine: Membership) -> list[tuple[str, str]]:
    """(mail, role) of who would have to set one up."""
    found = list(Membership.objects.select_related("user").filter(company_id=mine.company_id).order_by("user__email"))
    safe = with_second_step([one.user_id for one in found])
    return [(one.user.email, one.get_role_display()) for one in found if one.user_id not in safe]

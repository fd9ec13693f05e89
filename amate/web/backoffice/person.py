"""One person of the company: changing the role, letting her go, taking away a second step that was lost."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.change_role import change_role
from amate.access.may import MAY_AUDIT, MAY_MANAGE_PEOPLE
from amate.access.members import NoSuchPerson, NotAllowed
from amate.access.models import Membership, Role
from amate.access.remove_person import remove_person
from amate.access.reset_second_step import reset_second_step
from amate.access.rules import may_manage
from amate.access.second_step import demanded_of, with_second_step
from amate.web.backoffice.asks_again import asks_again, typed_before
from amate.web.backoffice.member import find_member, mine_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.role_form import RoleForm, roles_in_words
from amate.web.backoffice.roles import require
from amate.web.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_MANAGE_PEOPLE)
def person(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """One person; a POST changes the role."""
    require(request, MAY_MANAGE_PEOPLE)
    found, mine = find_member(request, member_id), mine_of(request)
    if request.method != "POST":
        return _person(
            request, found, RoleForm(initial={"papel": found.role} | typed_before(request, "papel"), by=Role(mine.role))
        )
    form = RoleForm(request.POST, by=Role(mine.role))
    if form.is_valid():
        try:
            member = change_role(
                membership_id=found.pk,
                role=Role(form.cleaned_data["papel"]),
                by=Role(mine.role),
                session=request.session.session_key,
                now=now(),
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
@asks_again(MAY_MANAGE_PEOPLE)
def remove(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Asks first; a POST lets the person go."""
    require(request, MAY_MANAGE_PEOPLE)
    found, mine = find_member(request, member_id), mine_of(request)
    if request.method != "POST":
        return show(request, "office/person_remove.html", room="people", person=found, self=found.pk == mine.pk)
    try:
        email = remove_person(membership_id=found.pk, by=mine, session=request.session.session_key, now=now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect(address(request, "person", found.pk))
    except NoSuchPerson as gone:
        raise Http404 from gone
    messages.success(request, f"{email} ya no puede entrar a esta empresa.")
    return redirect("office:companies") if found.pk == mine.pk else redirect(address(request, "people"))


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_MANAGE_PEOPLE)
def lost_second_step(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Asks first; a POST takes the second step away."""
    require(request, MAY_MANAGE_PEOPLE)
    found, mine = find_member(request, member_id), mine_of(request)
    if request.method != "POST":
        return show(request, "office/person_second_step.html", room="people", person=found, demanded=demanded_of(found))
    try:
        email = reset_second_step(membership_id=found.pk, by=mine, now=now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    except NoSuchPerson as gone:
        raise Http404 from gone
    else:
        messages.success(request, f"{email} ya no tiene segundo paso. Le avisamos por correo.")
    return redirect(address(request, "person", found.pk))


def may_see(member: Membership, mine: Membership) -> bool:
    """Who changed his own role may have lost sight of the list."""
    return member.pk != mine.pk or member.role in MAY_AUDIT


def _person(request: HttpRequest, found: Membership, form: RoleForm, status: int = 200) -> HttpResponse:
    mine = mine_of(request)
    return show(
        request,
        "office/person.html",
        room="people",
        status=status,
        person=found,
        form=form,
        roles=roles_in_words(),
        yours=may_manage(Role(mine.role), of=Role(found.role)),
        self=found.pk == mine.pk,
        two_steps=bool(with_second_step([found.user_id])),
    )

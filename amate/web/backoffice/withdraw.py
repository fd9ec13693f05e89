"""An invitation that nobody accepted is taken back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.invite import revoke_invitation
from amate.access.may import MAY_MANAGE_PEOPLE
from amate.access.members import NotAllowed
from amate.access.models import Invitation, Role
from amate.web.backoffice.asks_again import asks_again
from amate.web.backoffice.member import mine_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@asks_again(MAY_MANAGE_PEOPLE)
def withdraw(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Asks first; a POST makes the invitation useless."""
    require(request, MAY_MANAGE_PEOPLE)
    rows = Invitation.objects.open().filter(company_id=mine_of(request).company_id)
    found: Invitation | None = rows.filter(pk=invitation_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return show(request, "office/invitation_withdraw.html", room="people", invitation=found)
    try:
        email = revoke_invitation(invitation_id=invitation_id, by=Role(mine_of(request).role), now=now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        said = (
            f"La invitación de {email} ya no sirve." if email else "Ya no hacía falta: alguien la aceptó o la retiró."
        )
        messages.success(request, said)
    return redirect(address(request, "people"))

"""The mail of an invitation. What is kept of it does not open the door: the link is written in as it leaves."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from amate.access.invite import token_of
from amate.access.models import Invitation
from amate.adapters.messages import Outgoing
from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.way import Way
from amate.papers.dates import in_full
from amate.tenancy.scope import open_company


def prepare_invitation(*, invitation_id: int, site: str, way: Way, now: datetime) -> tuple[int, Outgoing] | None:
    """Write the message (once an invitation) and claim it for sending. `site` is what stands before the token.

    None: it was sent before, or the invitation is not open any more.
    """
    rows = Invitation.objects.open().filter(company_id=open_company(), expires_at__gt=now)
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None:
        return None
    facts = {"invitation": invitation, "until": _until(invitation)}
    key = f"invitation:{invitation.pk}"
    shown = facts | {"link": f"{site}…/"}
    message = claim_mail(key=key, kind="invitation", about=key, to=invitation.email, facts=shown, way=way, now=now)
    if message is None:
        return None
    mail = outgoing(message, way=way, reply_to=invitation.invited_by)
    _, text, html = render_mail("invitation", facts | {"link": f"{site}{token_of(invitation)}/"}, way=way)
    return message.pk, replace(mail, text=text, html=html)


def _until(invitation: Invitation) -> str:
    cp = Branch.objects.order_by("id").values_list("cp", flat=True).first()
    return in_full(invitation.expires_at.astimezone(zone_of(cp) if cp else timezone.get_default_timezone()))

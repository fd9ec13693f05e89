"""Tus sesiones: where a person's account is open, and closing what is not hers. It belongs to a person, to no company."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from amate.web.note_logins import note_ended_elsewhere

# The first that is found names it; what every browser claims to be stands last.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
NOBODY_KNOWS = ("::", "0.0.0.0")  # noqa: S104 an address that is shown, not listened on


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: int
    device: str
    place: str
    since: datetime
    seen: datetime
    current: bool


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    assert request.user.pk is not None
    found = UserSession.objects.purge_and_list(request.user)
    rows = sorted((_row(one) for one in found), key=lambda row: (not row.current, -row.seen.timestamp()))
    return render(request, "account/sessions.html", {"rows": rows, "others": any(not row.current for row in rows)})


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the session that `sesion` names, or every other one. One's own is ended by leaving."""
    wanted = request.POST.get("sesion", "")
    rows = UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
    if wanted:
        rows = rows.filter(pk=int(wanted)) if re.fullmatch(r"[0-9]{1,18}", wanted) else rows.none()
    ended = 0
    for one in rows:
        one.end()
        ended += 1
    if ended:
        note_ended_elsewhere(request, ended)
    messages.success(request, _ended(ended))
    return redirect("account_sessions")


def _ended(count: int) -> str:
    if count == 0:
        return "Ya no había ninguna sesión que cerrar."
    return "Cerramos esa sesión." if count == 1 else f"Cerramos {count} sesiones."


def _row(one: UserSession) -> SessionRow:
    return SessionRow(
        id=one.pk,
        device=device(one.user_agent),
        place="" if str(one.ip) in NOBODY_KNOWS else str(one.ip),
        since=one.created_at,
        seen=one.last_seen_at,
        current=one.is_current(),
    )


def device(user_agent: str) -> str:
    """
    >>> device("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0")
    'Edge en Windows'
    >>> device("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1")
    'Safari en iPhone'
    >>> device("curl/8.5"), device("")
    ('curl/8.5', 'Un programa sin nombre')
    """
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} en {system}"
    return browser or user_agent[:40] or "Un programa sin nombre"

"""Absolute addresses that are printed, scanned or handed to programs."""

from django.conf import settings
from django.urls import reverse

from amate.self_invoicing import links
from amate.self_invoicing.models import Ticket

API = "/api/v1"


def portal_url(slug: str) -> str:
    return f"{settings.PUBLIC_URL}/f/{slug}/"


def portal_site(slug: str) -> str:
    """What a person types: no scheme, no closing slash."""
    return portal_url(slug).split("//", 1)[1].rstrip("/")


def logo_url(slug: str, logo: str) -> str:
    """Where browsers find the logo, or nothing; another drawing is another address, kept for ever."""
    return f"{reverse('portal:logo', args=[slug])}?v={logo}" if logo else ""


def qr_url(ticket: Ticket, *, slug: str) -> str:
    """What the QR of the note opens."""
    return links.qr_url(site=settings.PUBLIC_URL, slug=slug, code=ticket.code, total_cents=ticket.total_cents)


def ticket_url(ticket: Ticket) -> str:
    return f"{settings.PUBLIC_URL}{API}/tickets/{ticket.code}"


def invoice_url(uuid: str) -> str:
    return f"{settings.PUBLIC_URL}{API}/invoices/{uuid}"

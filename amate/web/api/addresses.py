"""Absolute addresses that are printed, scanned or handed to programs."""

from django.conf import settings

from amate.self_invoicing.models import Ticket

API = "/api/v1"


def portal_url(slug: str) -> str:
    return f"{settings.PUBLIC_URL}/f/{slug}/"


def portal_site(slug: str) -> str:
    """What a person types: no scheme, no closing slash."""
    return portal_url(slug).split("//", 1)[1].rstrip("/")


def qr_url(ticket: Ticket, *, slug: str) -> str:
    """What the QR of the note opens: it carries code and total, so that nothing is typed (DECISIONS A5)."""
    return f"{portal_url(slug)}{ticket.code}/{ticket.total_cents}"


def ticket_url(ticket: Ticket) -> str:
    return f"{settings.PUBLIC_URL}{API}/tickets/{ticket.code}"


def invoice_url(uuid: str) -> str:
    return f"{settings.PUBLIC_URL}{API}/invoices/{uuid}"

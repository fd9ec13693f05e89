"""Absolute addresses that are printed, scanned or handed to programs."""

from django.conf import settings
from django.urls import reverse

from amate.companies.models import Company
from amate.companies.portal_address import portal_of
from amate.self_invoicing import links
from amate.self_invoicing.models import Ticket

API = "/api/v1"


def portal_url(company: Company) -> str:
    return portal_of(company, public_url=settings.PUBLIC_URL) + "/"


def portal_site(company: Company) -> str:
    """What a person types: no scheme, no closing slash."""
    return portal_url(company).split("//", 1)[1].rstrip("/")


def logo_url(slug: str, logo: str, *, branch_id: int | None = None) -> str:
    """Where browsers find the logo, the company's or a branch's, or nothing; another drawing is another address, kept
    for ever."""
    if not logo:
        return ""
    name, args = ("portal:logo", [slug]) if branch_id is None else ("portal:branch_logo", [slug, branch_id])
    return f"{reverse(name, args=args)}?v={logo}"


def qr_url(ticket: Ticket, *, company: Company) -> str:
    """What the QR of the note opens."""
    portal = portal_of(company, public_url=settings.PUBLIC_URL)
    return links.qr_url(portal=portal, code=ticket.code, total_cents=ticket.total_cents)


def ticket_url(ticket: Ticket) -> str:
    return f"{settings.PUBLIC_URL}{API}/tickets/{ticket.code}"


def invoice_url(uuid: str) -> str:
    return f"{settings.PUBLIC_URL}{API}/invoices/{uuid}"

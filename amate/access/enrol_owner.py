"""The first person of a new company: its owner."""

from datetime import datetime

from amate.access.models import Membership, Role, User
from amate.audit.record import record
from amate.companies.models import Company


def enrol_owner(*, company: Company, email: str, nombre: str, password: str, now: datetime) -> User:
    """Inside the company's scope. Who has an account already keeps its password, whatever is given here."""
    known: User | None = User.objects.filter(email=email.lower()).first()
    user = known or User.objects.create_user(email, password, nombre=nombre)
    Membership.objects.create(user=user, company=company, role=Role.OWNER)
    record("company.founded", about=f"person:{user.pk}", now=now, mail=user.email, slug=company.slug)
    return user

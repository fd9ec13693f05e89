"""Mails to a person about the account. Mail belongs to a company, an account to none: the person's first company sends it."""

from collections.abc import Callable

from django.db import transaction

from amate.access.models import Membership, User
from amate.access.tell_person import tell_person
from amate.tenancy.scope import company_scope
from amate.web.clock import now


def tell(user: User, notice: str, *, to: str = "") -> None:
    """Word of a change, once what is being changed is committed."""

    # allauth announces some changes inside a transaction of its own, and a scope is never nested.
    def owe() -> None:
        in_first_company(user, lambda: tell_person(user=user, notice=notice, to=to, now=now()))

    transaction.on_commit(owe)


def in_first_company(user: User, owe: Callable[[], None]) -> bool:
    """Run inside the scope of the person's first company. False for who belongs to none: nobody sends the mail."""
    company_id = Membership.objects.filter(user_id=user.pk).order_by("id").values_list("company_id", flat=True).first()
    if company_id is None:
        return False
    with company_scope(company_id):
        owe()
    return True

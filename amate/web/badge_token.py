"""The address of a badge: a picture that says how a customer stands, for a ticket of a help desk. It names nobody; who has the
address may see the word until it ends, and nothing else."""

from datetime import date, timedelta

from django.core.signing import BadSignature, Signer

_SALT = "amate.standing.badge"
_KEPT = timedelta(days=62)  # from the first of any month into the next but one


def badge_token(*, company_id: int, customer_id: int, today: date) -> str:
    """The same all month, so that a ticket's picture may be kept; it ends one to two months later."""
    ends = (today.replace(day=1) + _KEPT).replace(day=1)
    return Signer(salt=_SALT).sign(f"{company_id}.{customer_id}.{ends:%Y%m%d}").replace(":", "~")


def read_badge_token(token: str, *, company_id: int, today: date) -> int | None:
    """The customer's id; None for one of another company, one that ended, and whatever we never signed."""
    try:
        company, customer, ends = Signer(salt=_SALT).unsign(token.replace("~", ":")).split(".")
    except (BadSignature, ValueError):
        return None
    if int(company) != company_id or today.strftime("%Y%m%d") >= ends:
        return None
    return int(customer)

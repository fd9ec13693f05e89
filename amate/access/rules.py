"""Who may give which role to whom. Pure: it knows roles, not people."""

from amate.access.models import Role

MANAGERS = frozenset({Role.OWNER, Role.ADMIN})


def may_manage(by: Role, *, of: Role) -> bool:
    """Whether somebody with role `by` may give, take or change the role `of`.

    >>> may_manage(Role.ADMIN, of=Role.CASHIER), may_manage(Role.ADMIN, of=Role.OWNER), may_manage(Role.OWNER, of=Role.OWNER)
    (True, False, True)
    >>> may_manage(Role.CASHIER, of=Role.SUPPORT)
    False
    """
    return by == Role.OWNER or (by in MANAGERS and of != Role.OWNER)


def roles_to_give(by: Role) -> list[Role]:
    return [role for role in Role if may_manage(by, of=role)]

"""Which role may do what in a company. Every role may read."""

from amate.access.models import Role

EVERYBODY = frozenset(Role)
MAY_CONFIGURE = frozenset({Role.OWNER, Role.ADMIN})
MAY_RETRY = frozenset({Role.OWNER, Role.ADMIN, Role.ACCOUNTANT})
MAY_SEAL_ANEW = MAY_RETRY
MAY_IMPORT = MAY_RETRY
MAY_KEEP_PRODUCTS = MAY_RETRY
MAY_RESEND = MAY_RETRY | {Role.CASHIER}
MAY_HOLD = MAY_RETRY | {Role.CASHIER}
# What somebody else locked; everybody unlocks what he locked himself.
MAY_UNLOCK = MAY_RETRY
MAY_VOID = MAY_RETRY
MAY_REPRINT = MAY_HOLD
MAY_SELL = MAY_HOLD
MAY_KEEP_CUSTOMERS = MAY_RETRY
# Whoever talks with a customer learns a new telephone first.
MAY_KEEP_CONTACTS = EVERYBODY
MAY_ANSWER = MAY_HOLD | {Role.SUPPORT}

MAY_MANAGE_PEOPLE = frozenset({Role.OWNER, Role.ADMIN})
MAY_REQUIRE_SECOND_STEP = frozenset({Role.OWNER})
MAY_AUDIT = MAY_MANAGE_PEOPLE | {Role.ACCOUNTANT}

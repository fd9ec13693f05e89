"""Which role may do what in a company. Every role may read, but of a billing code only whoever invoices or hands out notes
sees more than the end: with the total it is all that a buyer needs."""

from amate.access.models import Role

EVERYBODY = frozenset(Role)
MAY_CONFIGURE = frozenset({Role.OWNER, Role.ADMIN})
MAY_RETRY = frozenset({Role.OWNER, Role.ADMIN, Role.ACCOUNTANT})
MAY_SEAL_ANEW = MAY_RETRY
# Cancel, replace, credit, record a payment, answer as receiver: what moves the books.
MAY_CANCEL = MAY_RETRY
MAY_IMPORT = MAY_RETRY
MAY_KEEP_PRODUCTS = MAY_RETRY
MAY_RESEND = MAY_RETRY | {Role.CASHIER}
MAY_HOLD = MAY_RETRY | {Role.CASHIER}
# What somebody else locked; everybody unlocks what he locked himself.
MAY_UNLOCK = MAY_RETRY
MAY_VOID = MAY_RETRY
MAY_REPRINT = MAY_HOLD
MAY_SELL = MAY_HOLD
# An invoice without a note: any currency, any withholding.
MAY_ISSUE = MAY_RETRY
MAY_SEE_CODES = MAY_SELL
# A list as a file leaves the house with everybody's data in it.
MAY_EXPORT = MAY_RETRY | {Role.COLLECTOR}
# All the documents of a list in one file: a backup of the books, and a harvest of other people's tax data.
MAY_TAKE_FILES = MAY_RETRY
MAY_KEEP_CUSTOMERS = MAY_RETRY
# Whoever talks with a customer learns a new telephone first.
MAY_KEEP_CONTACTS = EVERYBODY
# Cash over the counter, a transfer that a customer shows.
MAY_TYPE_PAYMENTS = MAY_RETRY | {Role.COLLECTOR, Role.CASHIER}
# Say whose a deposit is, upload what the bank tells.
MAY_RECONCILE = MAY_RETRY | {Role.COLLECTOR}
# Take money back, or from one debt to another: what moves the books.
MAY_REVERSE = MAY_RETRY
# Plans, subscriptions, prices and runs: what is charged to many, by itself.
MAY_KEEP_SUBSCRIPTIONS = MAY_RETRY
MAY_ANSWER = MAY_HOLD | {Role.SUPPORT}

MAY_MANAGE_PEOPLE = frozenset({Role.OWNER, Role.ADMIN})
MAY_REQUIRE_SECOND_STEP = frozenset({Role.OWNER})
MAY_AUDIT = MAY_MANAGE_PEOPLE | {Role.ACCOUNTANT}

# Whoever talks with a customer takes his word, gives him a day, and notes what was said.
MAY_PROMISE = MAY_RETRY | {Role.COLLECTOR, Role.SUPPORT}
MAY_EXEMPT = MAY_RETRY
# A second courtesy within the month.
MAY_COURTESY_AGAIN = MAY_RETRY
MAY_HOLD_SERVICES = MAY_RETRY | {Role.COLLECTOR}
MAY_GIVE_UP_DEBTS = MAY_RETRY
# What the company earned and who owes it most.
MAY_READ_REPORTS = MAY_RETRY | {Role.COLLECTOR}

"""Forms of payment that pass through a bank, and how its accounts are written (c_FormaPago; CRP20221..20229)."""

import re
from typing import NamedTuple

TRANSFERENCIA = "03"


class Accounts(NamedTuple):
    """Patterns of the ordering and of the receiving account; None where the form has no such side."""

    ordering: re.Pattern[str]
    receiving: re.Pattern[str] | None


_ANY = re.compile(r"[0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50}")
_CARD = re.compile(r"[0-9]{16}")

ACCOUNTS = {
    "02": Accounts(re.compile(r"[0-9]{11}|[0-9]{18}"), _ANY),
    TRANSFERENCIA: Accounts(re.compile(r"[0-9]{10}|[0-9]{16}|[0-9]{18}"), re.compile(r"[0-9]{10}|[0-9]{18}")),
    "04": Accounts(_CARD, _ANY),
    "05": Accounts(_ANY, _ANY),
    "06": Accounts(re.compile(r"[0-9]{10}"), None),
    "28": Accounts(_CARD, _ANY),
    "29": Accounts(re.compile(r"[0-9]{15,16}"), _ANY),
}

"""The tables of the ledger."""

from amate.ledger.models.journal import JournalEntry as JournalEntry
from amate.ledger.models.journal import JournalLine as JournalLine
from amate.ledger.models.payment import Allocation as Allocation
from amate.ledger.models.payment import Payment as Payment
from amate.ledger.models.payment import PaymentKind as PaymentKind
from amate.ledger.models.payment import Reversed as Reversed
from amate.ledger.models.receivable import MEMO_MODES as MEMO_MODES
from amate.ledger.models.receivable import Charge as Charge
from amate.ledger.models.receivable import FiscalMode as FiscalMode
from amate.ledger.models.receivable import Receivable as Receivable
from amate.ledger.models.receivable import ReceivableKind as ReceivableKind
from amate.ledger.models.receivable import ReceivableState as ReceivableState

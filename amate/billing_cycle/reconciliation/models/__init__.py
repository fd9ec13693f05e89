"""Where money comes from, what was told of it, and by what its owner is known."""

from amate.billing_cycle.reconciliation.models.bank import BankAccount as BankAccount
from amate.billing_cycle.reconciliation.models.bank import BankFile as BankFile
from amate.billing_cycle.reconciliation.models.bank import BankLine as BankLine
from amate.billing_cycle.reconciliation.models.bank import BankShare as BankShare
from amate.billing_cycle.reconciliation.models.bank import LearnedOrigin as LearnedOrigin
from amate.billing_cycle.reconciliation.models.provider import InboxEvent as InboxEvent
from amate.billing_cycle.reconciliation.models.provider import OwedReversal as OwedReversal
from amate.billing_cycle.reconciliation.models.provider import PaidNote as PaidNote
from amate.billing_cycle.reconciliation.models.provider import PaymentHint as PaymentHint
from amate.billing_cycle.reconciliation.models.provider import PaymentReference as PaymentReference
from amate.billing_cycle.reconciliation.models.provider import ProviderAccount as ProviderAccount
from amate.billing_cycle.reconciliation.models.provider import ReferenceKind as ReferenceKind
from amate.billing_cycle.reconciliation.models.provider import ReportedPayment as ReportedPayment
from amate.billing_cycle.reconciliation.models.provider import UnprovedNotice as UnprovedNotice

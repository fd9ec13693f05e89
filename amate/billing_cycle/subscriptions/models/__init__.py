"""The memory of the room: what was agreed, what was billed of it, and who waits for a person."""

from amate.billing_cycle.subscriptions.models.bank_day import BankDay
from amate.billing_cycle.subscriptions.models.changes import AddOn, OneOff, Pause, PauseKind, PlannedChange
from amate.billing_cycle.subscriptions.models.period import Period, PeriodState
from amate.billing_cycle.subscriptions.models.plan import LastStub, Plan, PlanPrice, PriceRise, Stub
from amate.billing_cycle.subscriptions.models.run import BillingBatch, BillingRun, Parking, RunState
from amate.billing_cycle.subscriptions.models.subscription import Subscription, SubscriptionState, Term

__all__ = [
    "AddOn",
    "BankDay",
    "BillingBatch",
    "BillingRun",
    "LastStub",
    "OneOff",
    "Parking",
    "Pause",
    "PauseKind",
    "Period",
    "PeriodState",
    "Plan",
    "PlanPrice",
    "PlannedChange",
    "PriceRise",
    "RunState",
    "Stub",
    "Subscription",
    "SubscriptionState",
    "Term",
]

"""The memory of the room: documents and their life."""

from amate.invoices.models.awaited_payment import AwaitedHow, AwaitedPayment
from amate.invoices.models.cancellation import (
    NOT_SENT,
    Cancellation,
    CancellationPaper,
    CancellationState,
    Motivo,
    ReceivedRequest,
)
from amate.invoices.models.download_link import DownloadLink
from amate.invoices.models.invoice import (
    AT_THE_SAT,
    DEAD,
    ON_THE_WAY,
    CancelledHow,
    Invoice,
    Kind,
    Origin,
    RefusedBy,
    Sealing,
    Stamp,
    State,
)
from amate.invoices.models.moved_payment import MovedPayment, MoveState
from amate.invoices.models.named import Instalment, Relation
from amate.invoices.models.sat_difference import Differs, SatDifference

__all__ = [
    "AT_THE_SAT",
    "DEAD",
    "NOT_SENT",
    "ON_THE_WAY",
    "AwaitedHow",
    "AwaitedPayment",
    "Cancellation",
    "CancellationPaper",
    "CancellationState",
    "CancelledHow",
    "Differs",
    "DownloadLink",
    "Instalment",
    "Invoice",
    "Kind",
    "Motivo",
    "MoveState",
    "MovedPayment",
    "Origin",
    "ReceivedRequest",
    "RefusedBy",
    "Relation",
    "SatDifference",
    "Sealing",
    "Stamp",
    "State",
]

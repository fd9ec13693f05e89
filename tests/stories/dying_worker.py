"""`amate worker`, killed with -9 by its own hand at a named point. Run as a process: `python -m tests.stories.dying_worker POINT`.

The points lie where a real kill would hurt: around every commit and every outside call.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

Act = Callable[..., Any]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(act: Act) -> Act:
    def dying(*args: Any, **kwargs: Any) -> Any:
        die()
        return act(*args, **kwargs)

    return dying


def after(act: Act) -> Act:
    """Inside the transaction of `act`: what it wrote was never committed."""

    def dying(*args: Any, **kwargs: Any) -> Any:
        act(*args, **kwargs)
        die()

    return dying


def before_call(act: Callable[..., Awaitable[Any]]) -> Act:
    async def dying(*args: Any, **kwargs: Any) -> Any:
        die()
        return await act(*args, **kwargs)

    return dying


def after_call(act: Callable[..., Awaitable[Any]]) -> Act:
    async def dying(*args: Any, **kwargs: Any) -> Any:
        await act(*args, **kwargs)
        die()

    return dying


def after_call_of_an_egreso(act: Callable[..., Awaitable[Any]]) -> Act:
    async def dying(pac: Any, xml: bytes, **kwargs: Any) -> Any:
        told = await act(pac, xml, **kwargs)
        if b'TipoDeComprobante="E"' in xml:
            die()
        return told

    return dying


# point: (module, name within it, how it dies)
POINTS: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "before_sealing": ("amate.invoices.stamp", "seal_invoice", before),
    "sealed_not_committed": ("amate.invoices.stamp", "seal_invoice", after),
    "before_the_call": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", before_call),
    "stamped_not_recorded": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", after_call),
    "recorded_not_committed": ("amate.worker.stamps", "record_stamp", after),
    "settled_not_committed": ("amate.worker.inside", "settle_here", after),
    # Everything is committed; only the nudge does not know.
    "stamped_not_finished": ("amate.worker.handlers", "seal_and_stamp", after_call),
    "before_the_message": ("amate.worker.mails", "prepare_delivery", before),
    "message_not_committed": ("amate.worker.mails", "prepare_delivery", after),
    "before_smtp": ("amate.adapters.messages.email", "Smtp.send", before_call),
    "mailed_not_recorded": ("amate.adapters.messages.email", "Smtp.send", after_call),
    "mail_recorded_not_committed": ("amate.worker.mails", "record_sent", after),
    "delivered_not_finished": ("amate.worker.mails", "post", after_call),
    "before_recording_a_refusal": ("amate.worker.stamps", "record_refusal", before),
    "refusal_not_committed": ("amate.worker.stamps", "record_refusal", after),
    "before_release": ("amate.worker.handlers", "release_claim", before),
    "released_not_committed": ("amate.worker.handlers", "release_claim", after),
    "released_not_finished": ("amate.worker.handlers", "release", after_call),
}

# With a second PAC behind the first, which is away.
BETWEEN_PACS: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "away_not_recorded": ("amate.worker.stamps", "record_unavailable", before),
    "moved_not_committed": ("amate.worker.stamps", "record_unavailable", after),
    "before_the_second_call": ("amate.adapters.pac.finkok", "Finkok.stamp", before_call),
    "second_stamped_not_recorded": ("amate.adapters.pac.finkok", "Finkok.stamp", after_call),
    "second_recorded_not_committed": ("amate.worker.stamps", "record_stamp", after),
}

# On the way of a cancellation, and of a replacement (tests/stories/test_killed_while_cancelling.py).
CANCELLING: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "before_signing": ("amate.invoices.send_cancellation", "cancel_request", before),
    "signed_not_committed": ("amate.worker.cancellations", "prepare_cancel", after),
    "before_the_cancel_call": ("amate.adapters.pac.sw_sapien", "SwSapien.cancel", before_call),
    "cancelled_not_recorded": ("amate.adapters.pac.sw_sapien", "SwSapien.cancel", after_call),
    "receipt_not_committed": ("amate.worker.cancellations", "record_receipt", after),
    "received_not_finished": ("amate.worker.cancellations", "cancel", after_call),
    "before_the_look": ("amate.adapters.pac.sat_status", "SatStatus.ask", before_call),
    "looked_not_recorded": ("amate.adapters.pac.sat_status", "SatStatus.ask", after_call),
    "standing_not_committed": ("amate.worker.cancellations", "record_standing", after),
    "looked_not_finished": ("amate.worker.cancellations", "look", after_call),
}
REPLACING: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "before_sealing_the_new": ("amate.invoices.stamp", "seal_invoice", before),
    "new_stamped_not_recorded": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", after_call),
    "place_not_taken": ("amate.invoices.stamp", "take_place", before),
    "place_taken_not_committed": ("amate.invoices.stamp", "take_place", after),
    "note_not_passed_on": ("amate.worker.stamps", "pass_claim_on", before),
    "note_passed_on_not_committed": ("amate.worker.stamps", "pass_claim_on", after),
}

# Between money in the ledger and its document (tests/stories/test_killed_while_documenting.py).
DOCUMENTING: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "before_documenting": ("amate.worker.documents", "document_payments", before),
    "documented_not_committed": ("amate.worker.documents", "document_payments", after),
    "documented_not_finished": ("amate.worker.documents", "document", after_call),
    "parts_not_frozen": ("amate.invoices.seal", "freeze_parts", before),
    "frozen_not_committed": ("amate.invoices.seal", "freeze_parts", after),
    "rep_stamped_not_recorded": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", after_call),
}
NOTING: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "before_the_note": ("amate.worker.documents", "register_ticket", before),
    "note_not_committed": ("amate.worker.documents", "register_ticket", after),
    "noted_not_finished": ("amate.worker.documents", "register_note", after_call),
}
# A note on its way out of its factura global: its buyer's invoice, then the egreso.
LEAVING: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "egreso_owed_not_committed": ("amate.worker.stamps", "owe_egreso", after),
    "before_the_egreso": ("amate.invoices.kinds.egreso", "build_egreso", before),
    "egreso_stamped_not_recorded": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", after_call_of_an_egreso),
    "returned_not_committed": ("amate.self_invoicing.claim", "return_to_global", after),
}


def arm(point: str) -> None:
    from importlib import import_module

    module, name, wrap = {**POINTS, **BETWEEN_PACS, **CANCELLING, **REPLACING, **DOCUMENTING, **NOTING, **LEAVING}[
        point
    ]
    *holders, last = name.split(".")
    place: Any = import_module(module)
    for holder in holders:
        place = getattr(place, holder)
    setattr(place, last, wrap(getattr(place, last)))


def main() -> int:
    import django

    django.setup()
    if len(sys.argv) > 1:
        arm(sys.argv[1])
    from amate.worker.run import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())

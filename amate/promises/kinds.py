"""Every kind of promise: its queue and how patiently it is tried again. `worker/handlers.py` binds it to its act."""

import random
from dataclasses import dataclass
from datetime import timedelta

# Who waits goes first (HOUSE 7): a person before the portal, reactivation, batch work, mail.
SOMEBODY_WAITS = 90
BATCH = 30
MAIL = 10

STEADY = (2, 10, 60, 300, 900)  # seconds; the last one repeats (ENGINE SAFE-8)


@dataclass(frozen=True, slots=True)
class Kind:
    queue: str
    waits: tuple[int, ...] = STEADY

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after the given attempt (1, 2, …), with jitter so that a recovered PAC is not stormed."""
        seconds = self.waits[min(attempt, len(self.waits)) - 1]
        return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 jitter, not a secret


KINDS = {
    "seal_and_stamp": Kind("stamp"),
    "cancel": Kind("stamp"),
    "follow_cancellation": Kind("sat"),
    "look_for_requests": Kind("sat"),
    "answer_cancellation": Kind("stamp"),
    "issue_moved": Kind("desk"),
    "ask_sat": Kind("sat", waits=(3600,)),
    "deliver": Kind("mail"),
    "tell_cancellation": Kind("mail"),
    "invite": Kind("mail"),
    "reset_password": Kind("mail"),
    "change_mail": Kind("mail"),
    "tell_person": Kind("mail"),
    "send_note": Kind("mail"),
    "try_mail": Kind("mail"),
    "try_text": Kind("mail"),
    "answer_case": Kind("mail"),
    "send_statement": Kind("mail"),
    "send_account": Kind("mail"),
    "send_act": Kind("mail"),
    "find_accounts": Kind("desk"),
    "make_statements": Kind("desk"),
    "alert": Kind("mail"),
    "release": Kind("desk"),
    "credit_refund": Kind("desk"),
    "claim_awaited": Kind("desk"),
    "tell_awaited": Kind("mail"),
    "send_purchases": Kind("mail"),
    "remind_expiry": Kind("mail"),
    "document_payments": Kind("money"),
    "book_credit_note": Kind("money"),
    "take_back": Kind("money"),
    "register_note": Kind("desk"),
    "thank": Kind("mail"),
    "reconcile": Kind("money"),
    "sweep_payments": Kind("money"),
    "give_reference": Kind("money"),
    "make_vouchers": Kind("money"),
    "try_provider": Kind("money"),
    "make_page": Kind("money"),
    "look_at_page": Kind("money"),
    "prove_notice": Kind("money"),
    "book_bank_file": Kind("desk"),
    "undo_bank_file": Kind("desk"),
    "remind": Kind("desk"),
    "remind_by_mail": Kind("mail"),
    "remind_by_text": Kind("mail"),
    "tell_cut": Kind("mail"),
    "tell_technician": Kind("mail"),
    "tell_rise": Kind("mail"),
    "cut": Kind("money"),
    "suspend": Kind("switch"),
    "observe": Kind("switch"),
    "try_switch": Kind("switch"),
    "reactivate": Kind("reactivate"),
    "bill": Kind("desk"),
    "read_batch": Kind("desk"),
    "commit_batch": Kind("desk"),
    "undo_batch": Kind("desk"),
    "do_to_many": Kind("desk"),
    "make_file": Kind("desk"),
    "keep_csd": Kind("desk"),
    "try_pac": Kind("desk"),
    "tell_hook": Kind("hooks", waits=(5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)),
    "prove_host": Kind("desk", waits=(10, 60, 300, 900, 3600)),
}

QUEUES = tuple(dict.fromkeys(kind.queue for kind in KINDS.values()))

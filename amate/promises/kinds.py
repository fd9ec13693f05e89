"""Every kind of promise: its queue and how patiently it is tried again. `worker/handlers.py` binds it to its act."""

import random
from dataclasses import dataclass
from datetime import timedelta

# Who waits goes first (HOUSE 7): a person before the portal, reactivation, batch work, mail.
SOMEBODY_WAITS = 90
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
    "seal_and_stamp": Kind("stamp.sw_sapien"),
    "deliver": Kind("mail"),
    "invite": Kind("mail"),
    "reset_password": Kind("mail"),
    "change_mail": Kind("mail"),
    "tell_person": Kind("mail"),
    "send_note": Kind("mail"),
    "try_mail": Kind("mail"),
    "answer_case": Kind("mail"),
    "alert": Kind("mail"),
    "release": Kind("desk"),
    "read_batch": Kind("desk"),
    "commit_batch": Kind("desk"),
    "undo_batch": Kind("desk"),
    "do_to_many": Kind("desk"),
    "make_file": Kind("desk"),
    "keep_csd": Kind("desk"),
    "prove_host": Kind("desk", waits=(10, 60, 300, 900, 3600)),
}

QUEUES = tuple(dict.fromkeys(kind.queue for kind in KINDS.values()))

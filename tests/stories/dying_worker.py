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


# point: (module, name within it, how it dies)
POINTS: dict[str, tuple[str, str, Callable[[Act], Act]]] = {
    "before_sealing": ("amate.invoices.stamp", "seal_invoice", before),
    "sealed_not_committed": ("amate.invoices.stamp", "seal_invoice", after),
    "before_the_call": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", before_call),
    "stamped_not_recorded": ("amate.adapters.pac.sw_sapien", "SwSapien.stamp", after_call),
    "recorded_not_committed": ("amate.worker.handlers", "record_stamp", after),
    "settled_not_committed": ("amate.worker.inside", "settle_here", after),
    # Everything is committed; only the nudge does not know.
    "stamped_not_finished": ("amate.worker.handlers", "seal_and_stamp", after_call),
    "before_the_message": ("amate.worker.mails", "prepare_delivery", before),
    "message_not_committed": ("amate.worker.mails", "prepare_delivery", after),
    "before_smtp": ("amate.adapters.messages.email", "Smtp.send", before_call),
    "mailed_not_recorded": ("amate.adapters.messages.email", "Smtp.send", after_call),
    "mail_recorded_not_committed": ("amate.worker.mails", "record_sent", after),
    "delivered_not_finished": ("amate.worker.mails", "post", after_call),
    "before_recording_a_refusal": ("amate.worker.handlers", "record_refusal", before),
    "refusal_not_committed": ("amate.worker.handlers", "record_refusal", after),
    "before_release": ("amate.worker.handlers", "release_claim", before),
    "released_not_committed": ("amate.worker.handlers", "release_claim", after),
    "released_not_finished": ("amate.worker.handlers", "release", after_call),
}


def arm(point: str) -> None:
    from importlib import import_module

    module, name, wrap = POINTS[point]
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

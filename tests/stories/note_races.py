"""Everybody who may want a note, at once: buyers, the counter, the global, who cancels, corrects, voids or gives back, and
the workers; and what must be true when they are done. Drawn from a seed, set in an order by `interleaved`."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import psycopg
from lxml import etree

from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import period_of
from amate.fiscal.receptor import Receptor
from amate.invoices.cancel import NotCancellable, cancel_invoice
from amate.invoices.models import ON_THE_WAY, Invoice, Motivo, Origin
from amate.promises.keep import keep
from amate.promises.models import Promise
from amate.sandbox.pac.state import MemoryStore
from amate.self_invoicing.claim import NotClaimable, claim_ticket
from amate.self_invoicing.close_period import NoGlobal, NothingLeft, close_period
from amate.self_invoicing.correct import NotCorrectable, correct_invoice
from amate.self_invoicing.hold import TicketNotFree, void_ticket
from amate.self_invoicing.models import Claim, Refund, Ticket
from amate.self_invoicing.queries import parts_of
from amate.self_invoicing.refund import NotRefundable, Return, refund_ticket
from amate.self_invoicing.rejoin import NotRejoinable, rejoin_ticket
from amate.self_invoicing.split import Division, NotSplittable, split_ticket
from amate.tenancy.scope import company_scope
from amate.worker.handlers import handlers
from amate.worker.inspect import EVERY
from tests.stories.interleaved import Hands, Schedule, seam

BUYERS = (
    Receptor("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", "612", "G03"),
    Receptor("SDI190823KX4", "SURCO DISEÑO", "44160", "601", "G03"),
)
WISHES = (
    "buyer",
    "other_buyer",
    "counter",
    "global",
    "cancel",
    "correct",
    "void",
    "refund",
    "same_refund",
    "refund_all",
)
DIVIDING = ("split", "rejoin")
OFTEN = 0.3  # of the notes that nobody has
BEGINS = ("sold", "sold", "invoiced", "in_global")
MOST = 6
WORKERS = 2
HALVES = Division(shares=(Decimal(1), Decimal(1)))
NOT_OURS = ("ask_sat",)  # at night, of some documents: nobody waits for it
CALMS = (0, 2, 6, 31, 61, 721, 1441)  # minutes until whatever was put off is done


class NoDocument(Exception):
    """There is nothing to cancel or correct yet."""


# Everybody who comes too late is told so in these words; another error is a page that fails.
TOLD = (
    NotClaimable,
    NotRefundable,
    NotSplittable,
    NotRejoinable,
    NotCancellable,
    NotCorrectable,
    TicketNotFree,
    NoGlobal,
    NoDocument,
)


@dataclass
class Lived:
    """One schedule and what is wrong after it."""

    seed: int
    begins: str
    schedule: Schedule
    answers: dict[str, str]
    wrong: list[str]

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.begins}: {self.answers} → {self.wrong}"


@dataclass
class Races:
    """One world in which seed after seed is lived."""

    world: Any
    store: MemoryStore
    hands: Hands
    looks: "psycopg.Connection[Any]"
    lived: list[Lived] = field(default_factory=list)
    _mine: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        """Both buyers are known and a global was made, so that a seed meets the same world whichever came before it."""
        for who in BUYERS:
            self._in_scope(lambda who=who: self._claim(self.sale(), who, Origin.PORTAL))
        self._calm()
        note = self._in_scope(self.sale)
        self._in_scope(lambda: self._close(note))
        self._calm()

    def live(self, seed: int, *, only: tuple[str, ...] = ()) -> Lived:
        """`only`: these want a note that nobody has, instead of who is drawn."""
        with self.world.clock_stands():
            return self._live(seed, only)

    def _live(self, seed: int, only: tuple[str, ...]) -> Lived:
        fate = Random(f"fate {seed}")
        before = self.at_the_sat()
        note, beside = self._in_scope(self.sale), self._in_scope(self.sale)
        begins = BEGINS[0] if only else fate.choice(BEGINS)
        if begins == "invoiced":
            self._in_scope(lambda: self._claim(note, BUYERS[0], Origin.PORTAL))
        if begins == "in_global":
            self._in_scope(lambda: self._close(note))
        self._calm()
        wishes = list(only) or fate.sample(WISHES, fate.randint(2, MOST))
        if begins == "invoiced" and "cancel" not in wishes and fate.random() < 0.5:
            wishes.append("cancel")
        parting = Random(f"parting {seed}")  # of its own, so that the other seeds stay what they were
        if begins == BEGINS[0] and not only and parting.random() < OFTEN:
            wishes += DIVIDING[: parting.randint(1, 2)]
        schedule = Schedule(seed=seed, hands=self.hands, looks=self.looks)
        acts = {wish: self._scoped(self._act(wish, note)) for wish in wishes}
        for number in range(fate.randint(1, WORKERS)):
            acts[f"worker{number}"] = lambda number=number: self._work(schedule, number)  # type: ignore[misc]
        answers = schedule.run(acts)
        wrong = [f"{who}: {_said(one)}" for who, one in answers.items() if _failed(one)]
        if schedule.deadlocks:
            wrong.append("a deadlock")
        self._end(note)
        wrong += self._in_scope(lambda: self._wrong(note, beside, before))
        one = Lived(seed, begins, schedule, {who: _said(answer) for who, answer in answers.items()}, wrong)
        self.lived.append(one)
        return one

    # ------------------------------------------------------------ who wants it

    def sale(self) -> Ticket:
        from amate.companies.models import Branch
        from amate.sandbox.companies import sell

        number, now = Ticket.objects.count() + 1, self.world.now()
        return sell(branch=Branch.objects.earliest("id"), number=number, sold_at=now - timedelta(minutes=12), now=now)

    def _act(self, wish: str, note: Ticket) -> Callable[[], Any]:
        acts: dict[str, Callable[[], Any]] = {
            "buyer": lambda: self._claim(note, BUYERS[0], Origin.PORTAL),
            "other_buyer": lambda: self._claim(note, BUYERS[1], Origin.PORTAL),
            "counter": lambda: self._claim(note, BUYERS[1], Origin.COUNTER),
            "global": lambda: self._close(note),
            "cancel": lambda: self._cancel(note),
            "correct": lambda: self._correct(note),
            "void": lambda: void_ticket(ticket_id=note.pk, reason="se arrepintió", now=self.world.now()),
            "refund": lambda: self._back(note, "uno", Decimal("10.99")),
            "same_refund": lambda: self._back(note, "uno", Decimal("10.99")),
            "refund_all": lambda: self._back(note, "todo", None),
            "split": lambda: split_ticket(ticket_id=note.pk, division=HALVES, now=self.world.now()),
            "rejoin": lambda: rejoin_ticket(ticket_id=note.pk, now=self.world.now()),
        }
        return acts[wish]

    def _claim(self, note: Ticket, who: Receptor, origin: Origin) -> Invoice:
        return claim_ticket(ticket_id=note.pk, receptor=who, correo="", origin=origin, now=self.world.now())

    def _close(self, note: Ticket) -> list[Invoice]:
        day = note.sold_at.astimezone(zone_of(self.world.shop.branch.cp)).date()
        return close_period(
            branch_id=self.world.shop.branch.pk,
            period=period_of(day, periodicidad="01"),
            seen=None,
            origin=Origin.OFFICE,
            now=self.world.now(),
        )

    def _back(self, note: Ticket, key: str, importe: Decimal | None) -> tuple[Refund, bool]:
        told = Return(external_id=key, reason="no le quedó", tipo_relacion="03", importe=importe)
        return refund_ticket(ticket_id=note.pk, back=told, now=self.world.now())

    def _cancel(self, note: Ticket) -> Any:
        return cancel_invoice(
            invoice_id=self._held(note).document.pk,
            motivo=Motivo.ERRORS,
            reason="ya no",
            asked_by="ana",
            now=self.world.now(),
        )

    def _correct(self, note: Ticket) -> Invoice:
        held = self._held(note)
        return correct_invoice(
            ticket_id=note.pk,
            invoice_id=held.document.pk,
            receptor=BUYERS[held.document.rfc == BUYERS[0].rfc],
            correo="",
            now=self.world.now(),
        )

    def _held(self, note: Ticket) -> Claim:
        held = Claim.objects.live().select_related("invoice", "global_invoice").filter(ticket=note).first()
        if held is None:
            raise NoDocument
        return held  # type: ignore[no-any-return]

    # ------------------------------------------------------------ the workers

    def _work(self, schedule: Schedule, number: int) -> int:
        """Keep what is due as long as anybody may make more of it; answers how much that was."""
        kept = 0
        while True:
            last = schedule.all_others_done("worker")
            due = self._due()
            for promise_id in due:
                self._keep(promise_id, number)
            kept += len(due)
            if not due and last:
                return kept
            if not due:
                seam("idle", idle=True)

    def _due(self) -> list[int]:
        with company_scope(self.world.shop.company.pk):
            owed = Promise.objects.open().exclude(kind__in=NOT_OURS)
            due = owed.filter(next_try_at__lte=self.world.now(), leased_by__isnull=True)
            return list(due.order_by("pk").values_list("pk", flat=True))

    def _keep(self, promise_id: int, number: int = 0) -> None:
        if not hasattr(self._mine, "loop"):
            self._mine.loop, plugs = asyncio.new_event_loop(), self.world.plugs()
            for pac in plugs.pacs:
                pac._line.client.event_hooks = {"request": [_outside]}
            self._mine.acts, self._mine.plugs = handlers(plugs), plugs
        kept = keep(
            company_id=self.world.shop.company.pk,
            promise_id=promise_id,
            worker=number + 1,
            handlers=self._mine.acts,
            clock=self.world.now,
        )
        self._mine.loop.run_until_complete(kept)

    def _put_away(self) -> None:
        if hasattr(self._mine, "loop"):
            self._mine.loop.run_until_complete(self._mine.plugs.aclose())
            self._mine.loop.close()

    def close(self, size: int) -> None:
        for place in range(size):
            self.hands[place].submit(self._put_away).result()

    # ------------------------------------------------------------ the calm after it

    def _end(self, note: Ticket) -> None:
        """What nobody took goes into the global; what that undoes or owes is done too."""
        self._calm()
        for _ in range(3):
            try:
                self._in_scope(lambda: self._close(note))
            except NothingLeft:
                return
            self._calm()

    def _calm(self) -> None:
        for minutes in CALMS:
            if minutes:
                self.world.time_passes(minutes=minutes)
            if not self.hands[0].submit(self._keep_all).result():
                return

    def _keep_all(self) -> int:
        """How much is still owed, for later."""
        while due := self._due():
            for promise_id in due:
                self._keep(promise_id)
        with company_scope(self.world.shop.company.pk):
            return int(Promise.objects.open().exclude(kind__in=NOT_OURS).count())

    def _scoped(self, act: Callable[[], Any]) -> Callable[[], Any]:
        def inside() -> Any:
            with company_scope(self.world.shop.company.pk):
                return act()

        return inside

    def _in_scope(self, act: Callable[[], Any]) -> Any:
        return self.hands[0].submit(self._scoped(act)).result()

    # ------------------------------------------------------------ what must be true

    def at_the_sat(self) -> Decimal:
        """By its own documents: what was invoiced less what was credited, of those that are in force."""
        rows = self.world.pac.admin("documents?limit=100000", None, method="GET")["documents"]
        found = [self._worth(one["uuid"]) for one in rows if one["estado"] == "Vigente"]
        return sum(found, Decimal(0))

    def _worth(self, uuid: str) -> Decimal:
        document = self.store.by_uuid(uuid)
        assert document is not None
        root = etree.fromstring(document.stamped)
        sign = {"I": 1, "E": -1}[root.get("TipoDeComprobante")]
        return sign * Decimal(root.get("Total"))

    def _wrong(self, note: Ticket, beside: Ticket, before: Decimal) -> list[str]:
        wrong = []
        for name, sold in (("note", note), ("other note", beside)):
            if (held := Claim.objects.live().filter(ticket=sold).count()) > 1:
                wrong.append(f"{held} documents hold the {name}")
        due = sum((_left(Ticket.objects.get(pk=one.pk)) for one in (note, beside)), Decimal(0))
        if (told := self.at_the_sat() - before) != due:
            wrong.append(f"the SAT holds {told} of {due}")
        if stuck := list(Invoice.objects.filter(state__in=ON_THE_WAY).values_list("pk", "kind", "state")):
            wrong.append(f"on the way for ever: {stuck}")
        owed = Promise.objects.open().exclude(kind__in=NOT_OURS)
        if stuck := list(owed.values_list("kind", "attempts", "last_error")):
            wrong.append(f"owed for ever: {stuck}")
        for invariant, look in EVERY.items():
            if broken := look(known=[], after=0, at_most=10**6).broken:
                wrong.append(f"{invariant.value}: {broken}")
        return wrong


def _left(ticket: Ticket) -> Decimal:
    """What was sold less what was given back; of a sale that was undone nothing is told to anybody, and of a divided one
    its parts tell it."""
    if ticket.state == Ticket.State.VOID:
        return Decimal(0)
    if ticket.state == Ticket.State.SPLIT:
        return sum((_left(part) for part in parts_of(ticket)), Decimal(0))
    return ticket.total - sum((one.total for one in Refund.objects.filter(ticket=ticket)), Decimal(0))


def _failed(answer: Any) -> bool:
    return isinstance(answer, Exception) and not isinstance(answer, TOLD)


def _said(answer: Any) -> str:
    if _failed(answer):
        return f"{type(answer).__name__}: {answer}"
    if isinstance(answer, NotClaimable):
        return f"{type(answer).__name__} {answer.standing.value}"
    return "done" if not isinstance(answer, Exception) else type(answer).__name__


async def _outside(request: Any) -> None:
    if "/authenticate" not in request.url.path:  # once a client, so not in the same place when a seed is lived again
        seam("the PAC")


def ends(lived: list[Lived]) -> Counter[str]:
    """How often each wish ended how."""
    return Counter(f"{who} {said}" for one in lived for who, said in one.answers.items())

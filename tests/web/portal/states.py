"""Every state in which a visitor of the portal can find a note: how it comes about, and where it then stands.

Each is a generator: it yields whenever the worker must have its turn, so that all of them share the same turns.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from amate.companies.models import Emisor, PortalPolicy
from amate.invoices.models import Invoice, Origin, RefusedBy, State
from amate.self_invoicing.claim import claim_ticket
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.correct import replace_for
from amate.self_invoicing.hold import lock_ticket, void_ticket
from amate.self_invoicing.models import Claim, ReservedCode, Ticket
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.split import Division, split_ticket
from amate.web.portal.visit import Place
from tests.invoices.life import cancel
from tests.people import FISICA, MORAL, receptor_of
from tests.web.portal.buyer import Buyer
from tests.world import World

Way = Iterator[None]
TURNS = 3  # of the worker; what must still be on its way happens after the last


@dataclass
class Stage:
    """One state being made: the note, the browser that will look at it, and what it will type at the door."""

    world: World
    number: int
    in_global: list[Ticket]  # notes of a stamped global that nobody asked for yet
    buyer: Buyer = field(init=False)
    ticket: Ticket = field(init=False)
    code: str = ""
    cents: int = 0
    meanwhile: AbstractContextManager[None] = field(default_factory=nullcontext)  # what holds while it is looked at

    def __post_init__(self) -> None:
        self.buyer = self.somebody()

    def somebody(self) -> Buyer:
        """Another browser of the same network."""
        buyer = Buyer(self.world.shop)
        buyer.client.defaults["REMOTE_ADDR"] = f"198.51.100.{self.number}"  # what one row misses slows no other down
        return buyer

    def note(self, ticket: Ticket | None = None) -> Ticket:
        self.ticket = ticket or self.world.sale()
        self.code, self.cents = self.ticket.code, self.ticket.total_cents
        return self.ticket

    def changes(self, **values: Any) -> None:
        self.world.scoped(lambda: Ticket.objects.filter(pk=self.ticket.pk).update(**values))

    def gets_it(self, buyer: Buyer | None = None, *, keeps_suffix: bool = False) -> None:
        """Asks for it by the pages. With the form of company in the name the SAT refuses it."""
        buyer = buyer or self.buyer
        buyer.opens(self.ticket)
        buyer.gives()
        if keeps_suffix:
            buyer.post("revisar/nombre/", {"conservar": "1"})
        assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")

    def invoice(self) -> Invoice:
        found: Invoice = self.world.scoped(
            lambda: Claim.objects.select_related("invoice").filter(ticket=self.ticket).latest("pk").invoice
        )
        return found

    def asks_to_correct(self, **changed: str) -> None:
        self.buyer.opens(self.ticket)
        self.buyer.post("corregir/", {**MORAL, **changed})
        self.buyer.post("corregir/revisar/")

    @contextmanager
    def while_(self, model: Any, **values: Any) -> Iterator[None]:
        """A switch of the whole company, only while this row is looked at."""
        before = self.world.scoped(lambda: model.objects.values(*values).get())
        self.world.scoped(lambda: model.objects.update(**values))
        try:
            yield
        finally:
            self.world.scoped(lambda: model.objects.update(**before))

    @contextmanager
    def minutes_later(self) -> Iterator[None]:
        self.world.ahead += timedelta(minutes=2)
        yield
        self.world.ahead -= timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Known:
    """`standing` None: no note is found, so no visit begins."""

    name: str
    standing: Standing | None
    place: Place | None
    make: Callable[[Stage], Way]


STATES: dict[str, Known] = {}


def stands(
    standing: Standing | None, place: Place | None
) -> Callable[[Callable[[Stage], Way]], Callable[[Stage], Way]]:
    def keep(make: Callable[[Stage], Way]) -> Callable[[Stage], Way]:
        STATES[make.__name__] = Known(make.__name__, standing, place, make)
        return make

    return keep


# ------------------------------------------------------------ at the door


@stands(None, None)
def mistyped_code(stage: Stage) -> Way:
    stage.note()
    stage.code = stage.code[:-1] + ("2" if stage.code[-1] != "2" else "3")
    yield


@stands(None, None)
def wrong_total(stage: Stage) -> Way:
    stage.note()
    stage.cents += 100
    yield


@stands(None, None)
def not_here_yet(stage: Stage) -> Way:
    stage.code, stage.cents = new_code(), 124_850
    yield


@stands(None, None)
def asked_and_not_here_yet(stage: Stage) -> Way:
    stage.code, stage.cents = new_code(), 124_850
    for _ in range(TURNS):
        yield
    stage.buyer.types(stage.code, "1,248.50")
    stage.buyer.post("reciente/", {**MORAL, "paso": "guardar"})
    assert stage.buyer.last.headers["Location"] == stage.buyer.url("reciente/guardada/")


@stands(None, None)
def a_till_reserved_the_code(stage: Stage) -> Way:
    stage.code, stage.cents = new_code(), 124_850
    stage.world.scoped(
        lambda: ReservedCode.objects.create(
            code=stage.code, source="caja-1", batch=uuid4(), reserved_at=stage.world.now()
        )
    )
    yield


@stands(None, None)
def another_companys(stage: Stage) -> Way:
    stage.note(stage.world.sale(stage.world.other))
    yield


@stands(None, None)
def came_back_after_a_month(stage: Stage) -> Way:
    """With yesterday's cookie and without the note at hand."""
    stage.buyer.opens(stage.note())
    stage.buyer.client.cookies["amate_visita"] = "de-hace-un-mes"
    stage.code, stage.cents = new_code(), 1
    yield


# ------------------------------------------------------------ nobody has it


@stands(Standing.CLAIMABLE, Place.DETAILS)
def fresh(stage: Stage) -> Way:
    stage.note()
    yield


@stands(Standing.CLAIMABLE, Place.DETAILS)
def sold_on_credit(stage: Stage) -> Way:
    stage.note()
    stage.changes(metodo_pago="PPD", forma_pago="99")
    yield


@stands(Standing.CLAIMABLE, Place.DETAILS)
def last_day(stage: Stage) -> Way:
    stage.note()
    for _ in range(TURNS):
        yield
    stage.changes(deadline=stage.world.now() + timedelta(minutes=30))


@stands(Standing.CLAIMABLE, Place.DETAILS)
def the_sat_refused_my_data(stage: Stage) -> Way:
    stage.note()
    stage.gets_it(keeps_suffix=True)
    yield
    assert stage.invoice().refused_by == RefusedBy.RECEIVER


@stands(Standing.CLAIMABLE, Place.DETAILS)
def the_sat_refused_anothers_data(stage: Stage) -> Way:
    stage.note()
    stage.gets_it(stage.somebody(), keeps_suffix=True)
    yield
    assert stage.invoice().refused_by == RefusedBy.RECEIVER


@stands(Standing.CLAIMABLE, Place.DETAILS)
def the_shop_cancelled_mine(stage: Stage) -> Way:
    yield from _cancelled(stage, stage.buyer)


@stands(Standing.CLAIMABLE, Place.DETAILS)
def the_shop_cancelled_anothers(stage: Stage) -> Way:
    yield from _cancelled(stage, stage.somebody())


def _cancelled(stage: Stage, whose: Buyer) -> Way:
    stage.note()
    stage.gets_it(whose)
    yield
    invoice = stage.invoice()
    cancel(stage.world, invoice)
    yield
    yield
    assert stage.world.invoice(invoice).state == State.CANCELLED


@stands(Standing.EXPIRED, Place.NOTICE)
def expired(stage: Stage) -> Way:
    stage.note()
    stage.changes(deadline=stage.world.now() - timedelta(days=10))
    yield


@stands(Standing.EXPIRED, Place.NOTICE)
def expired_and_asked(stage: Stage) -> Way:
    yield from expired(stage)
    for _ in range(TURNS - 1):
        yield
    stage.buyer.opens(stage.ticket)
    stage.buyer.post("ayuda/?asunto=excepcion", {"mensaje": "No pude venir antes", "contacto": "ana@example.com"})
    assert stage.buyer.last.status_code == 302


@stands(Standing.VOID, Place.NOTICE)
def void(stage: Stage) -> Way:
    stage.note()
    stage.world.scoped(lambda: void_ticket(ticket_id=stage.ticket.pk, reason="devuelta", now=stage.world.now()))
    yield


@stands(Standing.SPLIT, Place.PARTS)
def divided(stage: Stage) -> Way:
    stage.note()
    thirds = Division(shares=(Decimal(1),) * 3)
    stage.world.scoped(lambda: split_ticket(ticket_id=stage.ticket.pk, division=thirds, now=stage.world.now()))
    yield


@stands(Standing.LOCKED, Place.NOTICE)
def locked(stage: Stage) -> Way:
    stage.note()
    stage.world.scoped(lambda: lock_ticket(ticket_id=stage.ticket.pk, reason="cobro", now=stage.world.now()))
    yield


@stands(Standing.PORTAL_OFF, Place.NOTICE)
def portal_off(stage: Stage) -> Way:
    stage.note()
    stage.meanwhile = stage.while_(PortalPolicy, enabled=False)
    yield


@stands(Standing.PORTAL_OFF, Place.NOTICE)
def the_sat_suspended_the_shop(stage: Stage) -> Way:
    stage.note()
    stage.meanwhile = stage.while_(Emisor, issuing_suspended=True)
    yield


@stands(Standing.NOT_OFFERED, Place.NOTICE)
def credit_is_not_offered(stage: Stage) -> Way:
    yield from sold_on_credit(stage)
    stage.meanwhile = stage.while_(PortalPolicy, paid_only=True)


# ------------------------------------------------------------ on its way


@stands(Standing.ISSUING, Place.ISSUING)
def mine_is_on_its_way(stage: Stage) -> Way:
    stage.note()
    for _ in range(TURNS):
        yield
    stage.gets_it()


@stands(Standing.ISSUING, Place.ISSUING)
def the_sat_is_slow_with_mine(stage: Stage) -> Way:
    yield from mine_is_on_its_way(stage)
    stage.meanwhile = stage.minutes_later()


@stands(Standing.ISSUING, Place.NOTICE)
def anothers_is_on_its_way(stage: Stage) -> Way:
    stage.note()
    for _ in range(TURNS):
        yield
    stage.gets_it(stage.somebody())


@stands(Standing.HELD_BY_US, Place.ISSUING)
def mine_waits_for_the_shop(stage: Stage) -> Way:
    yield from mine_is_on_its_way(stage)
    _held(stage)


@stands(Standing.HELD_BY_US, Place.NOTICE)
def anothers_waits_for_the_shop(stage: Stage) -> Way:
    yield from anothers_is_on_its_way(stage)
    _held(stage)


def _held(stage: Stage) -> None:
    """As a refusal is recorded that the company must mend."""
    invoice = stage.invoice()
    refused = {"refused_by": RefusedBy.OURS, "refusal_code": "CFDI40138", "refusal": "no"}
    stage.world.scoped(lambda: Invoice.objects.get(pk=invoice.pk).move_to(State.REFUSED, **refused))


# ------------------------------------------------------------ invoiced


@stands(Standing.INVOICED, Place.DONE)
def mine(stage: Stage) -> Way:
    stage.note()
    stage.gets_it()
    yield


@stands(Standing.INVOICED, Place.DONE)
def mine_for_somebody_abroad(stage: Stage) -> Way:
    stage.buyer.opens(stage.note())
    abroad = {"nombre": "Harbor Supplies LLC", "residencia_fiscal": "USA", "num_reg_id_trib": "", "correo": ""}
    stage.buyer.post("datos/extranjero/", abroad)
    stage.buyer.emits()
    yield


@stands(Standing.INVOICED, Place.DONE)
def mine_left_its_global(stage: Stage) -> Way:
    stage.note(stage.in_global.pop())
    stage.gets_it()
    yield


@stands(Standing.INVOICED, Place.DONE)
def mine_that_the_shop_is_cancelling(stage: Stage) -> Way:
    yield from mine(stage)
    for _ in range(TURNS - 1):
        yield
    cancel(stage.world, stage.invoice())


@stands(Standing.INVOICED, Place.DONE)
def mine_whose_correction_the_sat_refused(stage: Stage) -> Way:
    """In the last turn: the PAC's list is the same for everybody."""
    yield from mine(stage)
    yield
    stage.world.pac.admin("lists", {"mode": "strict", "receivers": {}}, method="PUT")
    stage.asks_to_correct(nombre="SURCO DISENO Y ALGO")
    yield
    stage.world.pac.admin("lists", {}, method="PUT")


@stands(Standing.INVOICED, Place.DONE)
def mine_of_a_shop_that_cannot_issue(stage: Stage) -> Way:
    yield from mine(stage)
    stage.meanwhile = stage.while_(Emisor, issuing_suspended=True)


@stands(Standing.INVOICED, Place.DONE)
def mine_whose_correction_the_shop_has(stage: Stage) -> Way:
    """Corrected once already, which is all that goes by itself."""
    yield from mine(stage)
    stage.asks_to_correct(nombre="SURCO DISENO")
    yield
    yield
    stage.asks_to_correct(nombre="SURCO DE DISENO")


@stands(Standing.ISSUING, Place.ISSUING)
def mine_is_being_corrected(stage: Stage) -> Way:
    yield from mine(stage)
    for _ in range(TURNS - 1):
        yield
    stage.asks_to_correct(nombre="SURCO DISENO")


@stands(Standing.INVOICED, Place.DOWNLOAD)
def anothers(stage: Stage) -> Way:
    """Made in the portal, by another buyer or by himself in another browser."""
    stage.note()
    stage.gets_it(stage.somebody())
    yield


@stands(Standing.INVOICED, Place.DOWNLOAD)
def made_at_the_counter(stage: Stage) -> Way:
    stage.note()
    stage.world.scoped(
        lambda: claim_ticket(
            ticket_id=stage.ticket.pk,
            receptor=receptor_of(MORAL),
            correo="",
            origin=Origin.COUNTER,
            now=stage.world.now(),
        )
    )
    yield


@stands(Standing.INVOICED, Place.DOWNLOAD)
def the_shop_corrected_mine_for_another(stage: Stage) -> Way:
    """What he asked for is no longer what the note has: its files are its receiver's."""
    yield from mine(stage)
    invoice = stage.invoice()
    said = {"correo": "", "reason": "era de otra", "asked_by": "ana", "origin": Origin.OFFICE}
    stage.world.scoped(
        lambda: replace_for(
            Invoice.objects.select_related("profile", "branch").get(pk=invoice.pk),
            receptor_of(FISICA),
            now=stage.world.now(),
            **said,
        )
    )
    yield


# ------------------------------------------------------------ in a global


@stands(Standing.AFTER_GLOBAL, Place.DETAILS)
def in_a_global(stage: Stage) -> Way:
    stage.note(stage.in_global.pop())
    yield


@stands(Standing.IN_GLOBAL, Place.NOTICE)
def in_a_global_and_expired(stage: Stage) -> Way:
    stage.note(stage.in_global.pop())
    stage.changes(deadline=stage.world.now() - timedelta(days=10))
    yield


@stands(Standing.IN_GLOBAL, Place.NOTICE)
def in_a_global_and_the_portal_off(stage: Stage) -> Way:
    stage.note(stage.in_global.pop())
    stage.meanwhile = stage.while_(PortalPolicy, enabled=False)
    yield

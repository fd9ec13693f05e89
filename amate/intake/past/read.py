"""The dry run of an upload of CFDI: each file is read once, what is good is staged, and all of it is judged together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from amate.companies.day import day_of
from amate.companies.models import Emisor
from amate.fiscal.catalogs import Catalogs
from amate.intake.formats import FileRefused
from amate.intake.found import Bad, Wrong
from amate.intake.models import Batch
from amate.intake.past.archive import Archive, Listing, Strange, Xml
from amate.intake.past.articles import look_at_past_products
from amate.intake.past.balances import look_at_past_balances
from amate.intake.past.document import NoConcern, NotPast, Past, read_past
from amate.intake.past.forget import forget_past
from amate.intake.past.gaps import Gaps, find_gaps
from amate.intake.past.listing import Listed, listed_in
from amate.intake.past.models import PastCfdi
from amate.intake.past.offers import find_offers
from amate.intake.past.receivers import look_at_receivers
from amate.intake.past.stage import is_same, known_uuids, stage, stage_listed
from amate.intake.past.standing import settle_standing
from amate.intake.spool import raw_file
from amate.intake.told import Told

CHUNK = 500
LISTED_AT_ONCE = 2000
OFTEN = 250

NOTHING = "No trae ningún CFDI que tu empresa haya emitido: revisa que el ZIP tenga los XML"
NO_EMISOR = "Primero di con qué RFC factura tu empresa, en Ajustes › Empresa: solo entran sus facturas"
OTHERWISE = "Otro archivo trae el mismo folio fiscal ({}) con otro contenido: deja solo el original"
LINE = "El renglón {} no es de la metadata del SAT: descárgala otra vez"


@dataclass(slots=True)
class _Reading:
    """`errors` of files, `left_out`: payroll and transfers, `again`: that came before or twice."""

    batch: Batch
    emisor: str
    told: Told
    waiting: dict[UUID, tuple[int, str, Past]] = field(default_factory=dict)
    listed: list[Listed] = field(default_factory=list)
    left_out: int = 0
    lines: int = 0

    def bad(self, row: int, name: str, sentence: str) -> None:
        self.told.bad(Bad(row, 1, (Wrong(row, name, sentence),)))

    def take(self, one: Xml) -> None:
        try:
            past = read_past(one.content, emisor=self.emisor)
        except NotPast as why:
            self.bad(one.number, one.name, str(why))
            return
        except NoConcern:
            self.left_out += 1
            return
        if past.uuid in self.waiting:
            self.flush()
        self.waiting[past.uuid] = (one.number, one.name, past)
        if len(self.waiting) >= CHUNK:
            self.flush()

    def take_listing(self, one: Listing) -> None:
        for line in listed_in(one.path):
            if isinstance(line, int):
                self.bad(one.number, one.name, LINE.format(line))
            elif line.emisor == self.emisor:
                self.lines += 1
                self.listed.append(line)
                if len(self.listed) >= LISTED_AT_ONCE:
                    self.flush_listed()
        self.flush_listed()

    def flush(self) -> None:
        known = known_uuids(list(self.waiting))
        fresh = [(row, past) for uuid, (row, _, past) in self.waiting.items() if uuid not in known]
        made = stage(self.batch, fresh)
        self.told.counts.new += len(made)
        for uuid, (row, name, past) in self.waiting.items():
            if uuid in made:
                continue
            if uuid in known or is_same(self.batch, past):
                self.told.counts.repeated += 1
            else:
                self.bad(row, name, OTHERWISE.format(str(uuid).upper()))
        self.waiting = {}

    def flush_listed(self) -> None:
        stage_listed(self.batch, self.listed)
        self.listed = []


def read_past_batch(*, batch: Batch, catalogs: Catalogs, tell: Callable[[int], None], now: datetime) -> None:
    """Ends in READ or REFUSED."""
    told = Told()
    try:
        told.more = _read(batch, told, catalogs=catalogs, tell=tell, now=now)
    except FileRefused as refused:
        forget_past(batch_ids=[batch.pk])
        batch.now_in(Batch.State.REFUSED, now=now, fault=refused.message, progress=0)
        batch.pieces.all().delete()
        return
    batch.now_in(Batch.State.READ, now=now, progress=0, fault="", skip_bad=False, **told.facts())


def _read(
    batch: Batch, told: Told, *, catalogs: Catalogs, tell: Callable[[int], None], now: datetime
) -> dict[str, Any]:
    emisor = Emisor.objects.values_list("rfc", flat=True).first()
    if not emisor:
        raise FileRefused(NO_EMISOR)
    reading = _Reading(batch, emisor, told)
    with raw_file(batch) as path:
        archive = Archive(path)
        for place, one in enumerate(archive.found()):
            if isinstance(one, Xml):
                reading.take(one)
            elif isinstance(one, Strange):
                reading.bad(one.number, one.name, one.sentence)
            else:
                reading.take_listing(one)
            if place % OFTEN == OFTEN - 1:
                tell(min(archive.files * 90 // max(archive.expected, 1), 90))
    reading.flush()
    if not told.counts.new and not told.counts.repeated and not told.counts.bad:
        raise FileRefused(NOTHING)
    told.counts.rows = archive.files
    unread = told.counts.bad
    settle_standing(batch)
    gaps = Gaps(batch)
    customers = look_at_receivers(batch=batch, catalogs=catalogs, told=told, now=now)
    products = look_at_past_products(batch=batch, catalogs=catalogs, day=day_of(now))
    balances = look_at_past_balances(batch=batch, told=told, nobody=customers.nobody, note=gaps.note, now=now)
    find_gaps(batch=batch, note=gaps.note)
    gaps.flush()
    told.counts.total = balances.counts.total
    return {
        **_kinds(batch),
        "customers": customers.told.counts.new,
        "customers_changed": customers.told.counts.changed,
        "products": products.counts.new,
        "products_left": products.counts.bad,
        "balances": balances.counts.new,
        "balances_repeated": balances.counts.repeated,
        "offers": find_offers(batch=batch),
        "gaps": dict(gaps.counts),
        "all_gaps": gaps.counts.total(),
        "left_out": reading.left_out,
        "others": archive.others,
        "listed": reading.lines,
        "unread": unread,
    }


def _kinds(batch: Batch) -> dict[str, int]:
    rows = PastCfdi.objects.filter(batch=batch)
    of = {tipo: rows.filter(tipo=tipo).count() for tipo in "IEP"}
    return {"invoices": of["I"], "notes": of["E"], "reps": of["P"], "cancelled": rows.filter(cancelled=True).count()}

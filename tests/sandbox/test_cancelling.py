"""Cancellation at the simulated SAT without HTTP: what it answers, what it keeps, and how it counts days."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from lxml import etree

from amate.adapters.pac.sat_status import StatusQuery
from amate.fiscal.acuse import read_acuse
from amate.fiscal.cancelacion import Motivo, answer_request, cancel_request
from amate.sandbox.mint import World, mint_world
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.state import Document, MemoryStore
from amate.sandbox.pac.status import Told
from tests.sandbox.documents import CFDI, draft, egreso, open_pair, pago, related, seal_tree

MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)  # noon in Mexico City
LARGE = 100_000


@dataclass
class Table:
    """A desk of its own with a clock that the test moves; `now` aware."""

    world: World
    now: datetime = MONDAY
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.world, MemoryStore(), lambda: self.now)

    def stamp(self, root: etree._Element, *, role: str = "moral") -> Document:
        stamping = self.desk.stamp(seal_tree(root, open_pair(self.world.csds[role])), customid="")
        assert stamping.document is not None
        return stamping.document

    def invoice(self, *, cents: int = LARGE, folio: str = "1", role: str = "moral") -> Document:
        return self.stamp(draft(now=self.now, role=role, folio=folio, cents=cents), role=role)

    def request(
        self, document: Document | str, *, motivo: str = "02", substitute: Document | None = None, role: str = "moral"
    ) -> bytes:
        uuid = document if isinstance(document, str) else document.uuid
        return cancel_request(
            uuid=UUID(uuid),
            motivo=motivo,  # type: ignore[arg-type]
            sustitucion=None if substitute is None else UUID(substitute.uuid),
            csd=open_pair(self.world.csds[role]),
            fecha=self.now.replace(tzinfo=None),
        )

    def cancel(self, document: Document | str, **how: object) -> str:
        answered = self.desk.cancel(self.request(document, **how))  # type: ignore[arg-type]
        (code,) = answered.codes.values()
        return code

    def told(self, document: Document) -> Told:
        return self.desk.tell(query(document).expression)

    def stands(self, document: Document) -> tuple[str, str, str]:
        standing = self.told(document).standing
        return standing.estado, standing.es_cancelable, standing.estatus_cancelacion

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


def query(document: Document) -> StatusQuery:
    return StatusQuery(
        uuid=UUID(document.uuid),
        rfc_emisor=document.rfc_emisor,
        rfc_receptor=document.rfc_receptor,
        total=Decimal(document.total),
        sello=document.sello,
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Its certificates are of a fixed day, as the days of these tests are."""
    minted_on = datetime(2026, 11, 1, tzinfo=UTC)
    return mint_world(tmp_path_factory.mktemp("dated") / "world", now=minted_on, ca_key_size=2048)


@pytest.fixture
def table(world: World) -> Table:
    return Table(world)


ALONE = ("Vigente", "Cancelable sin aceptación", "")
WITH = ("Vigente", "Cancelable con aceptación", "")


# ------------------------------------------------------------ who must accept


def test_a_fresh_invoice_is_cancelled_at_once(table: Table) -> None:
    document = table.invoice()
    assert table.stands(document) == ALONE
    assert table.cancel(document) == "201"
    assert table.stands(document) == ("Cancelado", "", "Cancelado sin aceptación")
    assert table.cancel(document) == "202"


def test_the_next_working_day_is_the_last_one_without_acceptance(table: Table) -> None:
    table.now = datetime(2026, 11, 13, 18, tzinfo=UTC)  # a Friday before a Monday that is a holiday
    document = table.invoice()
    table.pass_days(4.4)  # Tuesday night
    assert table.stands(document) == ALONE
    table.pass_days(0.2)
    assert table.stands(document) == WITH


def test_up_to_a_thousand_pesos_nobody_has_to_accept(table: Table) -> None:
    small, large = table.invoice(cents=43_103), table.invoice(cents=43_104, folio="2")
    assert (Decimal(small.total), Decimal(large.total)) == (Decimal("1000.00") - Decimal("0.01"), Decimal("1000.01"))
    table.pass_days(7)
    assert (table.stands(small), table.stands(large)) == (ALONE, WITH)


def test_pesos_decide_also_in_dollars(table: Table) -> None:
    root = draft(now=table.now, cents=5_000)
    root.set("Moneda", "USD")
    root.set("TipoCambio", "18.5")
    document = table.stamp(root)
    table.pass_days(7)
    assert table.stands(document) == WITH


def test_a_credit_note_needs_nobody(table: Table) -> None:
    invoice = table.invoice()
    note = table.stamp(egreso(invoice.uuid, now=table.now, cents=90_000))
    table.pass_days(7)
    assert table.stands(note) == ALONE


def test_a_payment_always_needs_its_receiver(table: Table) -> None:
    paid = table.stamp(pago(table.invoice(cents=10_000).uuid, now=table.now))
    assert table.stands(paid) == WITH
    assert table.cancel(paid) == "201"
    assert table.stands(paid) == ("Vigente", "Cancelable con aceptación", "En proceso")


def test_the_public_accepts_nothing(table: Table) -> None:
    root = draft(now=table.now, cents=LARGE)
    receptor = root.find(f"{{{CFDI}}}Receptor")
    assert receptor is not None
    for name, value in (
        ("Rfc", "XAXX010101000"),
        ("Nombre", "JUAN PEREZ"),
        ("DomicilioFiscalReceptor", "06000"),
        ("RegimenFiscalReceptor", "616"),
        ("UsoCFDI", "S01"),
    ):
        receptor.set(name, value)
    document = table.stamp(root)
    table.pass_days(30)
    assert table.stands(document) == ALONE


# ------------------------------------------------------------ the receiver


@pytest.fixture
def waiting(table: Table) -> tuple[Table, Document]:
    document = table.invoice()
    table.pass_days(4)
    assert table.cancel(document) == "201"
    assert table.stands(document) == ("Vigente", "Cancelable con aceptación", "En proceso")
    return table, document


def test_three_working_days_of_silence_accept(waiting: tuple[Table, Document]) -> None:
    table, document = waiting
    before = table.now
    table.desk.advance_acceptance(working_days=2)
    assert table.stands(document)[2] == "En proceso"
    table.desk.advance_acceptance(working_days=1)
    assert table.stands(document) == ("Cancelado", "", "Plazo vencido")
    assert table.now == before
    assert table.desk.pending("MCI7306249Y1") == []


def test_the_pacs_own_clock_counts_too(waiting: tuple[Table, Document]) -> None:
    table, document = waiting  # asked on Friday, so the third working day ends on Wednesday night
    table.pass_days(5)
    assert table.stands(document)[2] == "En proceso"
    table.pass_days(1)
    assert table.stands(document)[2] == "Plazo vencido"


def test_days_that_an_admin_took_do_not_count(table: Table) -> None:
    table.desk.load_lists({"closed": [f"2026-{day}" for day in ("11-30", "12-01", "12-02", "12-03", "12-04")]})
    document = table.invoice()
    table.pass_days(4)
    table.cancel(document)
    table.pass_days(12)
    assert table.stands(document)[2] == "En proceso"
    table.pass_days(1)
    assert table.stands(document)[2] == "Plazo vencido"


@pytest.mark.parametrize(
    ("attitude", "stands"),
    [
        ("accept", ("Cancelado", "", "Cancelado con aceptación")),
        ("reject", ("Vigente", "Cancelable con aceptación", "Solicitud rechazada")),
        ("silent", ("Vigente", "Cancelable con aceptación", "En proceso")),
    ],
)
def test_he_decides_at_the_simulators_table(
    waiting: tuple[Table, Document], attitude: str, stands: tuple[str, str, str]
) -> None:
    table, document = waiting
    assert [one.uuid for one in table.desk.pending("MCI7306249Y1")] == [document.uuid]
    assert table.desk.play(document.uuid, attitude) == stands[2]
    assert table.stands(document) == stands


def test_after_a_no_it_may_be_asked_again(waiting: tuple[Table, Document]) -> None:
    table, document = waiting
    table.desk.play(document.uuid, "reject")
    table.desk.advance_acceptance(working_days=10)
    assert table.stands(document)[2] == "Solicitud rechazada"
    assert table.cancel(document) == "201"
    table.desk.play(document.uuid, "accept")
    assert table.stands(document)[2] == "Cancelado con aceptación"


def test_a_request_in_process_is_not_doubled(waiting: tuple[Table, Document]) -> None:
    table, document = waiting
    assert table.cancel(document) == "202"


def test_an_attitude_answers_requests_to_come(table: Table) -> None:
    table.desk.set_attitude("MCI7306249Y1", "accept")
    one = table.invoice()
    table.pass_days(4)
    table.cancel(one)
    assert table.stands(one)[2] == "Cancelado con aceptación"
    table.desk.set_attitude("MCI7306249Y1", "silent")
    other = table.invoice(folio="2")
    table.pass_days(4)
    table.cancel(other)
    assert table.stands(other)[2] == "En proceso"


# ------------------------------------------------------------ our company as receiver


def to_us(table: Table) -> Document:
    """Issued by the física to our moral, and cancelled by her."""
    root = draft(now=table.now, role="fisica", cents=LARGE)
    receptor = root.find(f"{{{CFDI}}}Receptor")
    assert receptor is not None
    receptor.set("Rfc", "CEA210315XX4")
    receptor.set("Nombre", "CAFETERIA EL AMATE")
    document = table.stamp(root, role="fisica")
    table.pass_days(4)
    assert table.cancel(document, role="fisica") == "201"
    return document


def answers(table: Table, uuid: str, *, accept: bool, role: str = "moral") -> str:
    signed = answer_request(
        uuid=UUID(uuid),
        accept=accept,
        rfc_pac="LSO1306189R5",
        csd=open_pair(table.world.csds[role]),
        fecha=table.now.replace(tzinfo=None),
    )
    (code,) = table.desk.answer(signed).codes.values()
    return code


@pytest.mark.parametrize(("accept", "status"), [(True, "Cancelado con aceptación"), (False, "Solicitud rechazada")])
def test_we_answer_with_our_own_signature(table: Table, accept: bool, status: str) -> None:
    document = to_us(table)
    assert [one.uuid for one in table.desk.pending("CEA210315XX4")] == [document.uuid]
    assert answers(table, document.uuid, accept=accept) == "1000"
    assert table.stands(document)[2] == status
    assert table.desk.pending("CEA210315XX4") == []
    assert answers(table, document.uuid, accept=accept) == "1002"


def test_nobody_answers_for_another(table: Table) -> None:
    document = to_us(table)
    assert answers(table, document.uuid, accept=True, role="enie") == "1001"
    assert answers(table, str(uuid4()), accept=True) == "1001"
    table.desk.advance_acceptance(working_days=3)
    assert answers(table, document.uuid, accept=False) == "1001"


# ------------------------------------------------------------ what the SAT refuses


def test_what_it_does_not_know_is_205(table: Table) -> None:
    assert table.cancel(str(uuid4())) == "205"
    document = table.invoice()
    table.desk.sat_lag = 60
    assert table.cancel(document) == "205"
    assert table.told(document).codigo.startswith("N - 602")
    table.now += timedelta(seconds=60)
    assert table.cancel(document) == "201"


def test_another_companys_document_is_203(table: Table) -> None:
    assert table.cancel(table.invoice(), role="fisica") == "203"


def test_live_payments_and_notes_hold_an_invoice(table: Table) -> None:
    invoice = table.invoice()
    paid = table.stamp(pago(invoice.uuid, now=table.now))
    note = table.stamp(egreso(invoice.uuid, now=table.now))
    assert table.stands(invoice)[1] == "No cancelable"
    assert table.cancel(invoice) == "204"
    assert table.cancel(note) == "201"
    assert table.cancel(invoice) == "204"
    assert table.cancel(paid) == "201"
    assert table.cancel(invoice) == "204"  # the payment still waits for its receiver
    table.desk.play(paid.uuid, "accept")
    assert table.stands(invoice) == ALONE
    assert table.cancel(invoice) == "201"


def substitute_of(table: Table, *documents: Document, tipo: str = "04", role: str = "moral") -> Document:
    root = draft(now=table.now, folio="S1", cents=LARGE, role=role)
    return table.stamp(related(root, *(one.uuid for one in documents), tipo=tipo), role=role)


def test_a_substitute_does_not_hold_the_one_it_replaces(table: Table) -> None:
    invoice = table.invoice()
    substitute = substitute_of(table, invoice)
    assert table.stands(invoice) == ALONE
    assert table.cancel(invoice) == "204"  # without naming it
    assert table.cancel(invoice, motivo="01", substitute=substitute) == "201"
    assert table.stands(invoice)[0] == "Cancelado"
    assert table.stands(substitute) == ALONE


def test_a_substitute_must_be_ours_live_and_related(table: Table) -> None:
    invoice, other = table.invoice(), table.invoice(folio="2")
    assert table.cancel(invoice, motivo="01", substitute=other) == "212"
    by_note = substitute_of(table, invoice, tipo="02")
    assert table.cancel(invoice, motivo="01", substitute=by_note) == "212"
    stranger = table.invoice(role="fisica", folio="3")
    assert table.cancel(invoice, motivo="01", substitute=stranger) == "208"
    table.cancel(by_note)
    assert table.cancel(invoice, motivo="01", substitute=by_note) == "208"
    gone = replace(other, uuid=str(uuid4()).upper())
    assert table.cancel(invoice, motivo="01", substitute=gone) == "208"


def signed_anew(table: Table, xml: bytes, change: Callable[[etree._Element], None]) -> bytes:
    """A request our own writer refuses to make, signed by satcfdi."""
    from satcfdi.create.cancela.cancelacion import Cancelacion, Folio
    from satcfdi.models import Signer

    pair = table.world.csds["moral"]
    signer = Signer.load(certificate=pair.cer, key=pair.key, password=pair.password)
    folio = etree.fromstring(xml).find("{*}Folios/{*}Folio")
    assert folio is not None
    change(folio)
    said = Folio(str(folio.get("UUID")), str(folio.get("Motivo")), folio.get("FolioSustitucion"))
    return bytes(Cancelacion(signer, said, fecha=table.now.replace(tzinfo=None)).xml_bytes())


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("Motivo", "05", "207"),
        ("Motivo", "01", "208"),
        ("FolioSustitucion", "29983e50-d2f7-4fb9-9264-ad791764c47c", "209"),
    ],
)
def test_what_our_own_writer_never_asks_is_refused_too(table: Table, attribute: str, value: str, code: str) -> None:
    signed = signed_anew(table, table.request(table.invoice()), lambda folio: folio.set(attribute, value))
    assert list(table.desk.cancel(signed).codes.values()) == [code]


def test_after_the_month_of_the_annual_return_it_is_late(table: Table) -> None:
    moral, fisica = table.invoice(), table.invoice(role="fisica", folio="2")
    table.now = datetime(2027, 4, 1, 5, tzinfo=UTC)  # 31 March, 23:00
    assert table.stands(moral)[1] == "Cancelable con aceptación"
    table.now += timedelta(hours=1)
    assert table.stands(moral)[1] == "No cancelable"
    assert table.cancel(moral) == "210"
    assert table.cancel(fisica, role="fisica") == "201"


def test_a_global_of_resico_has_its_own_last_day_and_its_own_code(table: Table) -> None:
    """RMF 3.13.29: the end of April of a natural person, 211; what else he issued is late as always, 210."""
    table.now = datetime(2026, 11, 30, 18, tzinfo=UTC)
    root = draft(now=table.now, role="fisica", cents=LARGE)
    emisor = root.find(f"{{{CFDI}}}Emisor")
    assert emisor is not None
    emisor.set("RegimenFiscal", "626")
    receptor = root.find(f"{{{CFDI}}}Receptor")
    assert receptor is not None
    for name, value in (
        ("Rfc", "XAXX010101000"),
        ("Nombre", "PUBLICO EN GENERAL"),
        ("DomicilioFiscalReceptor", str(root.get("LugarExpedicion"))),
        ("RegimenFiscalReceptor", "616"),
        ("UsoCFDI", "S01"),
    ):
        receptor.set(name, value)
    period = etree.Element(f"{{{CFDI}}}InformacionGlobal", {"Periodicidad": "01", "Meses": "11", "Año": "2026"})
    root.insert(0, period)
    glob = table.stamp(root, role="fisica")
    own = table.invoice(role="fisica", folio="2")
    table.now = datetime(2027, 5, 1, 5, tzinfo=UTC)  # 30 April, 23:00
    assert table.stands(glob)[1] == "Cancelable sin aceptación"
    table.now += timedelta(hours=1)
    assert table.stands(glob)[1] == "No cancelable"
    assert table.cancel(glob, role="fisica") == "211"
    assert table.cancel(own, role="fisica") == "210"


def test_what_the_primary_sector_issued_is_206(table: Table) -> None:
    document = table.invoice()
    table.desk.load_lists({"primary_sector": ["CEA210315XX4"]})
    assert table.cancel(document) == "206"
    assert table.stands(document) == ALONE
    table.desk.load_lists({})
    assert table.cancel(document) == "201"


def test_each_cancelled_document_has_an_acuse_that_names_it(table: Table) -> None:
    document = table.invoice()
    answered = table.desk.cancel(table.request(document))
    acuse = read_acuse(answered.acuse)
    assert (acuse.rfc, acuse.codes) == ("CEA210315XX4", {UUID(document.uuid): "201"})
    kept = table.desk.store.cancellation(document.uuid)
    assert kept is not None
    assert kept.acuse == answered.acuse
    assert b"SIN VALIDEZ FISCAL" in answered.acuse


# ------------------------------------------------------------ the request itself


def refused(table: Table, signed: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        table.desk.cancel(signed)
    return refusal.value.code


def test_a_bad_request_is_refused_whole(table: Table) -> None:
    signed = table.request(table.invoice())
    assert refused(table, b"<nada/>") == "301"
    assert refused(table, signed[:300]) == "301"
    assert refused(table, signed.replace(b' Fecha="', b' Dia="')) == "301"
    said = table.now.replace(tzinfo=None).isoformat(timespec="seconds").encode()
    assert signed.count(b'Fecha="' + said) == 1, "local time, without a zone"
    for wrong in (b"", b"ayer", said[:10] + b"T25:00:00", said + b"Z"):
        assert refused(table, signed.replace(said, wrong)) == "301", wrong
    assert refused(table, signed.replace(said, said[:-2] + b"59")) == "302", "it is part of what was signed"
    assert refused(table, signed.replace(b'Motivo="02"', b'Motivo="03"')) == "302"
    assert refused(table, signed.replace(b"<SignatureValue>", b"<SignatureValue>AA")) == "302"
    assert refused(table, signed.replace(b"rsa-sha1", b"rsa-sha256")) == "302"
    assert refused(table, signed.replace(b"<X509Certificate>", b"<X509Certificate>AAAA")) == "305"


@pytest.mark.parametrize(("role", "code"), [("lookalike", "305"), ("fiel", "310"), ("expired", "304")])
def test_the_certificate_is_looked_at(table: Table, role: str, code: str) -> None:
    assert refused(table, table.request(table.invoice(), role=role)) == code


def test_a_revoked_csd_cancels_nothing(table: Table) -> None:
    document = table.invoice()
    table.desk.load_lists({"revoked": [table.world.csds["moral"].no_certificado]})
    assert refused(table, table.request(document)) == "304"


def test_a_signature_of_another_is_303(table: Table) -> None:
    document = table.invoice()
    csd = open_pair(table.world.csds["fisica"])
    other = _Borrowed(csd, "CEA210315XX4")
    signed = cancel_request(
        uuid=UUID(document.uuid),
        motivo=_motivo("02"),
        sustitucion=None,
        csd=other,  # type: ignore[arg-type]
        fecha=table.now.replace(tzinfo=None),
    )
    assert refused(table, signed) == "303"


def _motivo(text: str) -> Motivo:
    return text  # type: ignore[return-value]


class _Borrowed:
    """Somebody's certificate and key under another's RFC."""

    def __init__(self, csd: object, rfc: str) -> None:
        self._csd = csd
        self.rfc = rfc

    def __getattr__(self, name: str) -> object:
        return getattr(self._csd, name)


# ------------------------------------------------------------ the status service


def test_it_matches_the_document_word_for_word(table: Table) -> None:
    document = table.invoice(role="ampersand")
    assert "H&amp;T190520XX0" in query(document).expression
    assert table.told(document).codigo.startswith("S -")
    other = query(document)
    for changed in (
        replace(other, total=other.total + Decimal("0.01")),
        replace(other, rfc_receptor="XAXX010101000"),
        replace(other, sello="x" * 8),
        replace(other, uuid=uuid4()),
    ):
        assert table.desk.tell(changed.expression).codigo.startswith("N - 602")
    without_fe = other.expression.partition("&fe=")[0]
    assert table.desk.tell(without_fe).codigo.startswith("S -")


@pytest.mark.parametrize(
    "expression", ["", "re=A", "?re=A&rr=B&tt=1.0", "?re=A&rr=B&tt=x&id=C", "?re=A&re=B&rr=C&tt=1&id=D"]
)
def test_a_bad_expression_is_601(table: Table, expression: str) -> None:
    assert table.desk.tell(expression).codigo.startswith("N - 601")


def test_a_listed_issuer_is_told(table: Table) -> None:
    document = table.invoice()
    assert table.told(document).efos == "200"
    table.desk.load_lists({"efos": ["CEA210315XX4"]})
    assert table.told(document).efos == "100"


def test_an_answer_may_be_given_and_nothing_done(table: Table) -> None:
    document = table.invoice()
    assert list(table.desk.cancel(table.request(document), done=False).codes.values()) == ["201"]
    assert table.stands(document) == ALONE

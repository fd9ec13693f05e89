"""Pagos in the back office: what a person types, uploads and confirms, from end to end."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amate.access.models import Membership, Role
from amate.billing_cycle.reconciliation.bank_accounts import keep_bank_account
from amate.billing_cycle.reconciliation.models import BankFile, BankLine, LearnedOrigin, ReportedPayment
from amate.billing_cycle.reconciliation.report_payment import report_payment
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.ledger.models import Payment, Receivable
from amate.ledger.queries import balance_of
from amate.ledger.references import clabe_digit, customer_reference
from amate.ledger.reverse import NotReversible
from amate.web.backoffice.payments import bank_files, payment
from tests.billing_cycle.reconciliation.statements import bbva
from tests.ledger.hands import charged, customer, d, pays
from tests.web.office.desk import Office
from tests.world import World

FROM = "01418000000000001" + clabe_digit("01418000000000001")


class Till:
    """Rosa owes 349.00, and the company has an account at a bank."""

    def __init__(self, world: World, office: Office) -> None:
        self.world, self.office = world, office
        self.today: date = world.scoped(lambda: day_of(world.now()))
        self.rosa: Customer
        self.rosa, self.debt, self.bank = world.scoped(self._begin)

    def _begin(self) -> tuple[Customer, Receivable, Any]:
        rosa = customer("Rosa Pérez Luna")
        bank = keep_bank_account(account=None, name="BBVA", bank="bbva", clabe="", now=self.world.now())
        return rosa, charged(rosa, "p:1", 349), bank

    def post(self, path: str, **said: Any) -> Any:
        return self.world.inside(lambda: self.office.client.post(self.world.shop.office + path, said))

    def owes(self) -> Any:
        return self.world.scoped(lambda: balance_of(self.rosa.pk, as_of=self.today))

    def see(self, look: Callable[[], Any]) -> Any:
        return self.world.scoped(look)

    def types(self, **said: Any) -> Any:
        facts = {
            "cliente": self.rosa.pk, "marca": "abc", "importe": "349.00", "dia": self.today.isoformat(),
            "forma_pago": "01", "cuenta": "caja", "referencia": "", "nota": "",
        }  # fmt: skip
        return self.post("pagos/nuevo/", **{**facts, **said})

    def uploads(self, content: bytes, name: str = "marzo.txt") -> Any:
        return self.post("pagos/bancos/", cuenta=self.bank.pk, archivo=SimpleUploadedFile(name, content))


@pytest.fixture
def till(world: World, office: Office) -> Till:
    return Till(world, office)


def test_a_payment_is_typed_once_and_asked_about_when_it_looks_like_another(till: Till) -> None:
    page = till.office.text("pagos/nuevo/", q="rosa")
    assert f"?cliente={till.rosa.pk}" in page
    assert "faltan <b>$349.00</b>" in till.office.text("pagos/nuevo/", cliente=str(till.rosa.pk))
    first, second = till.types(), till.types()
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert till.owes() == 0
    again = till.types(marca="otra")
    assert again.status_code == 422
    assert "Si es otro, confírmalo" in again.content.decode()
    assert till.types(marca="otra", otro="on").status_code == 302
    assert "Quedan $349.00 a su favor" in till.office.text("pagos/")
    assert till.owes() == d(-349)


def test_a_mistake_stays_on_the_page_and_nothing_is_registered(till: Till) -> None:
    answer = till.types(importe="0")
    assert answer.status_code == 422
    assert "Escribe cuánto se pagó" in answer.content.decode()
    assert till.see(Payment.objects.count) == 0


def test_a_statement_is_looked_through_booked_and_its_rest_confirmed(till: Till) -> None:
    ours = customer_reference(till.rosa.number)
    content = bbva(
        [(till.today, f"SPEI {ours}", 100), (till.today, f"SPEI DE ROSA PEREZ {FROM}", 249), (till.today, "X", -5)]
    )
    path = till.uploads(content)["Location"].removeprefix(till.world.shop.office)
    page = till.office.text(path)
    assert "Aplicar 2 depósitos" in page
    assert "Rosa Pérez Luna" in page
    assert till.see(BankLine.objects.count) == 0
    till.post(path + "aplicar/")
    assert "Estamos aplicando" in till.office.text(path)
    till.world.settle()
    assert till.owes() == d(249)
    queue = till.office.text("pagos/por-conciliar/")
    assert "Su nombre está en el movimiento" in queue or "Debe exactamente este importe" in queue
    line = till.see(lambda: BankLine.objects.get(state="waiting"))
    assert "Es de Rosa Pérez Luna" in till.office.text(f"pagos/depositos/{line.pk}/")
    till.post(f"pagos/depositos/{line.pk}/", acto="cliente", cliente=till.rosa.pk)
    assert (till.owes(), till.see(lambda: LearnedOrigin.objects.get().origin)) == (0, FROM)
    assert "Todo conciliado" in till.office.text("pagos/por-conciliar/")
    assert FROM in till.office.text(f"pagos/clientes/{till.rosa.pk}/")


def test_a_deposit_is_shared_out_or_left_and_may_come_back(till: Till) -> None:
    luis = till.see(lambda: customer("Luis Soto"))
    path = till.uploads(bbva([(till.today, "DOS", 400), (till.today, "TRASPASO", 9)]))["Location"]
    till.post(path.removeprefix(till.world.shop.office) + "aplicar/")
    till.world.settle()
    two, own = till.see(lambda: list(BankLine.objects.order_by("id")))
    parts = {"acto": "repartir", "numero-1": till.rosa.number, "parte-1": "349", "numero-2": luis.number}
    wrong = till.post(f"pagos/depositos/{two.pk}/", **parts, **{"parte-2": "50"})
    assert wrong.status_code == 422
    assert "suman $399.00" in wrong.content.decode()
    halves = till.post(f"pagos/depositos/{two.pk}/", **{**parts, "parte-1": "349.005"}, **{"parte-2": "50.995"})
    assert (halves.status_code, "pesos y centavos" in halves.content.decode()) == (422, True)
    assert till.post(f"pagos/depositos/{two.pk}/", **parts, **{"parte-2": "51"}).status_code == 302
    assert till.owes() == 0
    till.post(f"pagos/depositos/{own.pk}/", acto="dejar", motivo="Es nuestro")
    assert "Es nuestro" in till.office.text(f"pagos/depositos/{own.pk}/")
    till.post(f"pagos/depositos/{own.pk}/", acto="regresar")
    assert till.see(lambda: BankLine.objects.get(pk=own.pk).state) == "waiting"


def test_an_unknown_table_asks_for_its_columns_once(till: Till) -> None:
    content = "Fecha operada,Qué dice,Entró,Salió\n01/03/2026,SPEI 1,349.00,\n02/03/2026,Comisión,,5.00\n".encode()
    asks = till.uploads(content, "raro.csv")["Location"].removeprefix(till.world.shop.office)
    assert asks.endswith("/columnas/")
    assert "Así empieza tu archivo" in till.office.text(asks)
    named = {"dia": "Fecha operada", "formato": "DD/MM/YYYY", "texto": "Qué dice", "deposito": "Entró"}
    assert till.post(asks, **{**named, "dia": "Entró"}).status_code == 422
    assert till.post(asks, **named, retiro="Salió").status_code == 302
    assert "Aplicar 1 depósito" in till.office.text(asks.removesuffix("columnas/"))
    assert till.uploads(content, "otro.csv")["Location"].count("columnas") == 0


def test_a_workbook_is_read_and_a_picture_is_refused(till: Till, tmp_path: Any) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "m.xlsx")
    sheet = book.add_worksheet()
    for n, cells in enumerate(
        [["Día", "Concepto / Referencia", "Cargo", "Abono", "Saldo"], ["2026-03-01", "SPEI", "", 349, 1]]
    ):
        sheet.write_row(n, 0, cells)
    book.close()
    path = till.uploads((tmp_path / "m.xlsx").read_bytes(), "m.xlsx")["Location"]
    assert "Aplicar 1 depósito" in till.office.text(path.removeprefix(till.world.shop.office))
    refused = till.uploads(b"\x89PNG\r\n\x1a\n\x00\x00", "foto.png")
    assert refused.status_code == 422
    assert till.see(BankFile.objects.count) == 1


def test_what_a_customer_tells_is_confirmed_or_not_found(till: Till) -> None:
    def tell(amount: int) -> int:
        return report_payment(
            customer_id=till.rosa.pk, amount=d(amount), paid_on=till.today, how="03", reference="A1", proof=b"%PDF-1",
            told_by="rosa", now=till.world.now(),
        ).report.pk  # fmt: skip

    found, lost = till.see(lambda: tell(349)), till.see(lambda: tell(5))
    assert "Pagos que tus clientes avisan" in till.office.text("pagos/por-conciliar/")
    proof = till.office.get(f"pagos/avisos/{found}/comprobante")
    assert (proof.content, proof["Content-Disposition"][:10]) == (b"%PDF-1", "attachment")
    assert 'value="349.00"' in till.office.text("pagos/nuevo/", aviso=str(found))
    till.types(aviso=found, forma_pago="03", referencia="A1")
    assert till.owes() == 0
    assert till.post(f"pagos/avisos/{lost}/", motivo="").status_code == 422
    till.post(f"pagos/avisos/{lost}/", motivo="No está en el banco")
    assert till.see(lambda: dict(ReportedPayment.objects.values_list("pk", "state"))) == {
        found: "confirmed",
        lost: "rejected",
    }


def test_a_payment_goes_back_moves_and_finds_its_owner(till: Till) -> None:
    luis = till.see(lambda: customer("Luis Soto"))
    path = till.types()["Location"].removeprefix(till.world.shop.office)
    assert "Se usó todo" in till.office.text(path)
    assert till.post(path + "revertir/", que="misapplied", motivo="").status_code == 422
    till.post(path + "revertir/", que="misapplied", motivo="Es de Luis")
    assert till.owes() == d(349)
    assert "Luis Soto" in till.office.text(path, q="luis")
    till.post(path + "identificar/", cliente=luis.pk)
    assert till.see(lambda: balance_of(luis.pk, as_of=till.today)) == d(-349)
    till.post(path + "revertir/", que="cancelled", motivo="Se capturó mal")
    assert till.see(lambda: Payment.objects.get().reversed_as) == "cancelled"
    newer = till.see(lambda: charged(till.rosa, "p:2", 349))
    other = till.types(marca="otra")["Location"].removeprefix(till.world.shop.office)
    till.post(other + "mover/", paga=newer.pk)
    assert till.see(lambda: [one.settled_on is not None for one in Receivable.objects.order_by("id")]) == [False, True]


def test_a_refused_reversal_keeps_the_reason_that_was_typed(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise NotReversible("El periodo ya se cerró.")

    monkeypatch.setattr(payment, "take_back_payment", refuse)
    path = till.types()["Location"].removeprefix(till.world.shop.office)
    refused = till.post(path + "revertir/", que="cancelled", motivo="Se capturó mal el martes")
    said = refused.content.decode()
    assert refused.status_code == 422
    assert "El periodo ya se cerró." in said
    assert "Se capturó mal el martes" in said


def test_money_that_a_provider_told_of_is_never_called_a_mistake(till: Till) -> None:
    paid = till.see(lambda: pays(till.rosa, "ox-1", 349).payment.pk)
    page = till.office.text(f"pagos/{paid}/")
    assert "contracargo" in page
    assert "Se registró por error" not in page
    assert till.post(f"pagos/{paid}/revertir/", que="cancelled", motivo="No").status_code == 422


def test_a_cashier_types_and_does_not_reverse(till: Till) -> None:
    till.world.inside(lambda: Membership.objects.filter(company=till.world.shop.company).update(role=Role.CASHIER))
    answer = till.types()
    assert answer.status_code == 302
    path = answer["Location"].removeprefix(till.world.shop.office)
    assert "Revertir" not in till.office.text(path)
    assert till.post(path + "revertir/", que="refund", motivo="x").status_code == 403
    assert till.office.get("pagos/bancos/").status_code == 403


def test_a_workbook_that_unpacks_too_big_is_refused_before_it_is_opened(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: Any) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(bank_files, "unpack", opened)
    monkeypatch.setattr(bank_files, "MOST_UNPACKED", 1_000_000)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 1_000_001)
    assert len(sink.getvalue()) < 10_000
    refused = till.uploads(sink.getvalue(), "marzo.xlsx")
    assert (refused.status_code, "El libro es demasiado grande" in refused.content.decode()) == (422, True)
    monkeypatch.setattr(bank_files, "MOST_UNPACKED", 2_000_000)
    statement = bbva([(till.today, "UNO", 349)])
    monkeypatch.setattr(bank_files, "unpack", lambda book, text: text.write_bytes(statement))
    monkeypatch.setattr(bank_files, "MOST_BYTES", 100_000)
    assert till.uploads(sink.getvalue(), "marzo.xlsx").status_code == 302, "what fits is kept"
    monkeypatch.setattr(bank_files, "unpack", lambda book, text: text.write_bytes(b"x" * 100_001))
    refused = till.uploads(sink.getvalue(), "marzo.xlsx")
    assert (refused.status_code, "El libro es demasiado grande" in refused.content.decode()) == (422, True)


def test_a_page_about_a_file_of_a_bank_does_not_fetch_its_bytes(till: Till) -> None:
    till.uploads(bbva([(till.today, "UNO", 349)]))
    found = till.see(lambda: bank_files.find_file(BankFile.objects.get().pk))
    assert "content" in found.get_deferred_fields()

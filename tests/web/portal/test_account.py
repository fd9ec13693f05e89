"""A customer's own page: opened by the link of a mail, for its customer alone, and changed by a link that does one thing."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.reconciliation.models import ReportedPayment
from amate.billing_cycle.reconciliation.report_payment import MOST_BYTES
from amate.billing_cycle.statements.links import LIFE, ONCE, account_link, revoke_links, token_of
from amate.billing_cycle.statements.models import AccountLink, Statement
from amate.billing_cycle.statements.send_link import ask_for_accounts
from amate.companies.day import day_of
from amate.customers.add import add_customer
from amate.customers.models import Customer, FiscalProfile
from amate.invoices.models import Stamp
from amate.messages.models import Message
from amate.promises.models import Promise
from tests.ledger.hands import charged, pays
from tests.people import FISICA
from tests.web.office import desk
from tests.web.portal.buyer import words
from tests.world import Shop, World

ROSA = "rosa@example.com"
MAILED = re.compile(r"https?://\S+?(/f/\S+/cuenta/\S+/)")


class Account:
    """Rosa, who owes 599.00 and paid 200.00 of it, and the page that her link opens."""

    def __init__(
        self, world: World, shop: Shop | None = None, *, correo: str = ROSA, nombre: str = "Rosa Pérez"
    ) -> None:
        self.world, self.shop, self.correo = world, shop or world.shop, correo
        self.client = Client()

        def made() -> tuple[Customer, str]:
            who = add_customer(nombre=nombre, receptor=None, correo=correo, now=world.now())
            self.today = day_of(world.now())
            self.debt = charged(who, f"p:{who.pk}", "599.00", day=self.today - timedelta(days=20))
            pays(who, f"ox-{who.pk}", "200.00", day=self.today - timedelta(days=5))
            link = account_link(customer_id=who.pk, key=f"k:{who.pk}", to=correo, now=world.now())
            return who, token_of(link)

        self.who, self.token = world.scoped(made, self.shop)
        world.settle()  # she is thanked for what she paid
        world.mail.clear()
        self.path = f"{self.shop.portal}cuenta/{self.token}/"

    def get(self, rest: str = "") -> Any:
        return self.world.inside(lambda: self.client.get(self.path + rest))

    def post(self, path: str, said: dict[str, Any] | None = None) -> Any:
        return self.world.inside(lambda: self.client.post(path, said or {}))

    def asks(self, word: str) -> str:
        """The one-time link that comes by mail."""
        assert "Revisa tu correo" in words(self.post(f"{self.path}{word}/"))
        return mailed(self.world)


def mailed(world: World) -> str:
    world.settle()
    found = MAILED.search(str(world.mail.mails[-1].get_body(("plain",)).get_content()))
    assert found
    return found[1]


def test_the_page_tells_what_is_owed_how_to_pay_and_the_statement_of_any_day(world: World) -> None:
    rosa = Account(world)
    page = words(rosa.get())
    for said in (
        "Debes $399.00",
        "Rosa Pérez",
        "Venció el ",
        "Ya pagué",
        "Proponer una fecha",
        "Ver estado de cuenta",
    ):
        assert said in page
    before = (rosa.today - timedelta(days=10)).isoformat()
    told = words(rosa.get(f"estado/?dia={before}"))
    assert "$599.00 MXN" in told
    assert "−$200.00" not in told
    assert "−$200.00" in words(rosa.get("estado/"))
    assert rosa.get(f"estado.pdf?dia={before}").content.startswith(b"%PDF")
    book = CalamineWorkbook.from_filelike(io.BytesIO(rosa.get("estado.xlsx").content))
    moves = book.get_sheet_by_name("Movimientos").to_python()
    assert [row[3:6] for row in moves[1:]] == [["", "", 0], [599, "", 599], ["", 200, 399]]
    assert isinstance(moves[2][0], date)
    for bad in ("31-12-2026", (rosa.today + timedelta(days=1)).isoformat()):
        assert rosa.get(f"estado/?dia={bad}").status_code == 422
    assert world.scoped(Statement.objects.count) == 0, "looking keeps nothing"


def test_a_link_is_of_one_customer_of_one_company(world: World) -> None:
    rosa, other = Account(world), Account(world, correo="luis@example.com", nombre="Luis Gómez")
    far = Account(world, world.other)
    assert "Luis" not in words(rosa.get())
    there = f"{world.other.portal}cuenta/{rosa.token}/"
    for path in (there, rosa.path[:-2] + "x/", f"{world.shop.portal}cuenta/{far.token}/"):
        page = world.inside(lambda path=path: Client().get(path))
        assert page.status_code == 404
        assert "Este enlace ya no sirve" in words(page)
    assert other.get().status_code == 200


def test_documents_are_only_those_of_the_customer(world: World) -> None:
    invoice = desk.stamped(world, correo=ROSA)
    rosa = Account(world, correo="otra@example.com", nombre="Otra Persona")
    for kind in ("pdf", "xml"):
        assert rosa.get(f"documentos/{invoice.pk}.{kind}").status_code == 404

    def link() -> str:
        return token_of(account_link(customer_id=invoice.profile.customer_id, key="k", to=ROSA, now=world.now()))

    def owner() -> None:
        Customer.objects.filter(pk=invoice.profile.customer_id).update(correo=ROSA)

    world.scoped(invoice.refresh_from_db)
    world.scoped(lambda: invoice.profile.refresh_from_db())
    world.scoped(owner)
    path = f"{world.shop.portal}cuenta/{world.scoped(link)}/"
    assert invoice.number in words(world.inside(lambda: Client().get(path)))
    xml = world.inside(lambda: Client().get(f"{path}documentos/{invoice.pk}.xml"))
    assert xml.content == world.scoped(lambda: bytes(Stamp.objects.get(invoice=invoice).xml))
    assert invoice.number in words(world.inside(lambda: Client().get(f"{path}documentos/")))


def test_an_expired_link_mails_another_and_a_revoked_one_opens_nothing(world: World) -> None:
    rosa = Account(world)
    world.time_passes(days=LIFE.days, minutes=1)
    page = rosa.get()
    assert (page.status_code, ROSA in words(page)) == (410, False)
    assert "r•••@example.com" in words(page)
    assert "Te enviamos otro enlace" in words(rosa.post(rosa.path, {"otro": "1"}))
    path = mailed(world)
    assert world.inside(lambda: Client().get(path)).status_code == 200
    world.scoped(lambda: revoke_links(customer_id=rosa.who.pk, now=world.now()))
    assert world.inside(lambda: Client().get(path)).status_code == 404
    assert world.inside(lambda: Client().post(path)).status_code == 404
    assert world.scoped(lambda: Promise.objects.open().count()) == 0


def test_a_link_dies_with_the_mail_it_went_to(world: World) -> None:
    rosa = Account(world)
    world.scoped(lambda: Customer.objects.filter(pk=rosa.who.pk).update(correo="nueva@example.com"))
    assert rosa.get().status_code == 404


def test_what_we_keep_of_a_mail_opens_nothing(world: World) -> None:
    Account(world)
    world.scoped(lambda: ask_for_accounts(correo=ROSA, now=world.now()))
    token = mailed(world).rstrip("/").rpartition("/")[2]
    kept = world.scoped(lambda: Message.objects.get(kind="account_link"))
    assert token not in kept.text + kept.html
    assert all(
        token not in (one.seed, one.token_digest) for one in world.scoped(lambda: list(AccountLink.objects.all()))
    )


def test_asking_by_mail_answers_everybody_alike_and_writes_only_to_customers(world: World) -> None:
    world.time_passes(seconds=3605 - world.now().timestamp() % 3600)  # an hour begins, and its limits with it
    Account(world)
    path = f"{world.shop.portal}cuenta/"
    answers = {}
    for correo in (ROSA, "nadie@example.com"):
        page = world.inside(lambda correo=correo: Client().post(path, {"correo": correo}))
        answers[correo] = (page.status_code, words(page).replace(correo, "…"))
    assert len(set(answers.values())) == 1
    assert world.scoped(lambda: Promise.objects.open().count()) == 2
    found = mailed(world)
    assert world.inside(lambda: Client().get(found)).status_code == 200
    assert [one["To"] for one in world.mail.mails] == [ROSA]
    for _ in range(4):
        world.time_passes(minutes=1)
        world.inside(lambda: Client().post(path, {"correo": ROSA}))
    assert world.scoped(lambda: Promise.objects.open().count()) <= 3


def test_many_customers_behind_one_address_ask_each_for_his_own(world: World) -> None:
    path = f"{world.shop.portal}cuenta/"
    answers = [
        world.inside(lambda n=n: Client().post(path, {"correo": f"persona{n}@example.com"})).status_code
        for n in range(25)
    ]
    assert set(answers) == {200}


def test_whoever_tries_tokens_waits(world: World) -> None:
    answers = [
        world.inside(lambda n=n: Client().get(f"{world.shop.portal}cuenta/nadie-{n}/")).status_code for n in range(14)
    ]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_payment_is_reported_once_by_a_link_that_a_scanner_does_not_spend(world: World) -> None:
    rosa = Account(world)
    path = rosa.asks("avisar-pago")
    for _ in range(2):
        assert "399.00" in str(world.inside(lambda: Client().get(path)).content)
    assert rosa.post(path, {"amount": "nada"}).status_code == 422
    said = {
        "amount": "$399.00",
        "day": rosa.today.isoformat(),
        "forma_pago": "03",
        "reference": "ABC 123",
        "proof": SimpleUploadedFile("foto.png", b"\x89PNG\r\n\x1a\nfoto"),
    }
    assert rosa.post(path, said | {"proof": SimpleUploadedFile("a.txt", b"hola")}).status_code == 422
    heavy = rosa.post(path, said | {"proof": SimpleUploadedFile("foto.png", b"\x89PNG" + b" " * MOST_BYTES)})
    assert (heavy.status_code, "pasa de 5 MB" in words(heavy)) == (422, True)
    huge = rosa.post(path, said | {"proof": SimpleUploadedFile("foto.png", b" " * (MOST_BYTES + 1_000_000))})
    assert (huge.status_code, "Aquí caben 5 MB y no se guardó nada" in words(huge)) == (413, True)
    said["proof"].seek(0)
    lost = rosa.post(path, said | {"amount": "nada"})
    assert (lost.status_code, "Elige otra vez tu comprobante" in words(lost)) == (422, True)
    said["proof"].seek(0)
    done = words(rosa.post(path, said))
    assert "Recibimos tu aviso" in done
    assert "Ver mi cuenta" in done
    kept = world.scoped(ReportedPayment.objects.get)
    assert (kept.customer_id, kept.amount, kept.by, kept.proof_kind) == (
        rosa.who.pk,
        Decimal("399.00"),
        ROSA,
        "image/png",
    )
    again = rosa.post(path, said)
    assert (again.status_code, world.scoped(ReportedPayment.objects.count)) == (200, 1)
    assert "Ya recibimos tu aviso de pago" in words(again), "the second press is told that the first one did it"
    assert world.scoped(lambda: Promise.objects.open().count()) == 0, "and mails nothing"
    assert "Te enviamos otro enlace" in words(rosa.post(path, {"otro": "1"}))
    assert "Estamos buscando tu pago de $399.00" in words(rosa.get())


def test_a_promise_holds_within_the_companys_limits_and_late_links_do_nothing(world: World) -> None:
    rosa = Account(world)
    path = rosa.asks("prometer")
    far = rosa.post(path, {"amount": "399", "until": (rosa.today + timedelta(days=90)).isoformat()})
    assert (far.status_code, "elige un día antes" in words(far)) == (422, True)
    day = rosa.today + timedelta(days=3)
    assert "Anotamos tu fecha" in words(rosa.post(path, {"amount": "399", "until": day.isoformat()}))
    kept = world.scoped(PromiseToPay.objects.get)
    assert (kept.amount, kept.until, kept.made_by) == (Decimal("399.00"), day, ROSA)
    assert "Prometiste pagar $399.00" in words(rosa.get())
    world.time_passes(minutes=2)
    late = rosa.asks("datos")
    world.time_passes(seconds=ONCE.total_seconds() + 1)
    assert world.inside(lambda: Client().get(late)).status_code == 410
    unsaved = rosa.post(late, {name: value for name, value in FISICA.items() if name != "correo"})
    assert (unsaved.status_code, "No guardamos lo que escribiste" in words(unsaved)) == (410, True)
    assert "Ya anotamos tu fecha de pago" in words(rosa.post(path, {"amount": "399", "until": day.isoformat()}))
    assert world.scoped(FiscalProfile.objects.count) == 0


def test_fiscal_data_become_a_proposal_that_staff_decide(world: World) -> None:
    rosa = Account(world)
    path = rosa.asks("datos")
    typed = {name: value for name, value in FISICA.items() if name != "correo"}
    assert rosa.post(path, typed | {"rfc": "XX"}).status_code == 422
    assert "Recibimos tus datos" in words(rosa.post(path, typed))
    kept = world.scoped(lambda: FiscalProfile.objects.to_review().get())
    assert (kept.customer_id, kept.rfc, kept.accepted_at) == (rosa.who.pk, typed["rfc"], None)
    client = world.log_in()
    page = world.inside(lambda: client.get(f"{world.shop.office}clientes/propuestas/{kept.pk}/"))
    assert "El cliente los propuso" in words(page)


@pytest.mark.parametrize("acts", [True, False])
def test_a_link_of_one_kind_opens_nothing_of_the_other(world: World, acts: bool) -> None:
    rosa = Account(world)
    of_the_page = f"{world.shop.portal}cuenta/una-vez/{rosa.token}/"
    path = of_the_page if acts else rosa.asks("prometer").replace("una-vez/", "")
    assert world.inside(lambda: Client().get(path)).status_code == 404

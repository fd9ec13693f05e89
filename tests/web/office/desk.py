"""What staff of a company would find on their desk, made through the rooms' public acts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from amate.access.invite import invite_person
from amate.access.models import Membership, Role
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.bank_accounts import keep_bank_account
from amate.billing_cycle.reconciliation.bank_file import ask_booking, end_booking, rows_to_book, take_bank_file
from amate.billing_cycle.reconciliation.book_lines import book_lines
from amate.billing_cycle.reconciliation.models import BankAccount, BankLine, InboxEvent
from amate.billing_cycle.reconciliation.report_payment import report_payment
from amate.billing_cycle.reconciliation.type_payment import Typed, type_payment
from amate.companies.article import Article
from amate.companies.day import day_of
from amate.companies.models import Emisor
from amate.companies.products import keep_product
from amate.customers.accept import accept_profile
from amate.customers.add import add_customer
from amate.customers.contacts import Said, add_contact
from amate.customers.propose import propose_profile
from amate.fiscal.catalogs import installed
from amate.fiscal.receptor import Receptor
from amate.help.ask import ask_for_help
from amate.hooks.keep_hook import Said as HookSaid
from amate.hooks.keep_hook import add_hook
from amate.intake.upload import take_upload
from amate.invoices.answer_cancellation import record_pending
from amate.invoices.models import Cancellation, CancellationPaper, Invoice, Origin, ReceivedRequest
from amate.messages.models import Message
from amate.self_invoicing.claim import claim_ticket
from tests.billing_cycle.collection.states import line_of
from tests.billing_cycle.reconciliation.statements import bbva
from tests.ledger.hands import charged
from tests.people import FISICA
from tests.world import Shop, World

RECEPTOR = Receptor(
    rfc=FISICA["rfc"],
    nombre="INGRID XODAR JIMENEZ",
    domicilio_fiscal=FISICA["cp"],
    regimen_fiscal=FISICA["regimen_fiscal"],
    uso_cfdi=FISICA["uso_cfdi"],
)
RECEPTOR_VERIFIED = Receptor("SDI190823KX4", "SURCO DISEÑO", "44160", "601", "G03")


def claimed(world: World, *, shop: Shop | None = None, correo: str = "", origin: Origin = Origin.PORTAL) -> Any:
    """A note that its buyer claimed a moment ago: its invoice is on the way."""
    ticket = world.sale(shop)
    return world.scoped(
        lambda: claim_ticket(ticket_id=ticket.pk, receptor=RECEPTOR, correo=correo, origin=origin, now=world.now()),
        shop,
    )


def stamped(world: World, *, shop: Shop | None = None, correo: str = "", origin: Origin = Origin.PORTAL) -> Any:
    invoice = claimed(world, shop=shop, correo=correo, origin=origin)
    world.settle()
    return again(world, invoice, shop=shop)


def refused_for_staff(world: World, *, shop: Shop | None = None) -> Any:
    """The SAT did not list the company while a buyer waited; afterwards it does again, and staff must ask again."""
    unlisted(world, True, shop=shop)
    invoice = claimed(world, shop=shop)
    world.settle()
    unlisted(world, False, shop=shop)
    return again(world, invoice, shop=shop)


def unlisted(world: World, is_so: bool, *, shop: Shop | None = None) -> None:
    """Whether the SAT's list of issuers (LCO) lacks the company: its PAC then refuses with 402."""
    rfc = world.scoped(lambda: Emisor.objects.get().rfc, shop)
    world.pac.admin("lists", {"not_in_lco": [rfc]} if is_so else {}, method="PUT")


def suspend(world: World, suspended: bool, *, shop: Shop | None = None) -> None:
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=suspended), shop)


def again(world: World, invoice: Invoice, *, shop: Shop | None = None) -> Any:
    """The same row as it stands now."""
    return world.scoped(lambda: Invoice.objects.get(pk=invoice.pk), shop)


def invited(
    world: World, *, shop: Shop | None = None, email: str = "leo@amate.example", role: Role = Role.CASHIER
) -> Any:
    """An invitation by the owner whose mail has not left yet. Inside the company's scope."""
    owner = Membership.objects.get(company=(shop or world.shop).company, user=(shop or world.shop).owner)
    return invite_person(email=email, role=role, by=owner, now=world.now())


def astray(world: World, invoice: Invoice) -> int:
    """A mail of an invoice that reached nobody. Inside the company's scope."""
    about = f"invoice:{invoice.pk}"
    made = Message.objects.create(
        key=about,
        kind="invoice",
        about=about,
        to="x@example.com",
        state=Message.State.BOUNCED,
        created_at=world.now(),
    )
    return int(made.pk)


def uploaded(world: World, *, shop: Shop | None = None) -> int:
    """A file of one sale that the worker has not read yet."""
    content = b"Folio,Fecha,Total\nF-1,21/11/2026,10.00\n"

    def act() -> int:
        batch = take_upload(
            kind="sales",
            source="caja",
            file_name="ventas.csv",
            size=len(content),
            chunks=[content],
            who="ana@amate.example",
            now=world.now(),
        )
        return int(batch.pk)

    return world.scoped(act, shop)


def asked_for_help(world: World, *, shop: Shop | None = None, correo: str = "ingrid@example.com") -> int:
    """A visitor's message without a visit."""

    def act() -> int:
        telefono = "" if correo else "3312345678"
        case = ask_for_help(
            text="¿Me ayudan?", correo=correo, telefono=telefono, subject="error", visit=None, now=world.now()
        )
        return int(case.pk)

    return world.scoped(act, shop)


def listed(world: World, *, shop: Shop | None = None) -> int:
    """A product of the company's list."""
    article = Article("CAF-1", "Café", "50201706", "H87", None, "01", (), None, True)
    return world.scoped(
        lambda: keep_product(article=article, catalogs=installed(), day=world.today(), now=world.now()).pk,
        shop,
    )


def known_twice(world: World, *, shop: Shop | None = None) -> dict[str, int]:
    """A verified customer with a contact and a proposal, and one who may be the same."""

    def act() -> dict[str, int]:
        now = world.now()
        customer = add_customer(nombre="", receptor=RECEPTOR_VERIFIED, correo="", now=now)
        other = add_customer(nombre="Otra", receptor=None, correo="", now=now)
        contact = add_contact(customer_id=customer.pk, said=Said("Luz", "", "", False, False), now=now)
        said = replace(RECEPTOR_VERIFIED, domicilio_fiscal="44100")
        proposal = propose_profile(receptor=said, correo="", origin=Origin.PORTAL, now=now)
        accept_profile(profile=proposal, now=now)
        return {
            "customer_id": customer.pk,
            "other_id": other.pk,
            "contact_id": contact.pk,
            "profile_id": proposal.pk,
        }

    return world.scoped(act, shop)


def owing(world: World, *, shop: Shop | None = None) -> dict[str, int]:
    """Somebody who is past his grace, with a line that a person cuts by hand. His own names, because customers are told
    apart by them."""

    def act() -> dict[str, int]:
        who = add_customer(nombre="Debe Desde Hace Mucho", receptor=None, correo="", now=world.now())
        debt = charged(who, f"owing:{who.pk}", "599.00")
        line = line_of(who)
        return {"receivable_id": debt.pk, "service_id": line.pk, "switch_id": line.switch_id}

    return world.scoped(act, shop)


class Office:
    """A logged-in browser of the first shop's owner."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.log_in()

    def get(self, path: str = "", **query: str) -> Any:
        return self.world.inside(lambda: self.client.get(self.world.shop.office + path, query))

    def text(self, path: str = "", **query: str) -> str:
        answer = self.get(path, **query)
        assert answer.status_code == 200, path
        return str(answer.content.decode())


def asked_to_cancel(world: World, invoice: Any) -> dict[str, int]:
    """A request of ours that the SAT refused, with its paper; and one that a supplier sent us. Inside the scope."""
    refused = Cancellation.objects.create(invoice=invoice, motivo="02", state="refused", asked_at=world.now())
    paper = CancellationPaper.objects.create(
        cancellation=refused, kind="request", xml=b"<Cancelacion/>", at=world.now()
    )
    record_pending(uuids=[uuid4()], now=world.now())
    return {"paper_id": paper.pk, "request_id": ReceivedRequest.objects.get().pk}


def banked(world: World, *, shop: Shop) -> dict[str, int]:
    """A bank account, a file of it that was booked, a deposit of nobody's, a payment and a customer's word."""

    def keep() -> dict[str, int]:
        moment = world.now()
        day = day_of(moment)
        account = keep_bank_account(account=None, name="BBVA", bank="bbva", clabe="", now=moment)
        provider = keep_account(
            code="conekta", name="Conekta", private_key="key", webhook_keys="", api_url="", now=moment
        )
        who = add_customer(nombre="Berta Ríos Luna", receptor=None, correo="", now=moment)
        typed = Typed(customer_id=who.pk, amount=Decimal(350), day=day, forma_pago="01")
        paid = type_payment(typed=typed, press="mostrador-1", by="ana", today=day, now=moment)
        told = report_payment(
            customer_id=who.pk, amount=Decimal(135), paid_on=day, how="03", reference="ABC123", proof=b"%PDF-1.7",
            told_by="Berta", now=moment,
        )  # fmt: skip
        content = bbva([(day, "SPEI RECIBIDO DE BERTA RIOS LUNA", 120), (day, "TRASPASO", 80)])
        file = take_bank_file(account=account, name="marzo.txt", content=content, by="ana", now=moment)
        ask_booking(file_id=file.pk, now=moment)
        book_lines(file_id=file.pk, rows=rows_to_book(file_id=file.pk), now=moment)
        end_booking(file_id=file.pk, now=moment)
        event = InboxEvent.objects.create(
            account=provider, event_key="1", told="order.paid", body=b"{}", payment_ids=["ord_1/c_1"], state="waiting",
            why="El proveedor no conoce el pago ord_1/c_1.", received_at=moment,
        )  # fmt: skip
        line = BankLine.objects.filter(state="waiting").latest("id")
        return {
            "event_id": event.pk,
            "account_id": account.pk,
            "provider_id": provider.pk,
            "payment_id": paid.payment.pk,
            "report_id": told.report.pk,
            "file_id": file.pk,
            "line_id": line.pk,
        }

    return world.scoped(keep, shop)


def unread_statement(world: World) -> int:
    """A file of the bank account whose columns nobody named yet."""

    def keep() -> int:
        account = BankAccount.objects.earliest("id")
        content = "Cuándo,Qué,Entró,Salió\n01/03/2026,SPEI 1,349.00,\n".encode()
        return take_bank_file(account=account, name="raro.csv", content=content, by="ana", now=world.now()).pk

    return world.scoped(keep)


def hooked(world: World, *, shop: Shop) -> int:
    """A system of the business that is told what happens."""
    said = HookSaid("ERP", "https://erp.example/avisos", ["payment.received"])
    return int(world.scoped(lambda: add_hook(said=said, wish="a" * 32, now=world.now())[0].pk, shop))

"""Each debt has vouchers of its own, for exactly what is left of it; what is paid at one settles that debt first."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from amate.adapters.payments import Way
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.make_vouchers import plan_vouchers
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.billing_cycle.reconciliation.offer_vouchers import offer_vouchers
from amate.billing_cycle.statements.compose import compose_statements
from amate.billing_cycle.statements.links import account_link, token_of
from amate.billing_cycle.statements.paper import pdf_of
from amate.billing_cycle.statements.told import told_of
from amate.companies.day import day_of
from amate.customers.contacts import Said, add_contact
from amate.customers.models import Customer
from amate.ledger.models import Receivable
from amate.messages.mail import render_mail
from amate.messages.way import way_out
from amate.promises.models import Promise
from amate.worker.account_page import page_of
from tests.ledger.hands import again, charged, customer, pays
from tests.papers.reading import run, text_of
from tests.payment_server import API_KEY, PaymentServer, serve_payments
from tests.world import World

ALL = (Way.CASH, Way.SPEI, Way.CARD)


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


class Rosa:
    """She owes 349.00 since long, 599.00 since a while and 12,000.00 since today."""

    def __init__(self, world: World, provider: PaymentServer) -> None:
        self.world, self.provider = world, provider
        provider.admin("POST", "reset")
        provider.admin("POST", "clock", {"set": world.now().isoformat()})
        self.today = world.scoped(lambda: day_of(world.now()))
        self.account, self.who, self.debts = world.scoped(self._begin)

    def _begin(self) -> tuple[ProviderAccount, Customer, list[Receivable]]:
        now = self.world.now()
        account = keep_account(
            code="conekta", name="Conekta", private_key=API_KEY, webhook_keys="", api_url=self.provider.url,
            now=now - timedelta(days=1),
        )  # fmt: skip
        who = customer()
        amounts = (("349.00", 60), ("599.00", 20), ("12000.00", 0))
        debts = [charged(who, f"p:{n}", total, day=self.today - timedelta(days=n)) for total, n in amounts]
        return account, who, debts

    def reached(self) -> None:
        said = Said(
            nombre="Rosa", correo="rosa@example.com", telefono="442 123 4567", receives_invoices=False,
            handles_payments=True,
        )  # fmt: skip
        self.world.scoped(lambda: add_contact(customer_id=self.who.pk, said=said, now=self.world.now()))

    def offers(self, *ways: Way) -> None:
        self.world.scoped(lambda: offer_vouchers(account_id=self.account.pk, ways=ways, now=self.world.now()))

    def plans(self) -> int:
        return self.world.scoped(lambda: plan_vouchers(now=self.world.now()))

    def turn(self) -> int:
        asked = self.plans()
        self.world.settle()
        return asked

    def standing(self) -> list[PaymentReference]:
        def look() -> list[PaymentReference]:
            return list(PaymentReference.objects.filter(ended_at__isnull=True).order_by("receivable_id", "kind"))

        return self.world.scoped(look)

    def told(self) -> list[tuple[int, str, str]]:
        place = {debt.pk: at for at, debt in enumerate(self.debts)}
        return [(place[one.receivable_id or 0], one.kind, str(one.amount)) for one in self.standing()]

    def orders(self) -> dict[str, str]:
        return {one["id"]: one["payment_status"] for one in self.provider.admin("GET", "orders")}

    def looks(self, act: Callable[[], object]) -> None:
        self.world.scoped(act)


@pytest.fixture
def rosa(world: World, _served: PaymentServer) -> Rosa:
    return Rosa(world, _served)


OF_ALL = [
    *[(0, kind, "349.00") for kind in ("cash", "clabe", "order")],
    *[(1, kind, "599.00") for kind in ("cash", "clabe", "order")],
    *[(2, kind, "12000.00") for kind in ("clabe", "order")],  # OXXO takes 10,000 at most
]


def test_vouchers_are_made_shown_paid_and_made_anew(rosa: Rosa, tmp_path: Path) -> None:
    world = rosa.world
    assert rosa.turn() == 0  # nobody asked for any
    rosa.offers(*ALL)
    assert rosa.turn() == 0  # the provider wants a mail and a telephone
    rosa.reached()
    rosa.provider.fault("500_after", count=1)  # made, and nobody heard
    assert rosa.turn() == 1
    world.time_passes(minutes=5)
    world.settle()
    assert rosa.told() == OF_ALL
    assert len(rosa.orders()) == len(OF_ALL)  # asked again, it is the same one
    assert rosa.plans() == 0

    # shown: page, paper, letter
    cash = next(one for one in rosa.standing() if one.kind == "cash" and one.receivable_id == rosa.debts[1].pk)
    card = next(one for one in rosa.standing() if one.kind == "order" and one.receivable_id == rosa.debts[1].pk)
    link = world.scoped(
        lambda: token_of(account_link(customer_id=rosa.who.pk, key="k", to="rosa@example.com", now=world.now()))
    )
    page = world.inside(lambda: Client().get(f"{world.shop.portal}cuenta/{link}/").content.decode())
    assert f'aria-label="Código de barras de {cash.value}"' in page
    assert card.facts["url"] in page
    assert " style=" not in page.partition('id="pagar"')[2].partition("</section>")[0]
    [made] = world.scoped(
        lambda: compose_statements(
            customer_ids=[rosa.who.pk], fecha_corte=rosa.today, today=rosa.today, now=world.now()
        )
    )
    told = told_of(made.facts)
    assert len(told.vouchers) == len(OF_ALL)
    pdf = world.scoped(lambda: pdf_of(told))
    assert cash.value in text_of(pdf)
    (tmp_path / "paper.pdf").write_bytes(pdf)
    run("pdftoppm", "-r", "200", "-png", tmp_path / "paper.pdf", tmp_path / "paper")
    read = [run("zbarimg", "-q", "--raw", picture).decode() for picture in _with_bars(tmp_path)]
    assert cash.value in "".join(read).split()
    _letter_says(rosa, cash, card)

    # paid: the debt it is of, not the oldest
    rosa.provider.pays(cash.value)
    _sweep(rosa)
    assert [world.scoped(lambda d=d: again(d).settled_on is not None) for d in rosa.debts] == [False, True, False]
    assert rosa.turn() == 1
    assert rosa.told() == [one for one in OF_ALL if one[0] != 1]
    assert sorted(rosa.orders().values()).count("canceled") == 2  # its CLABE and its page are good for nothing now

    # changed: a part was paid elsewhere
    rosa.looks(lambda: pays(rosa.who, "x-1", "49.00", day=rosa.today, chosen=[rosa.debts[0].pk]))
    assert len(told_now := _shown(rosa)) == 2, told_now  # before any turn, nothing is shown that asks for too much
    assert rosa.turn() == 1
    assert rosa.told()[:3] == [(0, "cash", "300.00"), (0, "clabe", "300.00"), (0, "order", "300.00")]
    assert rosa.turn() == 0


def test_a_card_pays_its_debt_and_late_money_is_known_all_the_same(rosa: Rosa) -> None:
    world = rosa.world
    rosa.reached()
    rosa.offers(Way.CARD, Way.SPEI)
    rosa.turn()
    card = next(one for one in rosa.standing() if one.kind == "order" and one.receivable_id == rosa.debts[1].pk)
    clabe = next(one for one in rosa.standing() if one.kind == "clabe" and one.receivable_id == rosa.debts[2].pk)
    rosa.provider.pays(card.facts["url"].rpartition("/")[2])
    _sweep(rosa)
    assert world.scoped(lambda: again(rosa.debts[1]).settled_on) is not None
    # a transfer was under way when the office ended them
    rosa.provider.pays(clabe.value)
    rosa.offers()
    rosa.turn()
    assert rosa.standing() == []
    _sweep(rosa)
    assert world.scoped(lambda: again(rosa.debts[2]).settled_on) is not None
    assert world.scoped(lambda: again(rosa.debts[0]).settled_on) is None


def test_one_that_expired_is_made_anew_and_a_refusal_is_seen(rosa: Rosa) -> None:
    rosa.reached()
    rosa.offers(Way.CASH)
    rosa.turn()
    before = {one.value for one in rosa.standing()}
    rosa.world.time_passes(days=31)
    rosa.provider.days_pass(31)
    assert rosa.turn() == 1
    after = {one.value for one in rosa.standing()}
    assert len(after) == len(before) == 2
    assert not before & after
    # what the provider refuses does not keep the others waiting, and a person sees it
    rosa.looks(lambda: charged(rosa.who, "p:new", "80.00", day=rosa.today))
    rosa.provider.days_pass(60)  # its clock is ahead: our day of expiry has passed there
    rosa.turn()
    failing = rosa.world.scoped(lambda: Promise.objects.failing().get(kind="make_vouchers"))
    assert "no hizo las fichas" in failing.last_error
    assert len(rosa.standing()) == 2


def _with_bars(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.glob("*.png")) if _reads(one)]


def _reads(picture: Path) -> bool:
    try:
        return bool(run("zbarimg", "-q", "--raw", picture))
    except subprocess.CalledProcessError:  # no code on that page
        return False


def _letter_says(rosa: Rosa, cash: PaymentReference, card: PaymentReference) -> None:
    world = rosa.world

    def written() -> tuple[str, str]:
        ways = page_of(world.plugs(), customer_id=rosa.who.pk, now=world.now()).ways
        facts = {
            "nombre": "Rosa", "items": [], "total": Decimal("1.00"), "one": True, "late": True, "bill": False,
            "cut_on": None, "cut_day": "", "moneda": "MXN", "link": "", "ways": ways,
        }  # fmt: skip
        _, text, html = render_mail("reminder", facts, way=way_out(house_sender="a@amate.example"))
        return text, html

    text, html = world.scoped(written)
    assert f"{cash.value} hasta el" in text
    assert "$599.00 exactos" in text
    assert card.facts["url"] in text
    assert f'href="{card.facts["url"]}"' in html


def _shown(rosa: Rosa) -> list[str]:
    from amate.billing_cycle.statements.vouchers import vouchers_of

    now = rosa.world.now()
    found = rosa.world.scoped(lambda: vouchers_of([rosa.who.pk], now=now))
    return [str(one.amount) for one in found[rosa.who.pk]]


def _sweep(rosa: Rosa) -> None:
    from amate.worker.of_a_day import OF_A_DAY

    rosa.world.scoped(lambda: OF_A_DAY["money"](rosa.world.now()))
    rosa.world.settle()

"""Guessing stopped (OUTSIDE GRD-4)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from amate.audit.models import Entry
from amate.companies.models import PortalPolicy
from amate.invoices.models import Invoice
from amate.self_invoicing.codes import new_code, show_code
from amate.web.network import network_of
from amate.web.portal.guard import count_miss, guess_of, must_wait
from tests.people import FISICA, MORAL
from tests.web.portal.buyer import Buyer, words
from tests.world import World

BY_CHANCE = ("Retry-After", "X-Request-Id")  # of the second and of the request: they say nothing of a note


@pytest.fixture
def buyer(world: World) -> Buyer:
    """At the start of a day by UTC, where every window starts anew."""
    now = world.now()
    world.time_passes(seconds=86_400 - now.timestamp() % 86_400 + 1)
    return Buyer(world.shop)


def test_the_eleventh_miss_waits_and_is_told_how_long(world: World, buyer: Buyer) -> None:
    answers = [buyer.types(new_code(), "1.00").status_code for _ in range(10)]
    assert answers == [422] * 10
    answer = buyer.types(new_code(), "1.00")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 600
    assert "Espera un momento antes de volver a intentar" in words(answer)
    assert "tel:+523312345678" in words(answer)


def test_who_knows_his_note_comes_in_from_a_network_that_missed_too_often(world: World, buyer: Buyer) -> None:
    typed, scanned = world.sale(), world.sale()
    for _ in range(10):
        buyer.types(new_code(), "1.00")
    assert buyer.opens(typed).headers["Location"] == buyer.url("datos/")
    assert Buyer(world.shop).get(f"{scanned.code}/{scanned.total_cents}").headers["Location"] == buyer.url("datos/")


def test_a_network_under_attack_makes_him_wait_a_minute_at_most(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    for _ in range(16):
        buyer.types(new_code(), "1.00")
    answer = buyer.opens(ticket)
    assert answer.status_code == 429
    wait = int(answer["Retry-After"])
    assert 0 < wait <= 60
    world.time_passes(seconds=wait + 1)
    assert buyer.opens(ticket).headers["Location"] == buyer.url("datos/")


def test_of_ten_thousand_guesses_in_ten_minutes_hardly_any_is_looked_at(world: World, buyer: Buyer) -> None:
    """A network looks at ten, then at six a minute: chance has 2⁵⁵ codes and as many totals to try."""
    request: Any = RequestFactory().get("/")
    request.company = world.shop.company

    def guesses() -> int:
        begun, looked_at = world.now(), 0
        for i in range(10_000):
            now, request.after_scope = begun + timedelta(milliseconds=60 * i), []
            guess = guess_of(request, code=f"guess {i}")
            if must_wait(guess, now=now):
                continue
            looked_at += 1
            count_miss(request, guess, now=now, refuse=lambda wait: HttpResponse(status=429))
            for after in request.after_scope:
                after(HttpResponse())
        return looked_at

    assert world.inside(guesses) <= 10 + 6 * 11
    note, elsewhere = world.sale(), Buyer(world.shop)
    elsewhere.client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    assert elsewhere.opens(note).headers["Location"] == elsewhere.url("datos/"), "nobody else is shut out"


def test_a_guess_learns_nothing_from_the_page_its_status_or_its_cost(world: World, buyer: Buyer) -> None:
    """A code that nobody has, one of another company with its total, one of this company with another total."""
    world.sale()
    ours, theirs = world.sale(), world.sale(world.other)
    assert ours.total != theirs.total
    codes = {"nobody's": new_code(), "theirs": theirs.code, "wrong total": ours.code}

    def seen(code: str, number: int, misses: int) -> tuple[Any, ...]:
        guesser = Buyer(world.shop)
        guesser.client.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        for _ in range(misses):
            guesser.types(new_code(), "1.00")
        answers = []
        for act in (
            lambda: guesser.types(code, theirs.total),
            lambda: guesser.get(f"{code}/{theirs.total_cents}"),
            guesser.get,
        ):
            with CaptureQueriesContext(connection) as asked:
                answer = act()
            shown = words(answer).replace(show_code(code), "CODE").replace(code, "CODE")
            shown = re.sub(r"\b[A-Za-z0-9]{64}\b", "", shown)  # the form's own token
            headers = {name: value for name, value in answer.headers.items() if name not in BY_CHANCE}
            where = headers.pop("Location", "").partition("hasta=")[0]
            answers.append((answer.status_code, where, shown, headers, sorted(answer.cookies), len(asked)))
        return tuple(answers)

    for turn, misses in enumerate((0, 16)):  # looked at, and made to wait
        found = {name: seen(code, turn * 10 + i, misses) for i, (name, code) in enumerate(codes.items())}
        assert found["theirs"] == found["nobody's"]
        assert found["wrong total"] == found["nobody's"]
        assert found["theirs"][0][0] == (429 if misses else 422)


def test_misses_in_one_shop_shut_nobody_out_of_another(world: World, buyer: Buyer) -> None:
    theirs = world.sale(world.other)
    for _ in range(11):
        buyer.types(new_code(), "1.00")
    assert buyer.types(new_code(), "1.00").status_code == 429
    elsewhere = Buyer(world.other)
    assert elsewhere.opens(theirs).headers["Location"] == elsewhere.url("datos/")


def test_forty_misses_a_day_slow_a_network_down_until_the_next(world: World, buyer: Buyer) -> None:
    statuses = []
    for _ in range(5):
        statuses += [buyer.types(new_code(), "1.00").status_code for _ in range(10)]
        world.time_passes(seconds=601)
    assert statuses.count(422) == 40
    answer = buyer.types(new_code(), "1.00")
    assert (answer.status_code, int(answer["Retry-After"]) <= 60) == (429, True)
    assert buyer.opens(world.sale()).status_code == 302
    world.time_passes(days=1)
    assert buyer.types(new_code(), "1.00").status_code == 422


def test_misses_by_qr_count_and_the_wait_keeps_no_code(world: World, buyer: Buyer) -> None:
    for _ in range(10):
        assert buyer.get(f"{new_code()}/100").headers["Location"] == buyer.url("?aviso=qr")
    code = new_code()
    target = buyer.get(f"{code}/100").headers["Location"]
    assert target.startswith(buyer.url("espera/?hasta="))
    assert code not in target
    answer = buyer.client.get(target)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_the_wait_page_lets_go_when_it_is_over(world: World, buyer: Buyer) -> None:
    for said in ("0", "abc", "", "-1"):
        assert buyer.get(f"espera/?hasta={said}").headers["Location"] == buyer.url()
    assert int(buyer.get("espera/?hasta=99999999999")["Retry-After"]) <= 86_400


def test_one_code_is_tried_ten_times_an_hour_from_all_networks_together(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    for i in range(10):
        assert buyer.types(ticket.code, "1.00", REMOTE_ADDR=f"203.0.113.{i}").status_code == 422
    assert buyer.types(ticket.code, ticket.total, REMOTE_ADDR="203.0.113.99").status_code == 429
    assert buyer.types(new_code(), "1.00", REMOTE_ADDR="203.0.113.99").status_code == 422


def test_a_wrong_check_symbol_counts_nowhere(world: World, buyer: Buyer) -> None:
    for _ in range(15):
        assert buyer.types("7K4M-9QXW-2TRU", "1.00").status_code == 422
    assert _buckets() == []


def test_a_wrong_rfc_at_the_download_is_a_miss_like_any_other(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    world.settle()
    stranger = Buyer(world.shop)
    stranger.opens(ticket)
    answers = [stranger.post("descargar/", {"rfc": "XOJI740919U48"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert stranger.post("descargar/", {"rfc": "SDI190823KX4"}).status_code == 429
    acts = world.scoped(lambda: list(Entry.objects.filter(family="invoice").values_list("act", flat=True)))
    assert acts == ["invoice.opening_refused"] * 10, "as many as the limiter lets through"


def test_a_flood_on_one_company_rings_once_and_shuts_nobody_out(
    world: World, buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from amate.access.limit import Limit

    monkeypatch.setattr("amate.web.portal.guard.COMPANY", Limit("portal-miss-company", 3, 600))
    for i in range(6):
        buyer.types(new_code(), "1.00", REMOTE_ADDR=f"198.51.100.{i}")
    rung = [record for record in caplog.records if "misses" in record.getMessage()]
    assert len(rung) == 1
    assert buyer.opens(world.sale()).status_code == 302


def test_no_bucket_holds_a_code(world: World, buyer: Buyer) -> None:
    code = new_code()
    buyer.types(code, "1.00")
    kept = _buckets()
    assert len(kept) == 4
    assert not [key for key in kept if code in key]


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "network"),
    [
        ("198.51.100.7", "", [], "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", [], "198.51.100.7"),
        ("10.0.0.2", "203.0.113.9", ["10.0.0.2"], "203.0.113.9"),
        ("10.0.0.2", "1.1.1.1, 203.0.113.9, 10.0.0.3", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.2", "nonsense", ["10.0.0.2"], "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", "", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", [], "203.0.113.9"),
        ("", "", [], "unknown"),
    ],
)
def test_only_a_trusted_proxy_says_who_comes(
    settings: Any, remote: str, forwarded: str, trusted: list[str], network: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert network_of(request) == network


def _buckets() -> list[str]:
    with connection.cursor() as c:
        c.execute("SELECT key FROM rate_bucket")
        return [row[0] for row in c.fetchall()]


def test_one_rfc_gets_twenty_invoices_an_hour_and_then_waits_with_its_data_kept(world: World, buyer: Buyer) -> None:
    tickets = [world.sale() for _ in range(21)]
    for ticket in tickets[:20]:
        buyer.gets_it(ticket)
    buyer.opens(tickets[20])
    buyer.gives()
    answer = buyer.emits()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3_600
    assert "Con este RFC ya se emitieron muchas facturas en una hora" in words(answer)
    assert world.scoped(lambda: Invoice.objects.count()) == 20
    assert "SURCO" in words(buyer.get("revisar/")), "what was typed is kept"
    another = Buyer(world.shop)
    another.gets_it(world.sale(), **FISICA)
    world.time_passes(seconds=3_601)
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")


def test_how_many_invoices_an_rfc_gets_in_an_hour_is_the_companys_to_say(world: World, buyer: Buyer) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(stamps_an_hour=2))
    for _ in range(2):
        buyer.gets_it(world.sale())
    buyer.opens(world.sale())
    buyer.gives()
    assert buyer.emits().status_code == 429
    world.scoped(lambda: PortalPolicy.objects.update(stamps_an_hour=3))
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")


def test_the_limiter_keeps_no_rfc(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())

    def kept() -> str:
        with connection.cursor() as c:
            c.execute("SELECT string_agg(key, ' ') FROM rate_bucket")
            return str(c.fetchone()[0])

    keys = world.inside(kept)
    assert "portal-stamp-rfc" in keys
    assert MORAL["rfc"] not in keys

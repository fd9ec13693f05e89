"""SMS through any gateway that takes HTTP, and what a text costs (OUTSIDE MSG-4, MSG-5)."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.adapters import typed_url
from amate.adapters.messages import BadAddress, Cause, MessengerUnavailable
from amate.adapters.messages.http_sms import HttpSms, request_of
from amate.adapters.messages.segments import BASIC, ESCAPED, Encoding, lint, plain, segments
from amate.adapters.messages.sms import BadTemplate, Gateway, Text, telephone
from tests.outside_servers import TextServer, serve_texts

ANA = "+525512345678"
TEXT = Text(ANA, 'Aviso de tu servicio: "mañana" \\ a las 9\nAmate & Cía', "n-1")


@pytest.fixture(scope="module")
def _served() -> Iterator[TextServer]:
    with serve_texts() as server:
        yield server


@pytest.fixture
def texts(_served: TextServer) -> TextServer:
    _served.admin("POST", "reset")
    return _served


def send(texts: TextServer, message: Text = TEXT, **changes: Any) -> str:
    return asyncio.run(HttpSms(texts.gateway(**changes)).send(message))


def failure(texts: TextServer, **changes: Any) -> MessengerUnavailable:
    with pytest.raises(MessengerUnavailable) as caught:
        send(texts, **changes)
    return caught.value


def test_a_text_arrives_letter_by_letter(texts: TextServer) -> None:
    assert send(texts) == "sms-1"
    assert texts.admin("GET", "texts") == [{"to": ANA, "text": TEXT.text, "id": "n-1", "sender": "AMATE"}]


def test_a_number_that_nobody_has_is_a_bad_address(texts: TextServer) -> None:
    texts.admin("PUT", "moods", {"dead": [ANA]})
    with pytest.raises(BadAddress, match="invalid_number"):
        send(texts)


def test_a_yes_that_is_none_is_not_believed(texts: TextServer) -> None:
    texts.admin("PUT", "moods", {"dead": [ANA]})
    assert failure(texts, bad_number=()).cause is Cause.REFUSED


@pytest.mark.parametrize(
    ("status", "cause", "after"), [(429, Cause.BUSY, 7.0), (503, Cause.BUSY, 7.0), (404, Cause.REFUSED, None)]
)
def test_what_a_gateway_answers_says_what_to_do(
    texts: TextServer, status: int, cause: Cause, after: float | None
) -> None:
    texts.admin("PUT", "moods", {"status": status})
    found = failure(texts)
    assert (found.cause, found.after) == (cause, after)


def test_what_is_in_the_way_is_told_apart(texts: TextServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(texts, key="otro").cause is Cause.LOGIN
    assert failure(texts, private=frozenset()).cause is Cause.PRIVATE
    assert failure(texts, url="http://127.0.0.1:9/").cause is Cause.SERVER
    monkeypatch.setattr(typed_url, "TIMEOUTS", httpx.Timeout(5, read=0.000001))
    assert failure(texts).cause is Cause.SILENT


def test_a_value_is_written_as_its_place_wants_it() -> None:
    form = Gateway(
        url="https://sms.test/send?ref={{id}}",
        kind="form",
        body="to={{to}}&msg={{text}}",
        headers={"X-Sender": "{{sender}}"},
        sender="A\r\nX-Otro: 1",
    )
    sent = request_of(form, TEXT)
    assert dict(httpx.QueryParams(sent.body.decode()))["msg"] == TEXT.text
    assert dict(httpx.QueryParams(sent.body.decode()))["to"] == ANA
    assert "\n" not in sent.headers["X-Sender"]
    link = request_of(Gateway(url="https://sms.test/?to={{to}}&m={{ text }}", method="GET", kind="none"), TEXT)
    assert dict(httpx.URL(link.url).params)["m"] == TEXT.text


@given(st.text(max_size=80))
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    gateway = Gateway(url="https://sms.test/", body='{"to": "{{to}}", "m": "{{text}}"}')
    assert json.loads(request_of(gateway, Text(ANA, text, "n")).body) == {"to": ANA, "m": text}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"body": '{"to": "{{to}}"}'}, "Falta decir"),
        ({"body": '{"to": {{to}, "m": "{{text}} {{to}}"}'}, "no es JSON"),
        ({"body": '{"to": "{{to}}", "m": "{{texto}}"}'}, "No hay {{texto}}"),
        ({"method": "DELETE"}, "GET o POST"),
        ({"kind": "xml"}, "json, form"),
        ({"url": "https://{{to}}.test/{{text}}"}, "no puede cambiar"),
    ],
)
def test_a_description_that_cannot_work_is_refused(texts: TextServer, changes: dict[str, str], why: str) -> None:
    with pytest.raises(BadTemplate, match=why):
        HttpSms(texts.gateway(**changes))


def test_a_secret_is_never_printed(texts: TextServer) -> None:
    assert "token-1" not in repr(texts.gateway())


@pytest.mark.parametrize(
    "said", ["", "55 1234 567", "55 1234 56789", "0012345678", "+1 415 555 0100", "abc", "５512345678"]
)
def test_what_is_no_mexican_telephone_is_refused(said: str) -> None:
    with pytest.raises(BadAddress, match="10 dígitos"):
        telephone(said)


# ------------------------------------------------------------ segments


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 306, 3),
        ("í" * 70, Encoding.UCS2, 70, 1),
        ("í" * 71, Encoding.UCS2, 71, 2),
        ("í" * 134, Encoding.UCS2, 134, 2),
        ("í" * 135, Encoding.UCS2, 135, 3),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("😀" * 67, Encoding.UCS2, 134, 3),
        ("é ñ ¿ ¡ ü à Ñ É", Encoding.GSM7, 15, 1),
    ],
)
def test_a_text_is_counted_as_carriers_count_it(text: str, encoding: Encoding, units: int, count: int) -> None:
    found = segments(text)
    assert (found.encoding, found.units, found.count) == (encoding, units, count)


def test_the_same_150_letters_cost_three_with_an_accent_and_one_without() -> None:
    said = ("Tu servicio se suspenderá mañana. " * 5)[:150]
    assert (segments(said).count, segments(plain(said)).count) == (3, 1)
    assert any("sin ellas serían 1 en vez de 3" in line for line in lint(said, most=3))


@given(st.text(alphabet="".join(sorted(BASIC | ESCAPED)) + "áíóú😀", max_size=700))
def test_segments_hold_the_whole_text_and_no_more_than_needed(text: str) -> None:
    found = segments(text)
    alone, joined = (160, 153) if found.encoding is Encoding.GSM7 else (70, 67)
    if found.units <= alone:
        assert found.count == bool(text)
    else:
        assert -(-found.units // joined) <= found.count <= -(-found.units // (joined - 1))


@pytest.mark.parametrize(
    "text",
    ["Debes $349", "paga aquí", "préstamo", "habrá una demanda", "tu adeudo", "promoción", "cliente moroso"],
)
def test_the_lint_forbids_what_makes_trouble(text: str) -> None:
    assert any("No se debe decir" in line for line in lint(text, most=2))


def test_a_clean_notice_has_nothing_to_change() -> None:
    assert lint("Aviso de tu servicio. Entra a tu cuenta: cuenta.ejemplo.mx", most=1) == []

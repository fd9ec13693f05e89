"""What an answer of Finkok means, from its bytes alone; the shapes are those of phpcfdi's recorded answers."""

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from amate.adapters.pac import PacAmbiguous, PacError, PacRejected, PacUnavailable
from amate.adapters.pac.finkok_wire import Said, StampAnswer, envelope, read_result, read_stamp
from amate.adapters.pac.line import Reply
from tests.corpus import CORPUS, needs_corpus

RECORDED = CORPUS / "pac-responses"


def answer(operation: str, inside: str) -> Reply:
    """As Finkok writes it: prefixes of its own on every element."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><senv:Envelope xmlns:senv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:tns="http://facturacion.finkok.com/stamp"><senv:Body>'
        f"<tns:{operation}Response><tns:{operation}Result>{inside}</tns:{operation}Result></tns:{operation}Response>"
        "</senv:Body></senv:Envelope>"
    )
    return Reply(200, None, body.encode())


def incidents(*said: tuple[str, str]) -> str:
    rows = "".join(
        f"<Incidencia><CodigoError>{code}</CodigoError><MensajeIncidencia>{message}</MensajeIncidencia></Incidencia>"
        for code, message in said
    )
    return f"<Incidencias>{rows}</Incidencias>"


def stamp(inside: str, operation: str = "stamp") -> StampAnswer:
    return read_stamp(read_result(operation, answer(operation, inside)))


def fails(inside: str) -> PacError:
    with pytest.raises(PacError) as caught:
        stamp(inside)
    return caught.value


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("307", "El CFDI contiene un timbre previo"),
        ("", "El CFDI contiene un timbre previo"),
        ("999", "Comprobante previamente timbrado"),
        ("307", "cualquier cosa"),
    ],
)
def test_what_was_stamped_before_is_no_error(code: str, message: str) -> None:
    found = stamp(f"<xml/>{incidents((code, message), (code, message))}")
    assert (found.already_stamped, found.never_seen, found.xml) == (True, False, None)


def test_what_it_never_saw_is_an_answer_too() -> None:
    found = stamp(f"<xml/>{incidents(('603', 'El CFDI no contiene un timbre previo'))}", "stamped")
    assert (found.already_stamped, found.never_seen) == (False, True)


def test_incidents_beside_an_xml_are_warnings() -> None:
    found = stamp(f"<xml>&lt;a/&gt;</xml>{incidents(('CFDI40999', 'ojo'))}")
    assert (found.xml, [one.code for one in found.incidents]) == (b"<a/>", ["CFDI40999"])


def test_a_code_is_a_definite_no() -> None:
    no = fails(f"<xml/>{incidents(('CFDI40145', 'El Nombre no es el del RFC'), ('CFDI40147', 'otro'))}")
    assert isinstance(no, PacRejected)
    assert (no.code, no.message) == ("CFDI40145", "El Nombre no es el del RFC")


@pytest.mark.parametrize("code", ["300", "501", "702", "703", "706"])
def test_what_is_wrong_with_the_account_needs_staff_and_was_not_processed(code: str) -> None:
    away = fails(f"<xml/>{incidents((code, 'dice'))}")
    assert isinstance(away, PacUnavailable)
    assert away.cause == "credentials"


@pytest.mark.parametrize("words", ["La cuenta no tiene timbres disponibles", "Usuario sin créditos"])
def test_an_empty_account_is_known_by_its_words(words: str) -> None:
    away = fails(f"<xml/>{incidents(('718', words))}")
    assert isinstance(away, PacUnavailable)
    assert away.cause == "credits"


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<xml/>",
        "<xml/><Incidencias/>",
        f"<xml/>{incidents(('', 'algo pasó'))}",
        f"<xml/>{incidents(('708', 'SAT'))}",
    ],
)
def test_an_answer_that_says_nothing_is_ambiguous(inside: str) -> None:
    assert isinstance(fails(inside), PacAmbiguous)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Mantenimiento</body></html>",
        b"{}",
        b"<Envelope/>",
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>x</faultcode>'
        b"<faultstring>local variable 'invoice' referenced</faultstring></e:Fault></e:Body></e:Envelope>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        answer("otra", "<xml/>").body,
        answer("stamp", "<xml/>").body[:-20],
    ],
)
@pytest.mark.parametrize("status", [200, 500, 404])
def test_noise_is_ambiguous_whatever_its_status(body: bytes, status: int) -> None:
    with pytest.raises(PacAmbiguous):
        read_result("stamp", Reply(status, None, body))


def test_a_well_formed_answer_counts_more_than_its_status() -> None:
    said = Reply(500, None, answer("stamp", f"<xml/>{incidents(('401', 'Fecha fuera de rango'))}").body)
    with pytest.raises(PacRejected) as no:
        read_stamp(read_result("stamp", said))
    assert no.value.code == "401"


def test_what_we_write_is_escaped() -> None:
    from lxml import etree

    sent = etree.fromstring(envelope("stamp", "stamp", {"username": "a&b", "password": "<>\"'&amp;ñ"}))
    assert [node.text for node in sent.iter() if node.text] == ["a&b", "<>\"'&amp;ñ"]
    with pytest.raises(ValueError, match="password") as refused:
        envelope("stamp", "stamp", {"password": "secreto\x00"})
    assert "secreto" not in str(refused.value)


# ------------------------------------------------------------ the recorded shapes


def written(said: Any) -> str:
    """A recorded answer (JSON of what PHP's SOAP client read) as the XML it was."""
    if isinstance(said, dict):
        return "".join(
            f"<{name}>{written(one)}</{name}>"
            for name, value in said.items()
            for one in (value if isinstance(value, list) else [value])
        )
    return escape(str(said).lower() if isinstance(said, bool) else str(said))


def recorded(name: str) -> tuple[str, Said]:
    said = json.loads((RECORDED / name).read_text())
    ((result, inside),) = said.items()
    operation = result.removesuffix("Result")
    return operation, read_result(operation, answer(operation, written(inside)))


@needs_corpus
@pytest.mark.parametrize("name", ["stamp", "stamped", "quickstamp"])
def test_a_recorded_refusal_is_a_definite_no(name: str) -> None:
    _, said = recorded(f"{name}-response-with-alerts.json")
    with pytest.raises(PacRejected) as no:
        read_stamp(said)
    assert (no.value.code, no.value.message) == ("FAKE1", "Error falso 1")


@needs_corpus
def test_every_recorded_answer_is_read(tmp_path: Path) -> None:
    names = sorted(path.name for path in RECORDED.glob("*.json"))
    assert len(names) >= 9
    assert {recorded(name)[0] for name in names} >= {
        "stamp",
        "stamped",
        "query_pending",
        "cancel_signature",
        "get_pending",
    }


@needs_corpus
def test_a_recorded_list_keeps_all_its_rows() -> None:
    _, pending = recorded("cancel-get-pending-response-2-items.json")
    assert len(pending.each("uuids", "string")) == 2
    _, cancelled = recorded("cancel-cancelsignature-response-2-items.json")
    assert [one.text("EstatusUUID") for one in cancelled.each("Folios", "Folio")] == ["201", "no_cancelable"]

"""A company's own SMTP server: where it may be, and what each of its refusals means."""

import asyncio
import socket

import pytest

from amate.adapters.messages import Cause, MessengerUnavailable
from amate.adapters.messages.email import Smtp
from amate.adapters.messages.reach import line_to
from tests.messages.test_by_provider import MAIL
from tests.messages.ways import refusing_logins
from tests.servers import MailServer, free_port

HERE = frozenset({"127.0.0.1"})


async def refused(messenger: Smtp) -> Cause:
    with pytest.raises(MessengerUnavailable) as told:
        await messenger.send(MAIL)
    return told.value.cause


async def test_a_private_server_is_refused_unless_the_operator_opened_it(mail_server: MailServer) -> None:
    mail_server.clear()
    url = f"smtp+plain://127.0.0.1:{mail_server.port}"
    assert await refused(Smtp(url, typed=True)) == Cause.PRIVATE
    await Smtp(url, typed=True, private=HERE).send(MAIL)
    assert len(mail_server.mails) == 1
    mail_server.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "0x7f.1", "2130706433"])
async def test_every_way_to_write_a_private_address_is_refused(host: str) -> None:
    with pytest.raises(MessengerUnavailable) as told:
        await line_to(host, 587, private=frozenset(), seconds=1)
    assert told.value.cause in (Cause.PRIVATE, Cause.SERVER)


async def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(*asked: object, **more: object) -> list[object]:
        return [(2, 1, 6, "", (address, 587)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    with pytest.raises(MessengerUnavailable) as told:
        await line_to("mixto.example", 587, private=frozenset(), seconds=1)
    assert told.value.cause == Cause.PRIVATE


async def test_a_port_that_is_not_mails_is_refused() -> None:
    with pytest.raises(MessengerUnavailable) as told:
        await line_to("8.8.8.8", 6379, private=frozenset(), seconds=1)
    assert told.value.cause == Cause.PRIVATE


async def test_starttls_that_the_server_does_not_offer_is_a_matter_of_tls(mail_server: MailServer) -> None:
    assert await refused(Smtp(f"smtp+starttls://127.0.0.1:{mail_server.port}")) == Cause.TLS


async def test_tls_from_the_start_on_a_plain_port_is_a_matter_of_tls(mail_server: MailServer) -> None:
    assert await refused(Smtp(f"smtps://127.0.0.1:{mail_server.port}", seconds=3)) == Cause.TLS


async def test_a_login_that_it_does_not_take_is_a_matter_of_login() -> None:
    with refusing_logins() as port:
        assert await refused(Smtp(f"smtp+plain://ana:mala@127.0.0.1:{port}")) == Cause.LOGIN


async def test_a_login_that_it_takes_only_under_tls_is_a_matter_of_tls(mail_server: MailServer) -> None:
    assert await refused(Smtp(f"smtp+plain://ana:mala@127.0.0.1:{mail_server.port}")) == Cause.TLS


async def test_nobody_there_is_told_as_such() -> None:
    assert await refused(Smtp(f"smtp+plain://127.0.0.1:{free_port()}", typed=True, private=HERE)) == Cause.SERVER
    assert await refused(Smtp("smtp+plain://no-existe.invalid:587", typed=True)) == Cause.SERVER


async def test_a_sender_that_it_does_not_let_is_told_as_such() -> None:
    async with _saying(b"550 5.7.1 sender not allowed") as port:
        assert await refused(Smtp(f"smtp+plain://127.0.0.1:{port}")) == Cause.SENDER


async def test_a_server_that_asks_to_come_later_is_busy() -> None:
    async with _saying(b"451 4.3.0 try later") as port:
        assert await refused(Smtp(f"smtp+plain://127.0.0.1:{port}")) == Cause.BUSY


async def test_a_server_that_falls_silent_is_told_as_such() -> None:
    async with _saying(b"") as port:
        assert await refused(Smtp(f"smtp+plain://127.0.0.1:{port}", seconds=0.5)) == Cause.SILENT


class _saying:  # noqa: N801  read as a sentence
    """A server that answers MAIL FROM with this, or not at all."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, family=socket.AF_INET)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *why: object) -> None:
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"MAIL"):
                if not self._answer:
                    continue
                writer.write(self._answer + b"\r\n")
            else:
                writer.write(b"250 ok\r\n")

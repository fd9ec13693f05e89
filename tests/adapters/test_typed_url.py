"""An address that somebody typed never leads into our own network (OUTSIDE NET-2)."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from amate.adapters import typed_url
from amate.adapters.typed_url import Answer, TypedRequest, UrlAway, UrlRefused, ask, check

GOOD, INSIDE = "93.184.216.34", "10.0.0.1"


class Names:
    """A DNS of the test's own. `asked`: every look-up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, list[str]] = {}
        self.asked: list[str] = []
        real = socket.getaddrinfo

        def look(host: Any, port: Any, *rest: Any) -> Any:
            self.asked.append(str(host))
            found = self.known.get(str(host))
            if found is None:
                return real(host, port, *rest[:3], flags=socket.AI_NUMERICHOST)  # nobody outside is asked
            return [
                (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
                for one in found
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


def asked(url: str, private: frozenset[str] = frozenset(), **more: Any) -> Answer:
    return asyncio.run(ask(TypedRequest("POST", url, {}, b"hola", private=private, **more)))


INWARD = (
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::1]",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "[fd00::1]",
    "224.0.0.1",
    "10.0.0.1",
    "192.168.1.1",
)


@pytest.mark.parametrize("host", INWARD)
def test_an_address_inside_is_never_asked(names: Names, host: str) -> None:
    with pytest.raises(UrlRefused, match="red privada"):
        asked(f"https://{host}/hook")


def test_a_name_with_one_address_inside_is_never_asked(names: Names) -> None:
    names.known["dos.test"] = [GOOD, INSIDE]
    with pytest.raises(UrlRefused, match=r"dos\.test lleva a una red privada"):
        asked("https://dos.test/hook")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://bueno.test/", "https"),
        ("ftp://bueno.test/", "https"),
        ("https://bueno.test:6379/", "6379"),
        ("https://ana@bueno.test/", "arroba"),
        ("https://ana:clave@bueno.test/", "arroba"),
        ("https://", "no es una dirección"),
        ("https://bueno.test:99999/", "no es una dirección"),
        ("https://bueno.test/a b", "no es una dirección"),
        ("https://bueno.test/\r\nX-Otro: 1", "no es una dirección"),
        ("nada", "no es una dirección"),
    ],
)
def test_a_form_can_refuse_it_without_asking_anybody(names: Names, url: str, why: str) -> None:
    with pytest.raises(UrlRefused, match=why):
        check(url)
    with pytest.raises(UrlRefused, match=why):
        asked(url)
    assert names.asked == []


def test_a_good_address_passes_the_form() -> None:
    for url in ("https://bueno.test/hook?x=1", "https://bueno.test:8443/"):
        check(url)
    check("http://router.interno:8080/x", private=frozenset({"router.interno"}))


class _Echo(BaseHTTPRequestHandler):
    seen: list[str] = []

    def do_POST(self) -> None:
        self.seen.append(str(self.headers["Host"]))
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b"x" * 100_000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "12")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def echo(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_it_asks_the_address_that_it_looked_at_and_no_proxy(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    _Echo.seen.clear()
    with echo() as port:
        names.known["router.test"] = ["127.0.0.1"]
        answer = asked(f"http://router.test:{port}/x", frozenset({"router.test"}))
        assert (answer.status, answer.retry_after, len(answer.body)) == (200, 12.0, 4_096)
        assert _Echo.seen == [f"router.test:{port}"]
    assert names.asked.count("router.test") == 1


def test_a_certificate_for_another_name_is_nobody_there(
    names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trusted, serving = certificate_for("otro.test", tmp_path)
    monkeypatch.setattr(typed_url, "_trust", lambda: trusted)
    with echo(serving) as port:
        names.known |= {"bueno.test": ["127.0.0.1"], "otro.test": ["127.0.0.1"]}
        with pytest.raises(UrlAway):
            asked(f"https://bueno.test:{port}/", frozenset({"bueno.test"}))
        assert asked(f"https://otro.test:{port}/", frozenset({"otro.test"})).status == 200


def test_nobody_there_is_away(names: Names) -> None:
    with pytest.raises(UrlAway, match="DNS"):
        asked("https://nadie.test/")
    with pytest.raises(UrlAway, match="ConnectError"):
        asked("http://127.0.0.1:9/", frozenset({"127.0.0.1"}))


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Who trusts it, and who serves it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return trusted, serving

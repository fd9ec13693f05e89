"""A RouterOS that remembers three tables and misbehaves when told to, on its API and its REST: as we understand its
protocol, sharing nothing with the client."""

import base64
import json
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

USER, PASSWORD = "amate", "clave-del-router"


class Trap(Exception):
    """What the router answers when it does not want to."""


class Drop(Exception):
    """The line is cut."""


@dataclass
class Box:
    """`mood`: "silent", "half" (half a word, then nothing), "drop" (it does it and hangs up), "deny", "odd", or none.
    `at`: the verb at which it shows."""

    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    mood: str = ""
    at: str = "print"
    said: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def reset(self) -> None:
        self.tables = {"/ip/firewall/address-list": [], "/ppp/secret": [], "/ppp/active": []}
        self.mood, self.said = "", []

    def put(self, path: str, **facts: str) -> None:
        self.add(path, {name.replace("_", "-"): value for name, value in facts.items()})

    def add(self, path: str, facts: dict[str, str]) -> str:
        table = self.tables[path]
        if path == "/ip/firewall/address-list":
            same = ("list", "address")
            if any(all(row.get(one) == facts.get(one) for one in same) for row in table):
                raise Trap("failure: already have such entry")
        number = f"*{next(self.numbers):X}"
        table.append({".id": number, "disabled": "false", **_booleans(facts)})
        return number

    def set(self, path: str, number: str, facts: dict[str, str]) -> None:
        self._row(path, number).update(_booleans(facts))

    def remove(self, path: str, number: str) -> None:
        self.tables[path].remove(self._row(path, number))

    def find(self, path: str, where: dict[str, str]) -> list[dict[str, str]]:
        if path not in self.tables:
            raise Trap("no such command prefix")
        return [row for row in self.tables[path] if all(row.get(name) == value for name, value in where.items())]

    def _row(self, path: str, number: str) -> dict[str, str]:
        for row in self.tables[path]:
            if row[".id"] == number:
                return row
        raise Trap("no such item")


def _booleans(facts: dict[str, str]) -> dict[str, str]:
    words = {"yes": "true", "no": "false"}
    return {name: words.get(value, value) if name == "disabled" else value for name, value in facts.items()}


# ------------------------------------------------------------ the API


class _Talk(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]
        inside = False
        try:
            while True:
                words = self._hear()
                verb = words[0].rpartition("/")[2]
                if verb == box.at and box.mood:
                    self._misbehave(box, words)
                    continue
                if not inside and words[0] != "/login":
                    raise Drop
                inside = self._log_in(words) if words[0] == "/login" else self._do(box, words)
        except (Drop, OSError):
            return

    def _misbehave(self, box: Box, words: list[str]) -> None:
        if box.mood == "silent":
            time.sleep(1)
            raise Drop
        if box.mood == "half":
            self.request.sendall(b"\x20!re=half")
            raise Drop
        if box.mood == "odd":
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"\xff" * 40)
            raise Drop
        if box.mood == "drop":
            self._do(box, words, aloud=False)
            raise Drop
        self._say(["!trap", "=category=2", "=message=not enough permissions (9)"], ["!done"])

    def _log_in(self, words: list[str]) -> bool:
        if _facts(words) == {"name": USER, "password": PASSWORD}:
            self._say(["!done"])
            return True
        self._say(["!trap", "=message=invalid user name or password (6)"], ["!done"])
        return False

    def _do(self, box: Box, words: list[str], *, aloud: bool = True) -> bool:
        path, _, verb = words[0].rpartition("/")
        facts, number = _facts(words), _facts(words).get(".id", "")
        box.said.append(verb)
        try:
            if verb == "print":
                where = dict(word[1:].split("=", 1) for word in words if word.startswith("?"))
                shown = facts[".proplist"].split(",")
                rows = box.find(path, where)
                answer = [["!re", *(f"={name}={row[name]}" for name in shown if name in row)] for row in rows]
            elif verb == "add":
                answer = []
                number = box.add(path, facts)
            elif verb == "set":
                answer = []
                box.set(path, number, {name: value for name, value in facts.items() if name != ".id"})
            else:
                answer = []
                box.remove(path, number)
        except Trap as trap:
            answer = [["!trap", f"=message={trap}"]]
        if aloud:
            self._say(*answer, ["!done", f"=ret={number}"] if verb == "add" else ["!done"])
        return True

    def _hear(self) -> list[str]:
        words = []
        while size := self._size():
            words.append(self._exactly(size).decode())
        return words

    def _size(self) -> int:
        (first,) = self._exactly(1)
        if first < 0x80:
            return int(first)
        assert first < 0xC0, "the client says nothing that long"
        return struct.unpack("!H", bytes([first & 0x3F]) + self._exactly(1))[0]  # type: ignore[no-any-return]

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self.request.recv(size - len(found))
            if not more:
                raise Drop
            found += more
        return found

    def _say(self, *sentences: list[str]) -> None:
        said = b""
        for words in sentences:
            for word in words:
                size = len(word.encode())
                said += (bytes([size]) if size < 0x80 else struct.pack("!H", size | 0x8000)) + word.encode()
            said += b"\0"
        for at in range(0, len(said), 7):  # in pieces, as a network does
            self.request.sendall(said[at : at + 7])


def _facts(words: list[str]) -> dict[str, str]:
    return dict(word[1:].split("=", 1) for word in words if word.startswith("="))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, box: Box, trust: ssl.SSLContext | None) -> None:
        self.box, self.trust = box, trust
        super().__init__(("127.0.0.1", 0), _Talk)

    def finish_request(self, request: Any, client_address: Any) -> None:
        try:
            line = self.trust.wrap_socket(request, server_side=True) if self.trust else request
        except OSError:
            return
        super().finish_request(line, client_address)
        line.close()


@contextmanager
def serve_api(box: Box, trust: ssl.SSLContext | None = None) -> Iterator[int]:
    with _Server(box, trust) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(timeout=5)


# ------------------------------------------------------------ the REST


def rest_of(box: Box) -> Starlette:
    async def asked(request: Request) -> Response:
        proof = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != proof:
            return JSONResponse({"error": 401, "message": "Unauthorized"}, status_code=401)
        verb = {"GET": "print", "PUT": "add", "PATCH": "set", "DELETE": "remove"}[request.method]
        path, number = "/" + request.path_params["path"], ""
        if verb in ("set", "remove"):
            path, _, number = path.rpartition("/")
        if box.mood == "deny" and verb == box.at:
            return _no("not enough permissions (9)", 400)
        facts = json.loads(await request.body() or b"{}")
        box.said.append(verb)
        try:
            if verb == "print":
                where = dict(request.query_params)
                shown = where.pop(".proplist").split(",")
                rows = box.find(path, where)
                return JSONResponse([{name: row[name] for name in shown if name in row} for row in rows])
            if verb == "add":
                return JSONResponse({".id": box.add(path, facts), **facts}, status_code=201)
            if verb == "set":
                box.set(path, number, facts)
                return JSONResponse({".id": number})
            box.remove(path, number)
            return Response(status_code=204)
        except Trap as trap:
            return _no(str(trap), 404 if "no such" in str(trap) else 400)

    return Starlette(routes=[Route("/rest/{path:path}", asked, methods=["GET", "PUT", "PATCH", "DELETE"])])


def _no(detail: str, status: int) -> Response:
    return JSONResponse({"error": status, "message": "Bad Request", "detail": detail}, status_code=status)

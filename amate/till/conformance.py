"""`amate conformance`: does a server keep the contract that tills rely on? Rule by rule, by HTTP alone.

It registers a few sales of its own (`conformidad`) and voids them all. Run it against the demo or a test company: on a real
one those notes stay in the list, cancelled.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from amate.till.api import Answer, Api, Away

SOURCE = "conformidad"
IVA_16 = {"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.16"}
KEPT = ("code", "deadline", "qr_url", "total")
PROBLEM = "application/problem+json"


class Broken(Exception):
    """The server did something else than the contract says; the message says what."""


@dataclass
class Run:
    """One walk through the contract; every sale has a key that nobody used before."""

    api: Api
    now: datetime
    branch: str
    made: list[str] = field(default_factory=list)

    def path(self) -> str:
        path = f"/tickets/{SOURCE}/{secrets.token_hex(8)}"
        self.made.append(path)
        return path

    def sale(self, **changes: Any) -> dict[str, Any]:
        """One article of 116.00 with IVA."""
        line = {
            "descripcion": "Prueba de conformidad",
            "cantidad": "1",
            "precio": "116.00",
            "clave_prod_serv": "01010101",
            "clave_unidad": "H87",
            "impuestos": [IVA_16],
        }
        said = {
            "sold_at": (self.now - timedelta(minutes=1)).isoformat(timespec="seconds"),
            "folio": "CONFORMIDAD",
            "forma_pago": "01",
            "total": "116.00",
            "lines": [line],
        }
        return said | ({"branch": self.branch} if self.branch else {}) | changes

    def registered(self, path: str, **changes: Any) -> Answer:
        return wants(self.api.call("PUT", path, self.sale(**changes)), 201)


def wants(found: Answer, status: int, **said: Any) -> Answer:
    if found.status != status:
        raise Broken(f"se esperaba {status} y llegó {found.status}: {found.raw[:200].decode(errors='replace')}")
    if status >= 400 and found.kind != PROBLEM:
        raise Broken(f"un error se dice en {PROBLEM}, y llegó {found.kind or 'nada'}")
    for name, value in said.items():
        if found.body.get(name) != value:
            raise Broken(f"{name} debía ser {value!r} y es {found.body.get(name)!r}")
    return found


def holds(condition: object, sentence: str) -> None:
    if not condition:
        raise Broken(sentence)


# ------------------------------------------------------------ the rules


def no_key(run: Run) -> None:
    """Sin clave, o con otra, nadie registra ni lee: 401"""
    for said in ("", "Bearer amate_de_nadie"):
        wants(run.api.call("PUT", run.path(), run.sale(), headers={"Authorization": said}), 401)
    run.made.clear()


def described(run: Run) -> None:
    """El contrato se lee sin clave en openapi.json"""
    found = wants(run.api.call("GET", "/openapi.json", headers={"Authorization": ""}), 200)
    paths = " ".join(found.body.get("paths", {}))
    holds("/tickets/{source}/{external_id}" in paths, "no describe PUT /tickets/{source}/{external_id}")


def register(run: Run) -> None:
    """Registrar una venta da su código, su fecha límite y su QR: 201"""
    body = run.registered(run.path()).body
    holds(len(body["code_bare"]) == 12, f"el código lleva 12 símbolos, y es {body['code_bare']!r}")
    holds(body["qr_url"].endswith(f"/{body['code_bare']}/11600"), "el QR lleva el código y el total en centavos")
    holds(datetime.fromisoformat(body["deadline"]).tzinfo, "la fecha límite lleva su zona")
    holds(body["state"] == "open" and body["deadline_text"], "nace por facturar, con su fecha límite en palabras")


def repeat(run: Run) -> None:
    """Repetirla da la misma nota, código y fecha límite: 200"""
    path = run.path()
    first = run.registered(path).body
    wants(run.api.call("PUT", path, run.sale()), 200, **{name: first[name] for name in KEPT})
    other = json.dumps(run.sale()).replace('"116.00"', "116.0").encode()
    same = run.api.call("PUT", path, content=other, headers={"Content-Type": "application/json"})
    wants(same, 200, code=first["code"])


def race(run: Run) -> None:
    """Enviada cuatro veces a la vez es una sola nota"""
    path, sale = run.path(), run.sale()
    with ThreadPoolExecutor(4) as four:
        found = list(four.map(lambda _: run.api.call("PUT", path, sale), range(4)))
    statuses = sorted(one.status for one in found)
    holds(statuses == [200, 200, 200, 201], f"se esperaba un 201 y tres 200, y llegaron {statuses}")
    holds(len({one.body["code"] for one in found}) == 1, "dieron códigos distintos")


def change(run: Run) -> None:
    """La misma clave con otros datos se rechaza, y la nota no cambia: 409"""
    path = run.path()
    first = run.registered(path).body
    wants(run.api.call("PUT", path, run.sale(folio="OTRO")), 409)
    wants(run.api.call("GET", f"/tickets/{first['code_bare']}"), 200, folio="CONFORMIDAD")


def sums(run: Run) -> None:
    """Un total que no es la suma se rechaza con las dos sumas, y no registra nada: 422"""
    path = run.path()
    wants(run.api.call("PUT", path, run.sale(total="115.00")), 422, said="115.00", computed="116.00")
    run.registered(path)


def fields(run: Run) -> None:
    """Un campo mal escrito se nombra con su puntero: 422; otro tipo de contenido: 415"""
    found = wants(run.api.call("PUT", run.path(), run.sale(forma_de_pago="01")), 422)
    where = [one.get("pointer") for one in found.body.get("errors", [])]
    holds(where == ["/forma_de_pago"], f"debía señalar /forma_de_pago, y señala {where}")
    text = {"Content-Type": "text/plain"}
    wants(run.api.call("PUT", run.path(), content=b"hola", headers=text), 415)


def read(run: Run) -> None:
    """Una nota se lee por su código como lo copie quien sea; un código ajeno: 404"""
    body = run.registered(run.path()).body
    for typed in (body["code"], body["code_bare"].lower()):
        wants(run.api.call("GET", f"/tickets/{typed}"), 200, code=body["code"], uuid=None)
    wants(run.api.call("GET", "/tickets/7K4M9QXW2TRP"), 404)


def papers(run: Run) -> None:
    """Su nota sale en PDF, en texto y en ESC/POS, con el mismo código"""
    body = run.registered(run.path()).body
    here = f"/tickets/{body['code_bare']}"
    holds(wants(run.api.call("GET", f"{here}/note.pdf"), 200).raw.startswith(b"%PDF-"), "note.pdf no es un PDF")
    holds(
        body["code"] in wants(run.api.call("GET", f"{here}/note.txt"), 200).raw.decode(), "note.txt no trae el código"
    )
    escpos = wants(run.api.call("GET", f"{here}/note.escpos"), 200).raw
    holds(body["code"].encode() in escpos, "note.escpos no trae el código")


def lock(run: Run) -> None:
    """Bloqueada y desbloqueada conserva su código y su fecha límite"""
    path = run.path()
    first = run.registered(path).body
    held = wants(run.api.call("POST", f"{path}/lock", {"reason": "prueba"}), 200, state="locked")
    holds(held.body["state_reason"] == "prueba", "no guarda la razón")
    wants(run.api.call("POST", f"{path}/unlock"), 200, state="open", **{name: first[name] for name in KEPT})


def void(run: Run) -> None:
    """Cancelada no vuelve; cancelarla otra vez no cambia nada"""
    path = run.path()
    run.registered(path)
    for _ in range(2):
        wants(run.api.call("DELETE", f"{path}?reason=prueba"), 200, state="void", state_reason="prueba")
    wants(run.api.call("POST", f"{path}/unlock"), 409)
    wants(run.api.call("PUT", path, run.sale()), 200, state="void")
    wants(run.api.call("DELETE", f"/tickets/{SOURCE}/no-existe-{secrets.token_hex(4)}"), 404)


def blocks(run: Run) -> None:
    """Un código reservado no existe para nadie hasta que su venta llega, y sirve a una sola"""
    block = wants(run.api.call("POST", "/code-blocks", {"source": SOURCE, "count": 2}), 201).body
    holds(len(set(block["codes"])) == 2, "se pidieron dos códigos")
    holds(
        block["branches"] and len(block["branches"][0]["days"]) == 31, "trae las fechas límite de 31 días por sucursal"
    )
    code = block["codes"][0]
    bare = code.replace("-", "")
    wants(run.api.call("GET", f"/tickets/{bare}"), 404)
    body = run.registered(run.path(), code=code).body
    holds(body["code"] == code, f"debía llevar {code} y lleva {body['code']}")
    holds(body["qr_url"] == f"{block['qr_start']}{bare}/11600", "el QR no es qr_start, el código y los centavos")
    wants(run.api.call("PUT", run.path(), run.sale(code=code)), 422)
    stolen = f"/tickets/{SOURCE}-otra/{secrets.token_hex(8)}"
    wants(run.api.call("PUT", stolen, run.sale(code=block["codes"][1])), 422)


RULES: tuple[Callable[[Run], None], ...] = (
    no_key, described, register, repeat, race, change, sums, fields, read, papers, lock, void, blocks,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wrong` is empty for a rule that holds."""

    rule: str
    says: str
    wrong: str


def conform(api: Api, *, branch: str, now: datetime) -> Iterator[Verdict]:
    """Each rule with what came of it; whatever was registered for it is voided before the next. Raises Away."""
    for rule in RULES:
        wrong = ""
        with _cleaned(Run(api, now, branch)) as run:
            try:
                rule(run)
            except Broken as broken:
                wrong = str(broken)
            except (KeyError, TypeError, ValueError, IndexError) as lacks:
                wrong = f"a la respuesta le falta algo o no tiene la forma descrita: {lacks!r}"
        yield Verdict(rule.__name__.replace("_", "-"), rule.__doc__ or "", wrong)


@contextmanager
def _cleaned(run: Run) -> Iterator[Run]:
    yield run
    for path in run.made:
        run.api.call("DELETE", f"{path}?reason=prueba%20de%20conformidad")


def main(argv: Sequence[str]) -> int:
    """0: every rule holds; 1: one does not; 2: nobody answered there."""
    said = _arguments(argv)
    broken = 0
    with Api(said.url, said.key) as api:
        try:
            for verdict in conform(api, branch=said.branch, now=datetime.now(UTC)):
                broken += bool(verdict.wrong)
                print(_as_json(verdict) if said.json else _in_words(verdict), flush=True)
        except Away as away:
            print(f"{said.url}: {away}", file=sys.stderr)
            return 2
    if not said.json:
        print(f"{len(RULES) - broken} de {len(RULES)} reglas se cumplen.")
    return 1 if broken else 0


def _in_words(verdict: Verdict) -> str:
    mark = "✗" if verdict.wrong else "✓"
    return f"{mark} {verdict.rule:<10} {verdict.says}" + (f"\n             {verdict.wrong}" if verdict.wrong else "")


def _as_json(verdict: Verdict) -> str:
    said = {"rule": verdict.rule, "holds": not verdict.wrong, "says": verdict.says, "wrong": verdict.wrong}
    return json.dumps(said, ensure_ascii=False)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate conformance", description=__doc__)
    parser.add_argument("--url", required=True, help="la instalación, como https://facturas.example")
    add_key(parser)
    parser.add_argument("--branch", default="", metavar="CLAVE", help="la sucursal, si la empresa tiene varias")
    parser.add_argument("--json", action="store_true", help="un renglón de JSON por regla")
    return take_key(parser, parser.parse_args(argv))


def add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", default="", help="la clave de API; mejor en --key-file o AMATE_API_KEY")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="un archivo que solo trae la clave")


def take_key(parser: argparse.ArgumentParser, said: argparse.Namespace) -> argparse.Namespace:
    if said.key_file:
        try:
            said.key = said.key_file.read_text().strip()
        except OSError as fault:
            parser.error(f"--key-file: {fault.strerror}")
    said.key = said.key or os.environ.get("AMATE_API_KEY", "")
    if not said.key:
        parser.error("falta la clave de API: --key-file, --key o AMATE_API_KEY")
    return said

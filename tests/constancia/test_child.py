"""The process that reads strangers' files: what it cannot do, tried."""

import json
import subprocess
import sys
import time
import zlib

import psutil
import pytest
from PIL import Image

from amate.constancia import read
from amate.constancia.read import Unreadable, read_constancia
from amate.fiscal.catalogs import installed
from tests.constancia.paper import bytes_of, pdf_by_hand

# What somebody would do who has broken a decoder: in the place of `look`, after the child has shut itself in.
TRIES = """
import json, os, resource, socket, sys
import amate.constancia.child as child

def tried(act):
    try:
        act()
    except (OSError, MemoryError, ValueError) as no:
        return type(no).__name__
    return "done"

def look(data):
    told = {
        "reads a file": tried(lambda: open("/etc/hostname")),
        "writes a file": tried(lambda: open(%(out)r, "w")),
        "opens a socket": tried(socket.socket),
        "takes memory": tried(lambda: bytearray(1_000_000_000)),
        "frees itself": tried(lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))) if os.geteuid() else "not tried",
        "environment": len([name for name in os.environ if name != "LC_CTYPE"]),
        "open": len(os.listdir("/proc/self/fd")) if tried(lambda: os.listdir("/proc/self/fd")) == "done" else "none to see",
    }
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)

child.look = look
sys.exit(child.main())
"""


def test_it_can_open_nothing_and_take_no_more(tmp_path: object) -> None:
    code = TRIES % {"out": f"{tmp_path}/written"}
    told = json.loads(read._ask((sys.executable, "-I", "-c", code), b"anything"))
    assert told == {
        "reads a file": "OSError",
        "writes a file": "OSError",
        "opens a socket": "OSError",
        "takes memory": "MemoryError",
        "frees itself": told["frees itself"],
        "environment": 0,
        "open": "none to see",
    }
    assert told["frees itself"] in ("ValueError", "OSError", "not tried")


def test_the_processor_stops_it() -> None:
    code = "import amate.constancia.child as child\nchild.shut_in(seconds=1)\nwhile True: pass"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-I", "-c", code], timeout=60, stderr=subprocess.DEVNULL)
    assert done.returncode < 0, "killed, not ended"
    assert time.monotonic() - began < 50


def test_what_sleeps_for_ever_is_killed_by_the_clock(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(read, "SECONDS", 0.5)
    monkeypatch.setattr(read, "CHILD", (sys.executable, "-I", "-c", "import time; time.sleep(600)"))
    before = set(psutil.Process().children())
    began = time.monotonic()
    with pytest.raises(Unreadable):
        read_constancia(b"secret" * 100_000, catalogs=installed())
    assert time.monotonic() - began < 30
    assert set(psutil.Process().children()) <= before
    assert "secret" not in caplog.text
    assert "ended with -9" in caplog.text


def test_a_flood_of_words_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "CHILD", (sys.executable, "-I", "-c", "while True: print('a' * 1000)"))
    with pytest.raises(Unreadable):
        read_constancia(b"anything", catalogs=installed())


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b'{"rfc": "XAXX010101000", "nombre": "", "cp": "", "regimenes": []}',
        b'{"rfc": "<script>", "nombre": "", "cp": "", "regimenes": []}',
        b'{"rfc": "XOJI740919U48", "nombre": "", "cp": "", "regimenes": 5}',
    ],
)
def test_what_a_broken_child_says_is_not_believed(told: bytes) -> None:
    with pytest.raises(Unreadable):
        read._checked(told, installed())
    half = read._checked(b'{"rfc":"XOJI740919U48","nombre":"A|B","cp":"<b>","regimenes":["999"]}', installed())
    assert half == read.Constancia("XOJI740919U48", "", "", ())


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def drawn(content: bytes, *, box: bytes = b"0 0 612 792") -> bytes:
    packed = zlib.compress(content, 9)
    return pdf_by_hand(
        CATALOGUE,
        ONE_PAGE,
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R>>" % box,
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
    )


@pytest.mark.parametrize("kind", ["a bomb", "a page of kilometres", "a flood of pixels"])
def test_a_bomb_is_no_more_than_an_unreadable_file(kind: str) -> None:
    data = {
        "a bomb": lambda: drawn(b" " * 300_000_000),
        "a page of kilometres": lambda: drawn(b"0 0 14400 14400 re f", box=b"0 0 1e9 1e9"),
        "a flood of pixels": lambda: bytes_of(Image.new("L", (12_000, 12_000)), "PNG"),
    }[kind]()
    with pytest.raises(Unreadable):
        read_constancia(data, catalogs=installed())

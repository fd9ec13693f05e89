"""What comes in a ZIP that should not: each is refused or left out with its reason, and nothing stays half done."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from amate.intake.models import Piece
from amate.intake.past import archive, central
from amate.intake.past.models import PastCfdi, PastGap, PastListed
from amate.ledger.models import Receivable
from tests.intake.files import commit
from tests.intake.old_cfdi import EMISOR, invoice, line, metadata, rep, zip_of
from tests.intake.test_past import bring
from tests.world import World

GOOD = invoice("A-1")
DOCTYPE = GOOD.replace(
    b"<cfdi:Comprobante ", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><cfdi:Comprobante ', 1
)
BILLION = GOOD.replace(
    b"<cfdi:Comprobante ", b'<!DOCTYPE a [<!ENTITY b "ja"><!ENTITY c "&b;&b;&b;">]><cfdi:Comprobante ', 1
)
LATE_DOCTYPE = GOOD.replace(
    b"<cfdi:Comprobante ", b"<!--" + b"x" * 5000 + b'--><!DOCTYPE a [<!ENTITY b "ja">]><cfdi:Comprobante ', 1
)
OLD = GOOD.replace(b"cfd/4", b"cfd/3").replace(b'Version="4.0"', b'Version="3.3"')
UNSTAMPED = GOOD[: GOOD.index(b"<tfd:")] + b"</cfdi:Complemento></cfdi:Comprobante>"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("dtd.xml", DOCTYPE, "trae un DOCTYPE"),
        ("bomba.xml", BILLION, "trae un DOCTYPE"),
        ("tarde.xml", LATE_DOCTYPE, "trae un DOCTYPE"),
        ("nota.xml", b"<nota><folio>1</folio></nota>", "No es un CFDI"),
        ("roto.xml", GOOD[:2000], "no es XML bien formado"),
        ("vacio.xml", b"", "no es XML bien formado"),
        ("viejo.xml", OLD, "Es un CFDI 3.3: solo entran los 4.0"),
        ("sin-timbre.xml", UNSTAMPED, "No tiene timbre"),
        ("ajeno.xml", invoice("A-9", emisor="IVA150309XX8"), f"La emitió IVA150309XX8, no tu empresa ({EMISOR})"),
        ("total.xml", GOOD.replace(b' Total="1160.00"', b' Total="NaN"'), "Su Total no es como el SAT lo escribe"),
        ("fecha.xml", GOOD.replace(b"2026-03-05T10", b"2026-02-30T10"), "Su Fecha no es como"),
        ("uuid.xml", GOOD.replace(b'UUID="', b'UUID="x'), "Su UUID no es como"),
        ("rfc.xml", GOOD.replace(b'Rfc="EKU9003173C9"', b'Rfc="nadie"'), "Su RFC del receptor no es como"),
        ("parcialidad.xml", rep("P-9", [("A-1", 70000, "1.00", "1.00")]), "Su NumParcialidad no es como"),
        ("../../etc/cron.d/a.xml", GOOD, "Su nombre apunta fuera del ZIP"),
        ("/abs/a.xml", GOOD, "Su nombre apunta fuera del ZIP"),
        ("..\\a.xml", GOOD, "Su nombre apunta fuera del ZIP"),
        ("C:\\a.xml", GOOD, "Su nombre apunta fuera del ZIP"),
        ("gordo.xml", b"<a>" + b" " * 11_000_000 + b"</a>", "Pesa más de 10 MB"),
        ("a.zip", zip_of({"b.zip": zip_of({"c.xml": GOOD})}), "sácalo un nivel"),
    ],
)
def test_what_is_no_cfdi_of_ours_is_left_out_with_its_reason(
    world: World, name: str, content: bytes, sentence: str
) -> None:
    batch = bring(world, zip_of({name: content, "bueno.xml": invoice("A-2")}))
    assert (batch.state, batch.counts["new"], batch.counts["bad"]) == ("read", 1, 1)
    [(row, file, said)] = batch.errors
    assert (row, sentence in said) == (1 if not name.endswith(".zip") else row, True), said
    assert name.rpartition("/")[2].rpartition("\\")[2] in file or name == "a.zip"
    assert commit(world, batch, skip_bad=True).state == "committed"
    assert world.scoped(lambda: Receivable.objects.count()) == 1


def bomb() -> bytes:
    """Twenty files of 9 MB of nothing each: a few kB as they come."""
    return zip_of({f"{number}.xml": b" " * 9_000_000 for number in range(20)})


def overlapped(content: bytes, times: int) -> bytes:
    """A ZIP whose list names the same packed bytes again and again, as the bomb without nesting does."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(content) + packed.flush()
    name, crc = b"a.xml", zlib.crc32(content)
    local = (
        b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, crc, len(body), len(content), len(name), 0) + name
    )
    entry = b"PK\x01\x02" + struct.pack(
        "<HHHHHHIIIHHHHHII", 20, 20, 0, 8, 0, 0, crc, len(body), len(content), len(name), 0, 0, 0, 0, 0, 0
    ) + name  # fmt: skip
    at = len(local) + len(body)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, times, times, len(entry) * times, at, 0)
    return local + body + entry * times + end


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (bomb, "El ZIP se infla a más de"),
        (lambda: overlapped(b" " * 9_000_000, 20), "El ZIP se infla a más de"),
        (lambda: zip_of({"metadata.txt": "Uuid~" + " " * 60_000_000}), "El ZIP se infla a más de"),
        (lambda: zip_of({"dentro.zip": zip_of({"0.bin": b" " * 60_000_000}, stored=True)}), "El ZIP se infla a más de"),
        (lambda: zip_of({f"{number}.pdf": b"" for number in range(60)}), "Trae más de 50 archivos"),
        (lambda: zip_of({"a.xml": GOOD})[:-40], "El ZIP está dañado"),
        (lambda: b"PK\x03\x04" + b"\x00" * 400, "El ZIP está dañado"),
        (lambda: zip_of({"foto.jpg": b"\xff\xd8"}), "No trae ningún CFDI"),
        (lambda: zip_of({}), "No es un ZIP ni un XML"),
        (lambda: b"%PDF-1.4", "No es un ZIP ni un XML"),
        (lambda: b"", "No es un ZIP ni un XML"),
    ],
)  # fmt: skip
def test_an_upload_that_is_a_trap_is_refused_whole(
    world: World, monkeypatch: pytest.MonkeyPatch, make: Callable[[], bytes], sentence: str
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 50_000_000)
    monkeypatch.setattr(archive, "MOST_FILES", 50)
    monkeypatch.setattr(archive, "TOO_MANY", "Trae más de 50 archivos")
    batch = bring(world, make())
    assert (batch.state, sentence in batch.fault) == ("refused", True), batch.fault
    left = (PastCfdi, PastListed, PastGap, Piece)
    assert world.scoped(lambda: [model.objects.count() for model in left]) == [0, 0, 0, 0]


def test_what_was_staged_before_the_trap_goes_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 20_000_000)
    files: dict[str, Any] = {f"{number}.xml": invoice(f"A-{number}") for number in range(1, 602)}
    files |= {f"z{number}.xml": b" " * 9_000_000 for number in range(3)}
    batch = bring(world, zip_of(files))
    assert (batch.state, "se infla" in batch.fault) == ("refused", True)
    assert world.scoped(lambda: PastCfdi.objects.count()) == 0


def test_a_size_that_lies_unpacks_no_more_than_a_cfdi_has(world: World) -> None:
    content = bytearray(zip_of({"a.xml": b" " * 30_000_000, "b.xml": GOOD}))
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 100)
    batch = bring(world, bytes(content))
    assert (batch.counts["new"], "Pesa más de 10 MB" in batch.errors[0][2]) == (1, True)


def test_a_file_that_is_damaged_or_locked_spoils_no_other(world: World) -> None:
    content = bytearray(zip_of({"a.xml": GOOD, "b.xml": invoice("A-2"), "c.xml": invoice("A-3")}))
    content[content.index(b"a.xml") + 60] ^= 0xFF
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"c.xml"))
    content[place + 8] |= 1
    batch = bring(world, bytes(content))
    assert batch.counts["new"] == 1
    assert [said for _, _, said in batch.errors] == [archive.DAMAGED, archive.LOCKED]


def test_the_same_uuid_twice_is_told_and_counted_once(world: World) -> None:
    other = GOOD.replace(b'Total="1160.00"', b'Total="9160.00"')
    batch = bring(world, zip_of({"a.xml": GOOD, "copia/a.xml": GOOD, "b.xml": other}))
    assert (batch.counts["new"], batch.counts["repeated"], batch.counts["bad"]) == (1, 1, 1)
    assert "con otro contenido" in batch.errors[0][2]
    assert batch.counts["total"] == "1160.00"


def test_payroll_and_pdfs_are_of_no_concern(world: World) -> None:
    payroll = GOOD.replace(b'TipoDeComprobante="I"', b'TipoDeComprobante="N"')
    files = {"a.xml": GOOD, "a.pdf": b"%PDF", "__MACOSX/._a.xml": b"\x00\x05", "n.xml": payroll, "dir/": b""}
    batch = bring(world, zip_of(files))
    said = batch.counts["cfdi"]
    assert (batch.counts["bad"], said["left_out"], said["others"]) == (0, 1, 3)


def test_the_sats_own_packages_may_lie_inside(world: World) -> None:
    inner = {"xml.zip": zip_of({"a.xml": GOOD}), "metadata.zip": zip_of({"m.txt": "\ufeff" + metadata(line("A-1"))})}
    batch = bring(world, zip_of(inner))
    assert (batch.counts["new"], batch.counts["cfdi"]["listed"], batch.counts["cfdi"]["all_gaps"]) == (1, 1, 0)


def test_one_xml_alone_comes_in_too(world: World) -> None:
    assert bring(world, GOOD, name="a.xml").counts["new"] == 1


def test_lines_of_no_metadata_are_told(world: World) -> None:
    listing = metadata(line("A-1"), "basura", line("A-1", emisor="IVA150309XX8"))
    batch = bring(world, zip_of({"a.xml": GOOD, "m.txt": listing}))
    assert (batch.counts["cfdi"]["listed"], batch.counts["bad"]) == (1, 1)
    assert "El renglón 3 no es de la metadata" in batch.errors[0][2]


def test_a_list_of_contents_may_be_wider_than_four_gigabytes(world: World) -> None:
    assert central._wide(struct.pack("<HHQQ", 1, 16, 5_000_000_000, 7), 0xFFFFFFFF, 9, 0xFFFFFFFF) == (
        5_000_000_000,
        9,
        7,
    )

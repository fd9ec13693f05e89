"""A logo comes in as any picture and is kept as ours: drawn anew, so that nothing but pixels is left of the file."""

import io
import struct
import warnings
import zlib
from datetime import datetime
from hashlib import sha256
from typing import IO, Any

from django.db.models import Q
from PIL import Image, ImageOps

from amate.audit.record import record
from amate.companies.models import Branch, Emisor, Logo

LARGEST = 2_000_000  # bytes
WIDEST = 4000  # px a side
PRINTED = (360, 150)  # 14 mm high on paper, 270 an inch: more cost every PDF time and every mail weight
SHOWN = (320, 96)
LIGHT = 4_000  # bytes of the drawing that every page loads
FORMATS = ("PNG", "JPEG", "WEBP")
# What Pillow raises for a file that lies about itself, format by format.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)


class LogoRefused(Exception):
    """The message says what to send instead. The logo before stays."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def keep_logo(*, file: IO[bytes], branch_id: int | None, now: datetime) -> str:
    """Draw it anew twice, for papers and for pages. Answers which drawing it is, as `Emisor.logo` and `Branch.logo` keep
    it. `branch_id` None: the company's. Raises LogoRefused."""
    # One byte more than it may have is enough to refuse it: what is too much never comes into memory.
    picture = _read(file.read(LARGEST + 1))
    printed = _png(_on_paper(_within(picture, PRINTED)))
    version = sha256(printed).hexdigest()[:16]
    Logo.objects.update_or_create(  # type: ignore[misc]  # the stubs know no null foreign key here
        branch_id=branch_id,
        defaults={"print_png": printed, "screen_png": _light_png(_within(picture, SHOWN)), "kept_at": now},
    )
    _shown_by(branch_id).update(logo=version)
    record("logo.kept", about=_about(branch_id), now=now, logo=version)
    return version


def drop_logo(*, branch_id: int | None, now: datetime) -> None:
    Logo.objects.filter(Q(branch_id=branch_id)).delete()
    if _shown_by(branch_id).exclude(logo="").update(logo=""):
        record("logo.dropped", about=_about(branch_id), now=now)


def _shown_by(branch_id: int | None) -> Any:
    return Emisor.objects.all() if branch_id is None else Branch.objects.filter(pk=branch_id)


def _about(branch_id: int | None) -> str:
    return "" if branch_id is None else f"branch:{branch_id}"


def _read(content: bytes) -> Image.Image:
    if len(content) > LARGEST:
        raise LogoRefused("El archivo pesa más de 2 MB. Guárdalo más chico y súbelo otra vez.")
    head = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") or b"<svg" in head:
        raise LogoRefused("Es un SVG. Guárdalo como PNG con fondo transparente y súbelo así.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the sides are looked at just below
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
        _refuse_size(picture)
        picture.load()
        return ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError as bomb:
        raise LogoRefused(f"La imagen tiene demasiados puntos: caben {WIDEST} por lado. Redúcela y súbela.") from bomb
    except BROKEN as broken:
        raise LogoRefused(
            "No pudimos leer la imagen. Sube un PNG, JPEG o WebP; si lo es, ábrelo y guárdalo otra vez."
        ) from broken


def _refuse_size(picture: Image.Image) -> None:
    """From the header alone: a small file may hold a picture that fills the memory."""
    width, height = picture.size
    if max(width, height) > WIDEST:
        raise LogoRefused(f"La imagen mide {width} × {height} puntos y caben {WIDEST} por lado. Redúcela y súbela.")
    if min(width, height) < 16:
        raise LogoRefused(f"La imagen mide {width} × {height} puntos: es muy chica para un logotipo. Sube una mayor.")


def _within(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    made = picture.copy()
    made.thumbnail(box, Image.Resampling.LANCZOS)
    return made


def _on_paper(picture: Image.Image) -> Image.Image:
    """Without transparency, which a PDF would carry as a second picture."""
    made = Image.new("RGB", picture.size, "white")
    made.paste(picture, mask=picture)
    return made


def _light_png(picture: Image.Image) -> bytes:
    """As many colours as fit into LIGHT; a photograph gets fewer, and at last half the size."""
    for colours in (256, 64, 16):
        made = _png(picture.quantize(colours, method=Image.Quantize.FASTOCTREE))
        if len(made) <= LIGHT:
            return made
    return _light_png(_within(picture, (max(picture.width // 2, 1), max(picture.height // 2, 1))))


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()

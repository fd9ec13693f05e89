"""`python -I -m amate.constancia.child`: a file comes in by stdin, what it says goes out as JSON. It can do nothing else.

Whoever breaks a decoder finds himself in a process without a file, a socket, a child, an environment or much time.
"""

import codecs
import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from amate.constancia.parse import MOST_LETTERS, NotUnderstood, Said, parse

LARGEST = 5_000_000  # bytes: telephones make photos of four million
MOST_PAGES = 10  # a real one has two or three
MOST_PIXELS = 64_000_000
WIDEST = 2_500  # pixels that a page or a photo is looked at with
PHOTOS = ("JPEG", "PNG", "WEBP")
MEMORY = 700_000_000
SECONDS = 4  # of the processor
NOT_UNDERSTOOD = 3


def shut_in(*, seconds: int = SECONDS) -> None:
    """From here on: no new file or socket, no child, nothing written, so much memory and so much time. For good."""
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def look(data: bytes) -> Said:
    """What a PDF or a photo says. Raises NotUnderstood."""
    if len(data) > LARGEST:
        raise NotUnderstood
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _of_a_pdf(data)
    return parse("", codes=_of_a_photo(data))


def _of_a_pdf(data: bytes) -> Said:
    import pypdfium2

    try:
        texts, codes = _pages_of(pypdfium2.PdfDocument(data))
    except pypdfium2.PdfiumError:  # broken, or shut with a password
        raise NotUnderstood from None
    return parse("\n".join(texts), codes=codes)


def _pages_of(document: Any) -> tuple[list[str], list[str]]:
    if not 1 <= len(document) <= MOST_PAGES:
        raise NotUnderstood
    texts: list[str] = []
    codes: list[str] = []
    for page in document:
        shown = page.get_textpage()
        if shown.count_chars() > MOST_LETTERS:
            raise NotUnderstood
        texts.append(shown.get_text_range())
        scale = WIDEST / max(1.0, *page.get_size())
        codes += _codes_in(page.render(scale=min(scale, 3), grayscale=True, may_draw_forms=False).to_pil())
    return texts, codes


def _of_a_photo(data: bytes) -> list[str]:
    import io

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=PHOTOS) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise NotUnderstood
            photo.draft("L", (WIDEST, WIDEST))
            grey = photo.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):  # all that Pillow says of a broken file
        raise NotUnderstood from None
    grey.thumbnail((WIDEST, WIDEST))
    return _codes_in(grey)


def _codes_in(picture: Any) -> list[str]:
    import zxingcpp

    return [
        code.text
        for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def main() -> int:
    # All that will be needed is opened now: once shut in, not even a module can be.
    import pypdfium2  # noqa: F401
    import zxingcpp  # noqa: F401
    from PIL import Image, WebPImagePlugin  # noqa: F401

    Image.preinit()  # the decoders that it would look for at the first picture
    codecs.lookup("utf-16-le")  # as pdfium gives its text
    data = sys.stdin.buffer.read(LARGEST + 1)
    shut_in()
    try:
        said = look(data)
    except NotUnderstood:
        return NOT_UNDERSTOOD
    sys.stdout.write(json.dumps(asdict(said)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Reading papers as others do: a copy and paste, a scanner, a file manager. Needs poppler-utils and zbar-tools."""

import subprocess
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from lxml import etree
from PIL import Image

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Word:
    """A printed word and its box, in points from the top left of its page."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def over(self, other: "Word") -> bool:
        """Whether the two are printed over each other; the boxes hold the whole line height, so a touch is allowed."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return (
            self.page == other.page and wide > 1 and high > 0.5 * min(self.bottom - self.top, other.bottom - other.top)
        )


def run(*command: object, stdin: bytes = b"") -> bytes:
    return subprocess.run([str(part) for part in command], input=stdin, capture_output=True, check=True).stdout


def text_of(pdf: bytes, *, page: int | None = None) -> str:
    only = ["-f", page, "-l", page] if page else []
    return run("pdftotext", "-raw", *only, "-", "-", stdin=pdf).decode()


def spaced(text: str) -> str:
    """With every run of white space as one space: how the lines broke does not matter."""
    return " ".join(text.split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def pages_of(pdf: bytes) -> int:
    facts = dict(line.split(":", 1) for line in run("pdfinfo", "-", stdin=pdf).decode().splitlines())
    return int(facts["Pages"])


def words_of(pdf: bytes) -> list[Word]:
    tree = etree.fromstring(run("pdftotext", "-bbox", "-", "-", stdin=pdf))
    return [
        Word(number, word.text or "", *(float(word.get(side, "")) for side in ("xMin", "yMin", "xMax", "yMax")))
        for number, page in enumerate(tree.iter("{*}page"), 1)
        for word in page.iter("{*}word")
    ]


def overprinted(pdf: bytes) -> list[tuple[str, str]]:
    """Pairs of words that lie over each other."""
    words = [word for word in words_of(pdf) if word.right - word.left > 1]
    return [(one.text, other.text) for one, other in combinations(words, 2) if one.over(other)]


def picture_of(pdf: bytes, folder: Path, *, page: int = 1, dpi: int = 200) -> Path:
    run("pdftoppm", "-r", dpi, "-f", page, "-l", page, "-singlefile", "-png", "-", folder / "page", stdin=pdf)
    return folder / "page.png"


def qr_of(picture: Path) -> str:
    return run("zbarimg", "-q", "--raw", picture).decode().rstrip("\n")


def black_width_mm(picture: Path, *, dpi: int) -> float:
    """How wide the pure black of a page is. On an invoice only the QR is pure black."""
    box = Image.open(picture).convert("L").point(lambda level: 255 if level < 8 else 0).getbbox()
    assert box is not None
    return (box[2] - box[0]) / dpi * 25.4


def attached(pdf: bytes, folder: Path) -> dict[str, bytes]:
    """The files a PDF carries, by name."""
    (folder / "paper.pdf").write_bytes(pdf)
    (folder / "inside").mkdir()
    run("pdfdetach", "-saveall", "-o", folder / "inside", folder / "paper.pdf")
    return {file.name: file.read_bytes() for file in (folder / "inside").iterdir()}


def fonts_of(pdf: bytes) -> list[str]:
    """One line a font of `pdffonts`."""
    return run("pdffonts", "-", stdin=pdf).decode().splitlines()[2:]

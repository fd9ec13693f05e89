"""What a newcomer has at hand when she opens shop."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

GUADALAJARA = ZoneInfo("America/Mexico_City")


class Papers:
    """Her files: the seal of the SAT, her logo, the report of her till with a mistake in it, and the same one mended."""

    def __init__(self, folder: Path, minted: Any) -> None:
        csd = minted.csds["moral"]
        self.cer = self._keep(folder / "CSD_cafeteria.cer", csd.cer)
        self.key = self._keep(folder / "CSD_cafeteria.key", csd.key)
        self.logo = self._keep(folder / "logotipo.png", _logo())
        self.sales = self._keep(folder / "ventas.csv", report("doscientos"))
        self.mended = self._keep(folder / "ventas corregidas.csv", report("232.00"))

    @staticmethod
    def _keep(path: Path, content: bytes) -> Path:
        path.write_bytes(content)
        return path


def report(third: str) -> bytes:
    """As her till exports it, with a head of its own for the number of the note."""
    day = datetime.now(GUADALAJARA).strftime("%d/%m/%Y")
    rows = [("C-101", "116.00", "Efectivo"), ("C-102", "348.00", "Tarjeta de crédito"), ("C-103", third, "Efectivo")]
    rows += [("C-104", "87.00", "Efectivo"), ("C-105", "145.00", "Tarjeta de débito")]
    lines = ["Operación;Fecha;Total;Forma de pago", *(f"{number};{day};{total};{paid}" for number, total, paid in rows)]
    return "\r\n".join(lines).encode("latin-1")


def _logo() -> bytes:
    picture = Image.new("RGBA", (320, 120), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 20, 100, 100), fill="#7a3b12")
    pen.rounded_rectangle((130, 45, 300, 75), 15, fill="#7a3b12")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()

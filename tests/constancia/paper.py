"""Constancias of people who do not exist, laid out as the SAT lays them out."""

import io
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import segno
import typst
from PIL import Image

QR = "https://siat.sat.gob.mx/app/qr/faces/pages/mobile/validadorqr.jsf?D1=10&D2=1&D3=14091234567_{rfc}"
ROWS = ("Régimen de las Personas Físicas con Actividades Empresariales y Profesionales 12/03/2015",)


@dataclass(frozen=True)
class Paper:
    """`names`: label and value, in their order. `card`, `cadena`, `qr`: the RFC they say; None is the true one."""

    rfc: str = "XOJI740919U48"
    names: tuple[tuple[str, str], ...] = (
        ("Nombre (s):", "INGRID"),
        ("Primer Apellido:", "XODAR"),
        ("Segundo Apellido:", "JIMENEZ"),
    )
    cp: str = "76028"
    regimes: tuple[str, ...] = ROWS
    card: str | None = None
    cadena: str | None = None
    qr: str | None = None
    title: str = "CONSTANCIA DE SITUACIÓN FISCAL"
    blank: str = " "  # after a colon
    pages: int = 2

    def but(self, **changed: object) -> "Paper":
        return replace(self, **changed)  # type: ignore[arg-type]


FISICA = Paper()
MORAL = Paper(
    rfc="SDI190823KX4",
    names=(
        ("Denominación/Razón Social:", "SURCO DISEÑO"),
        ("Régimen Capital:", "SOCIEDAD ANONIMA DE CAPITAL VARIABLE"),
        ("Nombre Comercial:", "SURCO"),
    ),
    cp="44160",
    regimes=("Régimen General de Ley Personas Morales 23/08/2019",),
)


@cache
def pdf_of(paper: Paper) -> bytes:
    with TemporaryDirectory() as folder:
        where = Path(folder)
        drawn = io.BytesIO()
        segno.make(QR.format(rfc=paper.qr or paper.rfc), micro=False).save(drawn, kind="svg", border=4)
        (where / "qr.svg").write_bytes(drawn.getvalue())
        (where / "paper.typ").write_text(_source(paper))
        made = typst.compile(str(where / "paper.typ"))
    assert isinstance(made, bytes)
    return made


def picture_of(paper: Paper, *, wide: int = 1700) -> Image.Image:
    page = pypdfium2.PdfDocument(pdf_of(paper))[0]
    return page.render(scale=wide / page.get_width()).to_pil().convert("RGB")


def scan_of(paper: Paper) -> bytes:
    """A PDF that is only a picture of it."""
    return bytes_of(picture_of(paper), "PDF")


def bytes_of(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def pdf_by_hand(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Objects 1, 2, 3… as they are given; 1 is the catalogue."""
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)


def _source(paper: Paper) -> str:
    def pair(label: str, value: str) -> str:
        return f"{label}{paper.blank if value else ''}{value}"

    name = " ".join(
        value for label, value in paper.names if "Apellido" in label or "ombre (s)" in label or "/" in label
    )
    lines = [
        "CÉDULA DE IDENTIFICACIÓN FISCAL",
        paper.card or paper.rfc,
        "Registro Federal de Contribuyentes",
        name,
        "Nombre, denominación o razón social",
        "idCIF: 14091234567",
        "VALIDA TU INFORMACIÓN FISCAL",
        paper.title,
        "Lugar y Fecha de Emisión",
        "QUERETARO , QUERETARO A 02 DE OCTUBRE DE 2026",
        "Datos de Identificación del Contribuyente:",
        pair("RFC:", paper.rfc),
        *(pair(label, value) for label, value in paper.names),
        pair("Fecha inicio de operaciones:", "12 DE MARZO DE 2015"),
        pair("Estatus en el padrón:", "ACTIVO"),
        "Datos del domicilio registrado",
        f"{pair('Código Postal:', paper.cp)} {pair('Tipo de Vialidad:', 'CALLE')}",
        f"{pair('Nombre de Vialidad:', 'DE LOS INVENTADOS')} {pair('Número Exterior:', '12')}",
        f"{pair('Número Interior:', '')} {pair('Nombre de la Colonia:', 'CENTRO')}",
    ]
    table = [
        "Página [1] de [2]",
        "Actividades Económicas:",
        "Orden Actividad Económica Porcentaje Fecha Inicio Fecha Fin",
        "1 Servicios de consultoría 100 12/03/2015",
        "Regímenes:",
        "Régimen Fecha Inicio Fecha Fin",
        *paper.regimes,
        "Obligaciones:",
        "Descripción de la Obligación Fecha Inicio Fecha Fin",
        "Declaración informativa de IVA 12/03/2015",
        "Sus datos personales son incorporados y protegidos en los sistemas del SAT",
        f"Cadena Original Sello: ||2026/10/02|{paper.cadena or paper.rfc}|CONSTANCIA DE SITUACIÓN FISCAL|2000010888880000031||",
        "Sello Digital: aXOJI740919U48bQm9ndXM3RGVtbzEyMzQ1Njc4OTA=",
    ]
    body = '#set page(paper: "us-letter")\n#set text(size: 9pt)\n#image("qr.svg", width: 3cm)\n'
    body += "".join(f"#block[{_plain(line)}]\n" for line in lines)
    for _ in range(paper.pages - 1):
        body += "#pagebreak()\n"
    return body + "".join(f"#block[{_plain(line)}]\n" for line in table)


def _plain(line: str) -> str:
    return f"#text({_quoted(line)})" if line else ""


def _quoted(line: str) -> str:
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'

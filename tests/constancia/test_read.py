"""What a Constancia says, and what becomes of whatever is no Constancia."""

import pytest

from amate.constancia import read
from amate.constancia.read import Constancia, Unreadable, read_constancia
from amate.fiscal.catalogs import installed
from tests.constancia.paper import FISICA, MORAL, Paper, bytes_of, pdf_by_hand, pdf_of, picture_of, scan_of

INGRID = Constancia("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", ("612",))
SURCO = Constancia("SDI190823KX4", "SURCO DISEÑO", "44160", ("601",))
ONLY_RFC = Constancia("XOJI740919U48", "", "", ())
SALARIES = "Régimen de Sueldos y Salarios e Ingresos Asimilados a Salarios 01/01/2019"
PLATFORMS = (
    "Régimen de las Actividades Empresariales con ingresos a través de Plataformas Tecnológicas 01/06/2020",
    "Régimen de los ingresos por intereses 04/05/2021",
)


def reads(data: bytes) -> Constancia:
    return read_constancia(data, catalogs=installed())


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        pytest.param(FISICA, INGRID, id="a person"),
        pytest.param(MORAL, SURCO, id="a company"),
        pytest.param(FISICA.but(blank=""), INGRID, id="no blank after a colon"),
        pytest.param(FISICA.but(pages=1), INGRID, id="one page"),
        pytest.param(FISICA.but(title="CÉDULA DE IDENTIFICACIÓN FISCAL"), INGRID, id="the card alone"),
        pytest.param(
            FISICA.but(regimes=(SALARIES, f"{FISICA.regimes[0]} 31/12/2021")),
            Constancia("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", ("605",)),
            id="a regime that has ended",
        ),
        pytest.param(
            FISICA.but(regimes=PLATFORMS),
            Constancia("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", ("625", "614")),
            id="several regimes",
        ),
        pytest.param(
            FISICA.but(regimes=(SALARIES, "Régimen de los Inventos 01/01/2020")),
            Constancia("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", ()),
            id="a regime that nobody knows leaves all of them open",
        ),
        pytest.param(
            FISICA.but(regimes=MORAL.regimes),
            Constancia("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", ()),
            id="a regime of the other kind of person",
        ),
        pytest.param(
            FISICA.but(cp="00000"),
            Constancia("XOJI740919U48", "INGRID XODAR JIMENEZ", "", ("612",)),
            id="no such place",
        ),
        pytest.param(
            FISICA.but(names=(("Nombre (s):", "INGRID"), ("Primer Apellido:", "XODAR"), ("Segundo Apellido:", ""))),
            Constancia("XOJI740919U48", "INGRID XODAR", "76028", ("612",)),
            id="one surname",
        ),
        pytest.param(
            MORAL.but(names=(("Denominación/Razón Social:", "Surco Diseño, S.A. de C.V."),)),
            SURCO,
            id="the form of company goes, as it always does",
        ),
    ],
)
def test_it_says_who_where_and_of_which_regimes(paper: Paper, said: Constancia) -> None:
    assert reads(pdf_of(paper)) == said


@pytest.mark.parametrize("changed", ["card", "cadena", "qr"])
def test_two_rfc_are_nobody(changed: str) -> None:
    with pytest.raises(Unreadable):
        reads(pdf_of(FISICA.but(**{changed: "SDI190823KX4"})))


@pytest.mark.parametrize(
    "paper",
    [
        pytest.param(FISICA.but(names=MORAL.names), id="a company's name with a person's RFC"),
        pytest.param(FISICA.but(rfc="XAXX010101000"), id="everybody's RFC"),
        pytest.param(FISICA.but(names=(*FISICA.names, ("Nombre (s):", "OTRA"))), id="two names"),
        pytest.param(FISICA.but(rfc="XOJI741319U48"), id="an RFC of the 13th month"),
    ],
)
def test_what_contradicts_itself_is_typed_by_hand(paper: Paper) -> None:
    with pytest.raises(Unreadable):
        reads(pdf_of(paper))


def test_a_picture_says_what_its_qr_says() -> None:
    assert reads(scan_of(FISICA)) == ONLY_RFC
    crooked = picture_of(FISICA).rotate(7, expand=True, fillcolor="grey")
    for kind in ("JPEG", "PNG", "WEBP"):
        assert reads(bytes_of(crooked, kind)) == ONLY_RFC


def test_a_qr_of_somebody_elses_site_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.constancia.paper.QR", "https://siat.sat.gob.mx.example/validadorqr.jsf?D3=1_{rfc}")
    with pytest.raises(Unreadable):
        reads(bytes_of(picture_of(FISICA.but(cp="76029")), "PNG"))


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hola", id="a text"),
        pytest.param(b"%PDF-1.7 and then nothing", id="a broken PDF"),
        pytest.param(b"\xff\xd8\xff\xe0 and then nothing", id="a broken photo"),
        pytest.param(pdf_of(FISICA) + b" " * 5_000_000, id="too large"),
        pytest.param(pdf_of(FISICA.but(pages=11)), id="too many pages"),
        pytest.param(pdf_by_hand(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 5>>"), id="pages that hold themselves"),
        pytest.param(
            pdf_by_hand(
                CATALOGUE,
                ONE_PAGE,
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
                trailer=b"/ID[(a)(a)]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O(%b)/U(%b)>>"
                % (b"o" * 32, b"u" * 32),
            ),
            id="a password",
        ),
    ],
)
def test_what_is_none_is_refused_by_judgement_not_by_dying(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreadable):
        reads(data)
    assert caplog.text == ""


def test_one_at_a_time_too_many_are_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "WAIT", 0.01)
    for _ in range(2):
        assert read._turns.acquire(timeout=0)
    try:
        with pytest.raises(read.Busy):
            reads(pdf_of(FISICA))
    finally:
        read._turns.release()
        read._turns.release()
    assert reads(pdf_of(FISICA)) == INGRID

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typst

from amate.papers.compile import FONTS, SHEETS, SPANISH, to_pdf
from tests.papers.reading import text_of
from tests.papers.samples import stamped

SOURCES = sorted(SHEETS.glob("*.typ"))


def test_the_sheets_import_nothing_but_each_other() -> None:
    assert len(SOURCES) >= 3
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        assert "@preview" not in text, source.name
        assert "@local" not in text, source.name
        imported = re.findall(r'#(?:import|include)\s+"([^"]+)"', text)
        assert set(imported) <= {file.name for file in SOURCES}, source.name


def test_no_sheet_reads_the_clock() -> None:
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        assert "datetime.today" not in text, source.name
        if "#set page" in text:
            assert re.search(r"#set document\(.*date: moment\(", text), source.name


def test_the_fonts_are_ours_and_their_licence_lies_beside_them() -> None:
    assert {file.name for file in FONTS.iterdir()} == {
        "Figtree-Regular.ttf",
        "Figtree-SemiBold.ttf",
        "Figtree-Bold.ttf",
        "OFL.txt",
    }


@pytest.mark.parametrize("weight", [400, 600, 700])
def test_what_we_call_spanish_can_be_drawn_in_every_weight(weight: int) -> None:
    source = f"""#import "common.typ": faces
        #set document(title: "Español", date: datetime(year: 2026, month: 1, day: 1))
        #set text(font: faces, lang: "es", weight: {weight})
        #sys.inputs.d"""
    ours = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    compiler = typst.Compiler(source.encode(), root=SHEETS, font_paths=ours)
    made = compiler.compile(sys_inputs={"d": "".join(sorted(SPANISH))}, pdf_standards=["a-3a", "ua-1"])
    assert isinstance(made, bytes)
    assert SPANISH - set(text_of(made)) <= {"\N{NO-BREAK SPACE}", "\N{EM DASH}"}


def test_a_defect_of_a_sheet_is_not_swallowed() -> None:
    with pytest.raises(typst.TypstError):
        to_pdf(sheet="cfdi", data={}, raw={})


def test_no_paper_reads_a_file_outside_the_sheets(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(typst.TypstError):
        typst.Compiler(f'#read("{tmp_path}/secret.txt")'.encode(), root=SHEETS).compile(format="svg")


@pytest.mark.parametrize(("parent_prints", "said"), [(False, "%PDF"), (True, "ForkedTooLate")])
def test_a_process_forked_too_late_is_told_so_instead_of_hanging(
    parent_prints: bool, said: str, tmp_path: Path
) -> None:
    (tmp_path / "cfdi.xml").write_bytes(stamped())
    program = """
import os, sys
from pathlib import Path
from amate.papers.cfdi import cfdi_pdf
from amate.papers.look import Look
xml = Path(sys.argv[1]).read_bytes()
if sys.argv[2] == "True":
    cfdi_pdf(xml, look=Look(), portal_origin=False)
if os.fork() == 0:
    try:
        made = cfdi_pdf(xml, look=Look(), portal_origin=False)[:4].decode()
    except RuntimeError as refused:
        made = type(refused).__name__
    os.write(1, made.encode())
    os._exit(0)
os.wait()
"""
    command = [sys.executable, "-c", program, str(tmp_path / "cfdi.xml"), str(parent_prints)]
    assert subprocess.run(command, capture_output=True, check=True, timeout=20).stdout.decode() == said

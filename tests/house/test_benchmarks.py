"""`make bench` works and says what it found: small runs, whose figures mean nothing."""

import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import BENCHMARKS, FIELDS, main, show
from benchmarks.import_sales import bad_rows
from benchmarks.office_lists import PAGES

ROOT = Path(__file__).resolve().parents[2]
ROW = {
    "name": "one",
    "value": 1.5,
    "unit": "F",
    "n": 3,
    "bar": 2,
    "floor": 1,
    "sig_us": 600,
    "f_us": 400,
    "commit": "x",
}

SMALL_CLAIM = """
import json
from benchmarks.scratch import scratch_server
with scratch_server():
    from benchmarks.portal_claim import run
    print("ROWS", json.dumps(run(warm_up=1, rounds=1, each=1, crowd_each=4, listed=1)))
"""

SMALL_IMPORT = """
import json, subprocess
from benchmarks.scratch import scratch_server
with scratch_server():
    from benchmarks import import_sales
    rows = import_sales.run(lines=(20, 50, 100), rounds=1, book_of=120)
    from amate.companies.models import Company
    whose = Company.objects.get().pk
    yesterday = f"{import_sales.datetime.now(import_sales.UTC) - import_sales.timedelta(days=1):%d/%m/%Y}"
    for name, day, bad in (("none", yesterday, import_sales.bad_rows(40)), ("more", "31/02/2026", [3])):
        import_sales.NO_DAY = day
        written = import_sales.bad_rows(40)
        import_sales._upload, upload = (
            lambda *a, bad, **more: upload(*a, bad=written, **more), import_sales._upload
        )
        try:
            import_sales._measured(whose, 40, source=name, xlsx=True, bad=bad)
            rows.append(dict(rows[0], name="silent_" + name))
        except subprocess.CalledProcessError as refused:
            rows.append(dict(rows[0], name="raised_" + name, value="other rows are bad" in refused.stderr))
        import_sales._upload = upload
    print("ROWS", json.dumps(rows))
"""
SMALL_TILL = """
import json
from benchmarks.scratch import scratch_server
with scratch_server():
    from benchmarks.register_ticket import run
    print("ROWS", json.dumps(run(warm_up=2, rounds=1, each=4)))
"""
SMALL_LISTS = """
import json
from benchmarks.scratch import scratch_server
with scratch_server():
    from benchmarks.office_lists import run
    print("ROWS", json.dumps(run(sizes=(2000, 4000), rounds=1, each=1)))
"""

SMALL_BILL = """
import json
from benchmarks.scratch import scratch_server
with scratch_server():
    from benchmarks.bill_issue import run
    print("ROWS", json.dumps(run(small=4, large=8, rounds=1)))
"""


def python(*said: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *said], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=300
    )


def measured(script: str) -> dict[str, Any]:
    done = python("-c", script)
    said = next((line for line in done.stdout.splitlines() if line.startswith("ROWS ")), None)
    assert said is not None, done.stderr
    return {row["name"]: row for row in json.loads(said.removeprefix("ROWS "))}


def test_every_benchmark_is_run_by_make_bench() -> None:
    found = {path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py")}
    assert {name for name in found if hasattr(importlib.import_module(f"benchmarks.{name}"), "run")} == set(BENCHMARKS)


def test_a_missed_bar_is_named_and_every_row_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    kept = io.StringIO()
    rows = [ROW, {**ROW, "name": "slow", "value": 2.1}, {**ROW, "name": "free", "bar": None, "floor": None}]
    assert show(iter(rows), kept) == ["slow"]
    assert [json.loads(line) for line in kept.getvalue().splitlines()] == rows
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["ok", "MISSED", "3"]


def test_a_row_without_all_its_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="floor"):
        show(iter([{name: value for name, value in ROW.items() if name != "floor"}]), io.StringIO())


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portal_clam"]) == 2
    assert "portal_claim" in capsys.readouterr().err


def test_the_command_prints_and_keeps_what_it_measured(tmp_path: Path) -> None:
    done = python("-m", "benchmarks", "pac_simulator", "--out", str(tmp_path / "results.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [tuple(row) for row in rows] == [FIELDS] * len(rows)
    assert rows, done.stderr
    assert all(row["name"] in done.stdout for row in rows)
    assert all(row["sig_us"] > 0 and row["f_us"] > 0 for row in rows)
    missed = [row["name"] for row in rows if row["bar"] is not None and row["value"] > row["bar"]]
    assert done.returncode == (1 if missed else 0), done.stderr


def test_a_claim_through_the_real_portal_can_be_measured() -> None:
    rows = measured(SMALL_CLAIM)
    whole, parts = rows["portal_claim"], ("web", "worker", "database")
    assert whole["bar"] == 80
    assert whole["value"] > whole["floor"] > 3
    assert sum(rows[f"portal_claim_{part}"]["value"] for part in parts) == pytest.approx(whole["value"], abs=0.5)
    assert all(rows[f"portal_claim_{part}"]["value"] > 0 for part in parts)
    assert rows["portal_claim_statements"]["value"] > 20


def test_a_file_of_sales_can_be_measured_line_by_line() -> None:
    rows = measured(SMALL_IMPORT)
    assert rows["import_sales"]["bar"] == 1.5
    assert rows["import_sales_memory"]["bar"] == 1.2
    parts = rows["import_sales_read"]["value"] + rows["import_sales_commit"]["value"]
    assert parts == pytest.approx(rows["import_sales"]["value"], abs=0.02)
    assert rows["import_sales_read"]["value"] > 0
    assert 0.8 < rows["import_sales_memory"]["value"] < 1.2
    assert rows["raised_none"]["value"], "no figure if the bad rows are not told"
    assert rows["raised_more"]["value"], "nor if others are told too"
    assert rows["import_sales_book"]["n"] == 120
    assert rows["import_sales_book_unpack"]["value"] > 1, "megabytes of the process that opened the workbook"


def test_the_measured_book_has_its_ten_bad_rows_and_the_last_one_is_one() -> None:
    rows = bad_rows(200_000)
    assert len(set(rows)) == 10
    assert (rows[0] > 1, rows[-1]) == (True, 200_001)


def test_a_list_can_be_measured_at_two_sizes() -> None:
    rows = measured(SMALL_LISTS)
    ratios = {name: row for name, row in rows.items() if row["unit"] == "x"}
    assert len(ratios) == len(PAGES)
    assert {row["bar"] for row in ratios.values()} == {1.2}
    assert all(rows[f"{name}_cpu"]["value"] > 1 for name in ratios)


def test_a_sale_sent_by_the_api_can_be_measured() -> None:
    rows = measured(SMALL_TILL)
    whole = rows["register_ticket"]
    assert whole["bar"] == 10
    assert whole["value"] > whole["floor"]
    assert rows["register_ticket_web"]["value"] > 0


def test_a_run_of_billing_can_be_measured_to_the_seal() -> None:
    rows = measured(SMALL_BILL)
    assert {name: rows[name]["bar"] for name in ("bill_issue", "nothing_due", "bill_issue_statements")} == {
        "bill_issue": 20,
        "nothing_due": 0.01,
        "bill_issue_statements": 12,
    }
    parts = rows["bill_issue_charge"]["value"] + rows["bill_issue_seal"]["value"]
    assert parts == pytest.approx(rows["bill_issue"]["value"], abs=0.02)
    assert rows["bill_statements"]["value"] > 0

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

# One server for all: each opens what it needs beside what the others left, as `make bench` does.
SMALL = """
import json, subprocess
from benchmarks.scratch import scratch_server
with scratch_server():
    from benchmarks import ageing, bank_file, bill_issue, close_period, dunning, import_sales, office_lists, pay_reconcile, portal_claim
    from benchmarks import portal_lookup, register_ticket, statements
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
    rows += register_ticket.run(warm_up=2, rounds=1, each=4)
    rows += bill_issue.run(small=4, large=8, rounds=1)
    rows += pay_reconcile.run(small=4, large=8, rounds=1)
    rows += ageing.run(sizes=(100, 200), rounds=1, each=2)
    rows += statements.run(sizes=(4, 8), rounds=1)
    rows += bank_file.run(sizes=(10, 20), rounds=1)
    rows += dunning.run(sizes=(10, 20))
    rows += office_lists.run(sizes=(2000, 4000), rounds=1, each=1)
    rows += close_period.run(notes=30, rounds=1)
    rows += portal_lookup.run(sizes=(20, 40), rounds=1, each=2)
    rows += portal_claim.run(warm_up=1, rounds=1, each=1, crowd_each=4, listed=1)
    print("ROWS", json.dumps(rows))
"""


@pytest.fixture(scope="module")
def rows() -> dict[str, Any]:
    """What each benchmark says of a small run."""
    done = python("-c", SMALL)
    said = next((line for line in done.stdout.splitlines() if line.startswith("ROWS ")), None)
    assert said is not None, done.stderr
    return {row["name"]: row for row in json.loads(said.removeprefix("ROWS "))}


def python(*said: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *said], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=300
    )


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


def test_a_claim_through_the_real_portal_can_be_measured(rows: dict[str, Any]) -> None:
    whole, parts = rows["portal_claim"], ("web", "worker", "database")
    assert whole["bar"] == 80
    assert whole["value"] > whole["floor"] > 3
    assert sum(rows[f"portal_claim_{part}"]["value"] for part in parts) == pytest.approx(whole["value"], abs=0.5)
    assert all(rows[f"portal_claim_{part}"]["value"] > 0 for part in parts)
    assert rows["portal_claim_statements"]["value"] > 20


def test_a_file_of_sales_can_be_measured_line_by_line(rows: dict[str, Any]) -> None:
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


def test_a_list_can_be_measured_at_two_sizes(rows: dict[str, Any]) -> None:
    ratios = {name: row for name, row in rows.items() if name.startswith("list_") and row["unit"] == "x"}
    assert len(ratios) == len(PAGES)
    assert {row["bar"] for row in ratios.values()} == {1.2}
    assert all(rows[f"{name}_cpu"]["value"] > 1 for name in ratios)


def test_a_sale_sent_by_the_api_can_be_measured(rows: dict[str, Any]) -> None:
    whole = rows["register_ticket"]
    assert whole["bar"] == 10
    assert whole["value"] > whole["floor"]
    assert rows["register_ticket_web"]["value"] > 0


def test_a_code_can_be_looked_up_and_a_day_closed_and_both_measured(rows: dict[str, Any]) -> None:
    bars = {"portal_lookup": 8, "portal_lookup_growth": 1.1, "portal_lookup_query_growth": 1.1, "close_period": 0.5}
    assert {name: rows[name]["bar"] for name in bars} == bars
    assert all(rows[name]["value"] > 0 for name in (*bars, "portal_lookup_query"))
    assert rows["close_period"]["n"] == 30


def test_a_run_of_billing_can_be_measured_to_the_seal(rows: dict[str, Any]) -> None:
    assert {name: rows[name]["bar"] for name in ("bill_issue", "nothing_due", "bill_issue_statements")} == {
        "bill_issue": 20,
        "nothing_due": 0.01,
        "bill_issue_statements": 12,
    }
    parts = rows["bill_issue_charge"]["value"] + rows["bill_issue_seal"]["value"]
    assert parts == pytest.approx(rows["bill_issue"]["value"], abs=0.02)
    assert rows["bill_statements"]["value"] > 0


def test_what_the_wheel_does_can_be_measured(rows: dict[str, Any]) -> None:
    bars = {"ageing": 0.1, "pay_reconcile": 24, "dunning": 2, "bank_file": 8, "statements_growth": 1.2}
    assert {name: rows[name]["bar"] for name in bars} == bars
    assert all(rows[name]["value"] > 0 for name in bars)
    parts = [rows[f"pay_reconcile_{part}"]["value"] for part in ("receive", "document", "seal")]
    assert sum(parts) == pytest.approx(rows["pay_reconcile"]["value"], abs=0.02)

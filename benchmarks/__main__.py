"""`python -m benchmarks [names...]`: each figure beside its bar and floor; `benchmarks/results.jsonl` keeps them."""

import argparse
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from benchmarks.scratch import scratch_server, url_of_f
from benchmarks.units import Units, open_units

HERE = Path(__file__).resolve().parent
FIELDS = ("name", "value", "unit", "n", "bar", "floor", "sig_us", "f_us", "commit")
# What has `run() -> list[dict]`, in the order of the numbers.
BENCHMARKS = (
    "fiscal_seal",
    "fiscal_kinds",
    "pac_simulator",
    "pac_overlap",
    "papers_pdf",
    "portal_lookup",
    "portal_claim",
    "close_period",
    "import_sales",
    "register_ticket",
    "office_lists",
    "ageing",
    "bill_issue",
    "statements",
    "bank_file",
    "dunning",
    "pay_reconcile",
)
Row = dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """0 if every bar was met, 1 if one was missed, 2 for a name that is no benchmark. A fault of a benchmark is raised."""
    said = _arguments(argv)
    unknown = sorted(set(said.names) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    with scratch_server() as server, open_units(url_of_f(server)) as units, said.out.open("w") as kept:
        missed = show(_measured(said.names or BENCHMARKS, units), kept)
    print(f"\n{said.out}")
    if missed:
        print(f"MISSED: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def show(rows: Iterator[Row], kept: TextIO) -> list[str]:
    """Print and keep each row as soon as it is there. Answers the names of those that missed their bar."""
    missed = []
    print(f"{'name':<26}{'value':>10} {'unit':<11}{'bar':>7}{'floor':>9}{'n':>6}  verdict")
    for row in rows:
        if set(row) != set(FIELDS):
            raise ValueError(f"a row of results has exactly {FIELDS}, not {sorted(row)}")
        verdict = "" if row["bar"] is None else "ok" if row["value"] <= row["bar"] else "MISSED"
        if verdict == "MISSED":
            missed.append(row["name"])
        bar, floor = ("" if row[key] is None else f"{row[key]:g}" for key in ("bar", "floor"))
        line = f"{row['name']:<26}{row['value']:>10.2f} {row['unit']:<11}{bar:>7}{floor:>9}{row['n']:>6}  {verdict}"
        print(line, flush=True)
        kept.write(json.dumps({name: row[name] for name in FIELDS}) + "\n")
        kept.flush()
    return missed


def _measured(names: Sequence[str], units: Units) -> Iterator[Row]:
    """The units of a benchmark that does not measure them itself are those before and after it."""
    commit = _commit()
    for name in names:
        units.sigs.clear()
        units.fs.clear()
        units.batch()
        rows = importlib.import_module(f"benchmarks.{name}").run()
        units.batch()
        own = {"sig_us": round(units.sig * 1e6), "f_us": round(units.f * 1e6), "commit": commit}
        yield from ({**own, **row} for row in rows)


def _commit() -> str:
    """With a `+` when the work tree differs from it."""
    done = subprocess.run(
        ["git", "describe", "--always", "--exclude=*", "--dirty=+"], cwd=HERE, capture_output=True, text=True
    )
    return done.stdout.strip() or "unknown"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(BENCHMARKS)}; none means all")
    parser.add_argument("--out", type=Path, default=HERE / "results.jsonl", help="where the rows are kept")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

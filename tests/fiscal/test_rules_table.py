"""The table of rules says what the rule files do: no code without a line, no line without its rule."""

import ast
import re
from pathlib import Path

import pytest

import amate.fiscal
from amate.fiscal.rules.rule import NOT_LOOKED
from amate.fiscal.rules.table import rules, source_of
from amate.fiscal.rules.validate import REFUSED_IN_OURS

FISCAL = Path(amate.fiscal.__file__).parent
CODE = re.compile(r"(?:CFDI\d{5}|CRP\d{5}|[A-Z]{2,4}-\d{1,2}|AFT-[A-C]|\d{3})")
NOT_RULES = {"001", "002", "003", "601", "616", "621", "UTF-8"}  # keys of catalogues that the rules name too


def said_in(path: Path) -> set[str]:
    """The codes among the strings of a file, its docstrings aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr)
    }
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {str(node.value) for node in strings if id(node) not in docstrings and CODE.fullmatch(str(node.value))}


def said_by_the_rules() -> set[str]:
    files = [path for path in (FISCAL / "rules").glob("*.py") if not path.name.startswith(("table", "rule"))]
    said = set().union(*(said_in(path) for path in [*files, FISCAL / "schema.py", FISCAL / "check.py"]))
    return said - NOT_RULES


def numbered(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(first, last + 1)]


@pytest.mark.parametrize(
    "codes",
    [numbered("CFDI", 40101, 40221), numbered("CRP", 20101, 20123), numbered("CRP", 20201, 20279)],
    ids=["comprobante", "envelope of pagos", "pagos"],
)
def test_every_code_of_the_sats_matrices_has_its_line(codes: list[str]) -> None:
    assert [code for code in codes if code not in rules()] == []


def test_every_line_that_is_looked_at_is_in_a_rule_file_and_the_other_way_round() -> None:
    looked = {code for code, rule in rules().items() if rule.looked == "offline"}
    assert said_by_the_rules() == looked


def test_what_is_not_looked_at_says_why() -> None:
    left_out = [rule for rule in rules().values() if rule.looked != "offline"]
    assert all(NOT_LOOKED[rule.looked] for rule in left_out)
    only_a_pac = {rule.code for rule in left_out if rule.looked == "pac"}
    assert {"302", "303", "304", "307", "401", "402", "CFDI40129", "CFDI40144", "CFDI40147"} <= only_a_pac
    assert {rule.code for rule in left_out if rule.looked == "dormant"} == {
        "CFDI40118",
        "CFDI40120",
        "CRP20216",
        "CRP20220",
    }


def test_each_line_is_a_sentence_with_a_source_and_its_edition() -> None:
    for rule in rules().values():
        assert rule.demands.endswith("."), rule
        assert rule.demands[0] not in "!?", rule
        assert rule.source.name, rule
        assert rule.source.edition, rule


def test_a_finding_cites_its_source_and_edition() -> None:
    assert str(source_of("CFDI40119")) == "Matriz de errores del CFDI 4.0, SAT (25-03-2026)"
    assert "Pagos 2.0" in str(source_of("CRP20217"))
    assert source_of("archivo") is None


def test_what_we_never_issue_is_a_warning_in_the_table() -> None:
    assert all(rules()[code].warns for code in REFUSED_IN_OURS)

"""The ladder: what is sure, what is only guessed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amate.billing_cycle.reconciliation.match import Deposit, Given, Known, Rung, Told, fits, guess, match, named
from amate.ledger.references import customer_reference

DAY = date(2026, 3, 10)
ROSA, LUIS = 1, 2
OURS = customer_reference(148)


def deposit(text: str = "SPEI RECIBIDO", amount: Any = 349, **more: Any) -> Deposit:
    return Deposit(DAY, Decimal(amount), text, more.pop("reference", ""), frozenset(more.pop("origins", ())))


def told(who: int, amount: Any = 349, *, reference: str = "", days: int = 0, pk: int = 7) -> Told:
    return Told(pk, who, Decimal(amount), DAY + timedelta(days=days), reference)


OWES = {ROSA: [Decimal(349)]}
SURE = [
    ("our-clabe", deposit("PAGO 646180012300000425"), Known(given={"646180012300000425": [Given(ROSA)]}), Rung.OURS),
    ("our-order", deposit("ord_2tUabcDEF"), Known(given={"ord_2tUabcDEF": [Given(ROSA, 5)]}), Rung.OURS),
    ("reference", deposit(f"SPEI {OURS} PAGO"), Known(numbers={148: ROSA}, owed=OWES), Rung.REFERENCE),
    ("reference-apart", deposit(reference=OURS, amount=100), Known(numbers={148: ROSA}, owed=OWES), Rung.REFERENCE),
    (
        "reference-and-name",
        deposit(f"{OURS} ROSA PEREZ"),
        Known(numbers={148: ROSA}, names={ROSA: "Rosa Pérez"}),
        Rung.REFERENCE,
    ),
    ("learned", deposit(origins=["014"]), Known(learned={"014": [ROSA]}, owed=OWES), Rung.ORIGIN),
    (
        "learned-of-two",
        deposit(origins=["014"]),
        Known(learned={"014": [ROSA, LUIS]}, owed={**OWES, LUIS: [Decimal(20)]}),
        Rung.ORIGIN,
    ),
    ("told-with-reference", deposit("SPEI ABC123"), Known(reports=[told(ROSA, reference="abc123")]), Rung.TOLD),
    ("told-and-named", deposit("DE ROSA PEREZ"), Known(reports=[told(ROSA)], names={ROSA: "Rosa Pérez"}), Rung.TOLD),
]
NOT_SURE = [
    ("strangers-number", deposit(f"SPEI {OURS}"), Known(numbers={148: ROSA})),
    ("wrong-check-digit", deposit("SPEI 0014843"), Known(numbers={148: ROSA}, owed=OWES)),
    ("within-a-longer-number", deposit(f"SPEI 9{OURS}"), Known(numbers={148: ROSA}, owed=OWES)),
    ("learned-of-another-amount", deposit(origins=["014"], amount=100), Known(learned={"014": [ROSA]}, owed=OWES)),
    (
        "learned-of-two-that-owe-it",
        deposit(origins=["014"]),
        Known(learned={"014": [ROSA, LUIS]}, owed={**OWES, LUIS: [Decimal(349)]}),
    ),
    ("told-of-this-amount-alone", deposit(), Known(reports=[told(ROSA)])),
    ("told-long-before", deposit("ABC123"), Known(reports=[told(ROSA, reference="ABC123", days=-9)])),
    ("amount-alone", deposit(), Known(owed=OWES, names={ROSA: "Rosa Pérez"})),
    ("amount-and-name", deposit("DE ROSA PEREZ"), Known(owed=OWES, names={ROSA: "Rosa Pérez"})),
    (
        "references-of-two",
        deposit(f"{OURS} {customer_reference(149)}"),
        Known(numbers={148: ROSA, 149: LUIS}, owed={**OWES, LUIS: [Decimal(349)]}),
    ),
    ("given-to-two", deposit("646180012300000425"), Known(given={"646180012300000425": [Given(ROSA), Given(LUIS)]})),
]


@pytest.mark.parametrize(("line", "known", "rung"), [one[1:] for one in SURE], ids=[one[0] for one in SURE])
def test_it_is_sure_of(line: Deposit, known: Known, rung: Rung) -> None:
    sign = match(line, known)
    assert sign is not None
    assert (sign.customer_id, sign.rung) == (ROSA, rung)
    assert guess(line, known)[0].customer_id == ROSA


@pytest.mark.parametrize(("line", "known"), [one[1:] for one in NOT_SURE], ids=[one[0] for one in NOT_SURE])
def test_it_is_not_sure_of(line: Deposit, known: Known) -> None:
    assert match(line, known) is None


def test_a_reference_goes_before_whose_account_it_came_from() -> None:
    known = Known(numbers={148: ROSA}, learned={"014": [LUIS]}, owed={**OWES, LUIS: [Decimal(349)]})
    sign = match(deposit(OURS, origins=["014"]), known)
    assert sign is not None
    assert sign.customer_id == ROSA


def test_what_was_typed_before_is_this_money_and_the_nearest_of_two() -> None:
    typed = [told(ROSA, days=-3, pk=7), told(ROSA, days=1, pk=8), told(LUIS, pk=9)]
    sign = match(deposit(OURS), Known(numbers={148: ROSA}, owed=OWES, typed=typed))
    assert sign is not None
    assert (sign.customer_id, sign.typed_id) == (ROSA, 8)


def test_guesses_are_three_at_most_with_the_most_spoken_for_first() -> None:
    owed = {pk: [Decimal(349)] for pk in range(1, 9)}
    known = Known(owed=owed, names={5: "Rosa Pérez"}, reports=[told(6)])
    found = guess(deposit("DE ROSA PEREZ"), known)
    assert [one.customer_id for one in found] == [6, 5, 1]
    assert found[1].whys == ("Debe exactamente este importe", "Su nombre está en el movimiento")
    assert found[0].report_id == 7


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("José Ñíguez de la O", "SPEI JOSE NIGUEZ", True),
        ("Telecomunicaciones", "PAGO TELECOMUNICACIONES", True),
        ("Luz", "RECIBO DE LUZ", False),
        ("Rosa Pérez", "PAGO DE ROSALBA PEREZ", False),
        ("Papelería Rosa Centro", "PAPELERIA SA DE CV", False),
    ],
    ids=["accents", "one-long-word", "one-short-word", "part-of-a-word", "one-of-three"],
)
def test_a_name_is_said_by_two_words_of_it(name: str, text: str, says: bool) -> None:
    assert named(name, text) is says


amounts = st.integers(1, 50_000).map(Decimal)
people = st.integers(1, 4)

WORDS = [*(customer_reference(n) for n in range(1, 61)), "ROSA", "PEREZ", "99"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Deposit, Known]:
    """Anything may be known of a few customers."""
    numbers = draw(st.dictionaries(st.integers(1, 60), people, max_size=4))
    origins = draw(st.sets(st.sampled_from(["014", "021"])))
    words = draw(st.lists(st.sampled_from(WORDS), max_size=5))
    known = Known(
        numbers=numbers,
        learned=draw(st.dictionaries(st.sampled_from(["014", "021"]), st.sets(people))),
        owed=draw(st.dictionaries(people, st.lists(amounts, max_size=3))),
        names=draw(st.dictionaries(people, st.sampled_from(["Rosa Pérez", "Luis Soto"]))),
        reports=[told(draw(people), draw(amounts)) for _ in range(draw(st.integers(0, 2)))],
    )
    return deposit(" ".join(words), draw(amounts), origins=origins), known


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine that many share
@given(worlds())
def test_it_is_never_sure_of_somebody_whom_neither_a_number_nor_an_account_nor_his_word_names(
    one: tuple[Deposit, Known],
) -> None:
    """The oracle knows only who is named at all, and by plain words."""
    line, known = one
    sign = match(line, known)
    if sign is None:
        return
    by_number = {who for number, who in known.numbers.items() if customer_reference(number) in line.text.split()}
    by_account = {who for origin in line.origins for who in known.learned.get(origin, ())}
    by_word = {one.customer_id for one in known.reports if one.amount == line.amount}
    assert sign.customer_id in by_number | by_account | by_word


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine that many share
@given(worlds())
def test_more_money_owed_by_strangers_changes_nothing(one: tuple[Deposit, Known]) -> None:
    line, known = one
    more = Known(
        numbers=known.numbers,
        learned=known.learned,
        owed={**known.owed, 99: [line.amount]},
        names={**known.names, 99: "Rosa Pérez"},
        reports=known.reports,
    )
    assert match(line, more) == match(line, known)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(amounts, min_size=1, max_size=5), st.data())
def test_what_pays_the_oldest_debts_whole_fits(owed: list[Decimal], data: st.DataObject) -> None:
    upto = data.draw(st.integers(1, len(owed)))
    assert fits(sum(owed[:upto], Decimal(0)), owed)
    assert not fits(sum(owed, Decimal(0)) + 1, owed)

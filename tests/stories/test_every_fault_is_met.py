"""A fault that the simulator can make and no story meets would prove nothing: each is in the list of a whole-path test."""

from amate.sandbox.pac.faults import KINDS
from tests.invoices.test_a_pac_that_lies import LIES
from tests.invoices.test_cancel import OF_THE_CALL, OF_THE_STATUS, ONLY_SAID
from tests.invoices.test_stamping_cannot_double import (
    NOBODY_KNOWS,
    OF_FINKOK,
    ONLY_SLOW,
    STAMPED_BEFORE,
    SURELY_NOT_STAMPED,
)
from tests.stories.fault_schedules import AT_THE_PAC

STAMPING = {*SURELY_NOT_STAMPED, *NOBODY_KNOWS, *ONLY_SLOW, *STAMPED_BEFORE, *OF_FINKOK, *LIES}
CANCELLING = {*OF_THE_CALL, *ONLY_SAID, *OF_THE_STATUS}


def test_every_fault_of_the_simulator_is_met_on_the_whole_path() -> None:
    assert set(KINDS) == STAMPING | CANCELLING


def test_whatever_strikes_a_stamp_strikes_in_the_schedules_too() -> None:
    assert set(AT_THE_PAC) == STAMPING


def test_what_strikes_before_or_after_any_act_strikes_both_a_stamp_and_a_cancellation() -> None:
    """Those of amate/sandbox/pac/strike.py and cuts.py, which no wire makes for itself."""
    of_any_act = {"hang", "hang_after", "drop_before", "drop_after", "truncated", "500_before", "500_after"}
    of_any_act |= {"503", "429", "html_200", "html_500", "latency"}
    assert of_any_act <= STAMPING & set(OF_THE_CALL)

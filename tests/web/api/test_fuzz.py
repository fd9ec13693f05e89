"""Whatever is sent, the API keeps the contract of its own document and never answers 500."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from amate.web.wsgi import application
from tests.world import World

EXAMPLES = 40
# A body may keep the schema and still not add up, so "what the schema allows is accepted" cannot hold here.
LEFT_OUT = ("positive_data_acceptance",)


@pytest.fixture
def document(world: World) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def test_no_request_breaks_it(world: World, document: Any) -> None:
    load_all_checks()
    left_out = CHECKS.get_by_names(list(LEFT_OUT))
    for found in document.get_all_operations():
        for mode in GenerationMode:
            _fuzz(found.ok(), mode, left_out, key=world.shop.api_key)()


def _fuzz(operation: Any, mode: GenerationMode, left_out: list[Any], *, key: str) -> Callable[[], None]:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=left_out)

    return run

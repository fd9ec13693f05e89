"""A mail provider beside the world, and the first shop's account with it."""

from collections.abc import Iterator

import pytest

from tests.mail_provider import MailProvider, serve_mail_provider
from tests.messages.ways import by_mailgun
from tests.world import World


@pytest.fixture
def provider(world: World) -> Iterator[MailProvider]:
    with serve_mail_provider() as made:
        world.mail_api = made.url
        by_mailgun(world)
        yield made

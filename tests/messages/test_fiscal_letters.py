"""Each mail says which document it is about, word for word (tests/golden/mail), and who gets it."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from amate.invoices.models import State
from tests.invoices.life import cancel, hours_pass, minutes_pass, the_receiver
from tests.messages.fiscal_letters import LETTERS, TO, invoice
from tests.messages.test_letters import KINDS, html_of, text_of, visible, written
from tests.world import World

GOLDEN = Path(__file__).parents[1] / "golden" / "mail"
DAY = re.compile(r"\b\d{1,2} de [a-z]+ de 20\d\d\b")
UUID = re.compile(r"\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b")
TOKEN = re.compile(r"(/d/)[\w-]+")


def masked(text: str) -> str:
    return TOKEN.sub(r"\1<token>", UUID.sub("<uuid>", DAY.sub("<day>", text)))


def told(mail: EmailMessage) -> str:
    files = sorted(str(part.get_filename()) for part in mail.iter_attachments())
    parts = [
        f"Subject: {mail['Subject']}",
        *files,
        "",
        text_of(mail).replace("\r\n", "\n").strip(),
        "",
        "--- html",
        visible(html_of(mail)),
    ]
    return masked("\n".join(parts)) + "\n"


@pytest.mark.parametrize("usted", [False, True], ids=["tu", "usted"])
@pytest.mark.parametrize("kind", sorted([*LETTERS, "factura"]))
def test_it_is_called_by_its_name(world: World, kind: str, usted: bool, request: pytest.FixtureRequest) -> None:
    said = told(written(world, kind, usted=usted))
    golden = GOLDEN / f"{kind}.{'usted' if usted else 'tu'}.txt"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said)
    assert said == golden.read_text()


def test_every_letter_of_a_document_keeps_the_form_too() -> None:
    assert KINDS.keys() >= LETTERS.keys()


def test_who_must_accept_is_told_once_and_then_that_it_is_done(world: World) -> None:
    old = invoice(world)
    world.time_passes(days=10)
    cancel(world, old)
    world.settle()
    minutes_pass(world)
    hours_pass(world, 5)
    (asked,) = world.mail.mails
    assert (asked["To"], "buzón tributario" in text_of(asked)) == (TO, True)
    the_receiver(world, "accept", old)
    hours_pass(world)
    assert world.invoice(old).state == State.CANCELLED
    _, done = world.mail.mails
    assert done["Subject"].startswith("Se canceló tu factura")
    assert "con la aceptación que diste" in text_of(done)


def test_a_no_of_the_receiver_tells_nobody_that_it_was_cancelled(world: World) -> None:
    old = invoice(world)
    world.time_passes(days=10)
    cancel(world, old)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    assert world.invoice(old).state == State.STAMPED
    assert len(world.mail.mails) == 1

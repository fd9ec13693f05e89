"""Inputs that we draw ourselves are those that Django would draw."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from amate.web.forms import INPUTS, Renderer

VALUES = [None, "", "76028", 'Ñandú & Cía. "La 5" <b>', 12, 0]
ATTRS: list[dict[str, object]] = [
    {},
    {"id": "x", "class": "mono w-short", "required": True, "disabled": False, "maxlength": 5, "aria-describedby": None},
    {"title": 'O\'Reilly "y" <cía>', "autofocus": True, "step": 0},
]
WIDGETS = [forms.TextInput, forms.EmailInput, forms.HiddenInput, forms.NumberInput, forms.PasswordInput]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(attrs, key=str)))


@pytest.mark.parametrize("widget", WIDGETS)
def test_an_input_is_the_one_that_django_draws(widget: type[forms.TextInput]) -> None:
    drawn = widget()
    assert drawn.template_name in INPUTS
    for value in VALUES:
        for attrs in ATTRS:
            ours, djangos = (drawn.render("n<1>", value, attrs, by) for by in (Renderer(), TemplatesSetting()))
            assert Tags(ours).found == Tags(djangos).found
            assert len(Tags(ours).found) == 1


def test_a_label_is_not_said_again_inside_its_field() -> None:
    """allauth gives each of its fields a placeholder."""
    assert "placeholder" not in forms.EmailInput({"placeholder": "Correo"}).render("login", None, {}, Renderer())

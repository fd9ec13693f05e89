"""How forms are drawn: one template for every field."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# What Django draws by three templates, one inside the other: half of what drawing a small page costs.
INPUTS = frozenset(f"django/forms/widgets/{name}.html" for name in ("email", "hidden", "number", "password", "text"))


class Renderer(TemplatesSetting):
    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name in INPUTS:
            # It would say the label again, and be gone when it is needed (FACE 14).
            context["widget"]["attrs"].pop("placeholder", None)
            return draw_input(**context["widget"])
        return super().render(template_name, context, request)


def draw_input(*, type: str, name: str, value: str | None, attrs: dict[str, Any], **_: Any) -> SafeString:  # noqa: A002
    """
    >>> draw_input(type="text", name="cp", value="76028", attrs={"id": "cp", "required": True, "disabled": False})
    '<input type="text" name="cp" value="76028" id="cp" required>'
    """
    said = [] if value is None else [("value", value)]
    said += [(key, told) for key, told in attrs.items() if told is not True and told is not False]
    bare = [(key,) for key, told in attrs.items() if told is True]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        type,
        name,
        format_html_join("", ' {}="{}"', said),
        format_html_join("", " {}", bare),
    )


class MoneyInput(forms.TextInput):
    template_name = "forms/money.html"

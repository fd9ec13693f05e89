"""How forms are drawn: one template for every field."""

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    field_template_name = "forms/field.html"


class MoneyInput(forms.TextInput):
    template_name = "forms/money.html"

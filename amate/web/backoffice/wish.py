"""A page that makes a document carries the key of one wish: sent twice, by a finger or a browser, it is one document."""

from django import forms


def wish_field(*, required: bool = True) -> forms.RegexField:
    """Hidden; its first value is `uuid4().hex`."""
    return forms.RegexField(
        r"\A[0-9a-f]{32}\Z",
        required=required,
        widget=forms.HiddenInput,
        error_messages={
            "required": "Esta página llegó incompleta: ábrela otra vez",
            "invalid": "Esta página llegó incompleta: ábrela otra vez",
        },
    )

"""What acts that take a form's facts share: texts the SAT accepts, and a refusal by field."""

from amate.fiscal.text import TextRefused, clean_text


class FieldsRefused(ValueError):
    """`errors`: a sentence for each wrong field, "" for the thing as a whole. Nothing was written."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def cleaned(name: str, text: str, errors: dict[str, str]) -> str:
    """The text without what no CFDI may carry; if it cannot be mended, "" and its sentence in `errors`."""
    try:
        return clean_text(text)
    except TextRefused as refused:
        errors[name] = refused.message
        return ""

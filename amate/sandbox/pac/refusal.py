"""A definite no of the simulated PAC."""


class Refusal(Exception):
    """`code` as SW writes it before the message; `detail` becomes messageDetail."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(f"{code} - {message}")
        self.code = code
        self.message = message
        self.detail = detail

"""The web as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "amate.web"

    def ready(self) -> None:
        from amate.web import end_other_sessions, note_logins  # noqa: F401  their receivers connect themselves

"""The web as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "amate.web"

    def ready(self) -> None:
        from amate.web import note_logins  # noqa: F401  its receivers connect themselves

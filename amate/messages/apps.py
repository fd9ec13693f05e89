"""Its label differs from its room: `messages` is Django's own."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "amate.messages"
    label = "outbox"

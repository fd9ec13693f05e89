"""Whose certificates we believe."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """One for all clients of the process: to read the list of authorities takes longer than a call."""
    return httpx.create_ssl_context()

"""Passwords of tests: production's hasher takes half a second by design, and each test has two people who enter."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRound(PBKDF2PasswordHasher):
    iterations = 1

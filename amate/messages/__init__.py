"""Outgoing messages: a row exists before anything leaves the house (HOUSE law 16)."""

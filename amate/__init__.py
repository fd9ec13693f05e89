"""Amate: open-source, self-hosted billing for Mexico on CFDI 4.0."""

__version__ = "0.1.0"

"""Ajustes: what the owner sets once and changes seldom. Each page shows the consequence before saving (FACE OFF-12)."""

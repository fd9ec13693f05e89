"""The world for demos and tests. Everything it signs says SIN VALIDEZ FISCAL."""

"""CFDI that the company issued before it came here: a ZIP of XML, with the SAT's metadata, becomes customers, products and
balances, and says what it lacks."""

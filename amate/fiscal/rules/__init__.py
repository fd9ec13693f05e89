"""The SAT's rules that need more than the schema, one file a group of codes (VAL-5). `validate.py` runs them all."""

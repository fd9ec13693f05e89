"""The law: what the SAT requires, as plain values and functions. No Django, no network, no clock."""

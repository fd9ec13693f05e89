"""4 match: money that came in meets whoever owed it. A notice is a hint, what the provider answers is the truth."""

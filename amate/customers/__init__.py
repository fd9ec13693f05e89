"""The account and its fiscal profiles. What a visitor types is a proposal until the SAT has confirmed it (DECISIONS C1)."""

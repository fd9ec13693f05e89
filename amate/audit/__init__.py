"""Who did what. Every act of every person, key and portal visitor; append-only, and chained so that an edit shows."""

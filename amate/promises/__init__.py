"""What we owe to do. A row per promise, kept with its cause in one transaction; a Procrastinate job is the nudge."""

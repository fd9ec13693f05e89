"""Who may enter: people, their roles in a company, API keys, and the limiter."""

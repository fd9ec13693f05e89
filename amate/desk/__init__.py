"""Lists as people work with them: filters, saved views, acts on many rows, and what is taken away as a file."""

"""The till's side of the API: programs that know a server by its address and a key, and nothing else of Amate."""

"""Reading across rooms: who is meant, who owes, who pays, what came in. It writes nothing."""

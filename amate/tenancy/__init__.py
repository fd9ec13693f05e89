"""One company at a time: the scope that opens every transaction, and the policies that hold it (DECISIONS A)."""

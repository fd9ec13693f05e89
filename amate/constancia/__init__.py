"""What a Constancia de Situación Fiscal says: a paper read in a process that can do nothing else, and then forgotten."""

"""The first act of the wheel: what a customer is charged for, from when to when, and on which day."""

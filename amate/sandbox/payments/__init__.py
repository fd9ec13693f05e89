"""A payment provider that takes no money: Conekta's wire on 127.0.0.1, and a door to play the customer (OUTSIDE FAKE-1).

It shares no code with `adapters.payments`: a bug of both would be invisible.
"""

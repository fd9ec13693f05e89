"""The edge for people and programs: it translates HTTP, calls one act, and answers. It never calls an outside system."""

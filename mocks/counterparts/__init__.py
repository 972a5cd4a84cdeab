"""Somebody to talk to: simulated operators and visitors, who act by a script and through real operations."""

"""Side-by-side measurements of the server: CPU per request, growth with stored messages, time to start.

Run with ``python -m bench``. Linux only: the CPU time of another process comes from its process clock.
"""

"""A model of chats and tickets in plain Python, and machines that compare a server with it, step by step.

`model` says what must be answered; `cast` who calls; `chats` and `tickets` are the machines, `life` what they share.
"""

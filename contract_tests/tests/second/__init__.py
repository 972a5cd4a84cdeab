"""A second server: ten operations, written from the document alone, that shares no line with our own.

What it finds is the suite itself: where a check accuses it, either it breaks the contract or the check asks for what
the contract does not say.
"""

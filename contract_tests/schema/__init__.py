"""Requests that Schemathesis makes of the document, filled in with what the server has, and judged."""

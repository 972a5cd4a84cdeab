"""Hostile input: raw bytes over HTTP against the mock server, and a judgement of each answer."""

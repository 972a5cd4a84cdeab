"""Scenarios: states that are built by real calls, described in YAML."""

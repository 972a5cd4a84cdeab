"""`openapi.yaml` compiled once at start: routes, security, validators, call plans, and the one fast lane."""

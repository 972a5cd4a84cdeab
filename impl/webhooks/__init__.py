"""Sending webhooks: what is due is claimed, signed, posted by a carrier, and recorded."""

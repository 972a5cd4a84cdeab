"""The whole state of a sandbox as one snapshot: taken, written, read, and put into a fresh world."""

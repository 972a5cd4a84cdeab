"""The isolation matrix: every operation that takes an id, for everybody whose id it is not, over HTTP."""

"""The mock server: the real application in memory, in wrappers that only a mock has."""

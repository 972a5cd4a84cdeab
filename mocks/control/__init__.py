"""The control API of the mock: `/_mock`."""

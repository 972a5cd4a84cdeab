"""Pure functions of values: `now` comes in as a value, nothing is awaited, nothing is stored."""

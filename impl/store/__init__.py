"""Where the state lives: `port` is the contract, `memory` the embedded implementation."""

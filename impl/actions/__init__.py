"""Use cases, one file per noun: they read and write through the store's port and raise problems."""

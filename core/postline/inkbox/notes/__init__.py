"""Notes: what identities keep in mind."""

"""The Inkbox half of the sandbox."""

"""The Commune half of the sandbox."""

"""Signing up as an agent, before there is a key."""

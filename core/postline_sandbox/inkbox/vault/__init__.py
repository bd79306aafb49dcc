"""The vault: opaque keys and secrets, and which agents may have them."""

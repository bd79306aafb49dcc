"""Who a key speaks for."""

"""Part of postline."""

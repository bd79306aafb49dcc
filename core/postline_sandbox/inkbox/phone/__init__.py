"""Phone numbers, and what is said and texted over them."""

"""Where trail events come from."""

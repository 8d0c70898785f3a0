"""Who made a change: which trail events explain it, and what verdict follows."""

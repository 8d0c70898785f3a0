"""The pure part: decisions on values, without I/O, clock or third-party packages."""

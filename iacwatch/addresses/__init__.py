"""Where resources live in IaC: states and plans are read here, and their addresses are kept in an index."""

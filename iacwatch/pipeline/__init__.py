"""The road from a delivered change to a reported finding, shared by every command and the function."""

"""Ledgers remember which findings were reported, so that none is reported twice."""

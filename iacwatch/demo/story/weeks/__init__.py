"""The demo's weeks before that day: a longer history for `iacwatch backfill`."""

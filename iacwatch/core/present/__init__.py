"""Turns findings into what people and programs read: records, sentences, links; secrets are redacted."""

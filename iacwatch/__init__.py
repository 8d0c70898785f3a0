"""iacwatch: who changed an IaC-managed AWS object, when, and whether the IaC workflow did it."""

__version__ = "0.1.0"

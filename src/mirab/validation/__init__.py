"""Validation: each area is one module with `TITLE` and `findings()`; the harness walks this folder."""

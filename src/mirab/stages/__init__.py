"""The stages of the main path, each a file; the centre runs them in order."""

"""`python -m mirab` runs the same commands as `mirab`."""

from mirab.cli import main

main()

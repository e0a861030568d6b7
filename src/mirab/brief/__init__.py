"""The voice: one Briefing becomes a page, a JSON file, tables and a short form for the terminal."""

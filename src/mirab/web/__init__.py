"""The page on one machine: the records of the briefing as views with addresses, and forms that write."""

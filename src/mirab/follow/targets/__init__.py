"""Progress towards targets: published methods as pure functions, and a state's way to a target by date."""

"""Award rules as data: `rules.toml` is read and checked, then decides on every candidate, exactly."""

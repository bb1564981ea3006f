"""Settings: YAML in, typed structs out, every problem with its line and remedy."""

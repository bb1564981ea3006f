"""Where files are: data, settings, and what ships with the package."""

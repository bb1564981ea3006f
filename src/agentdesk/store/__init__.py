"""Where everything is kept: one seam (`base`), SQLite behind it, and a twin in memory."""

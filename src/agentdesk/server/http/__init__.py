"""REST under /api/v1: operations described once, from which routes, checks and OpenAPI follow."""

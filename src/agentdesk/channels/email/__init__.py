"""Mail. Pure: parse (with headers, addresses, tree, charset, body, html, history, kinds), threads, tokens, compose.

Parsing runs in a worker process (`worker`) that `pool` starts, bounds and kills; nothing else here does I/O.
"""

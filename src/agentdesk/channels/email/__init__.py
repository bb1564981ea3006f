"""Mail. Pure: what a mail says (`parse`, `page`), where it belongs (`tokens`, `threads`), what we send (`compose`).

`parse` reads headers, addresses, tree, charset, chosen, body, flowed, html_*, links, history, kinds, report and
attachments, each in a file of its own, within `bounds`; `parsed` is what comes of it. It runs in a process of its own
(`worker`), which `pool` starts, bounds and kills. What talks to mail servers and to the desk is in the other files.
"""

"""The command line: one file per command, each importing what it needs when it runs.

A command's module has `add(commands)`, which describes it with `parser.command(...)` and names its `run(args)`;
`run` returns the exit code: 0 done, 1 a problem that was told, 2 wrong usage. `main` lists the modules.
"""

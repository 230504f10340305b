"""Exit codes; `docs/reference/command-line.md` lists what each means."""

EXIT_USAGE, EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_STOPPED = 2, 3, 4, 130

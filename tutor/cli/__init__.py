"""The commands. Data goes to standard output, messages about the work to standard error.

Exit codes: 0 done, 1 an error that is named, 2 wrong usage. Nothing is imported here: `tutor`
without arguments starts the screens at once (`launch_tui`) and needs no parser (`app`), and each
command imports what it needs when it runs.
"""

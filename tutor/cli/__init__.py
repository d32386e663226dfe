"""The command line: the terminal interface's headless twin. Data on stdout, narration on stderr.

Exit codes: 0 done, 1 a named error, 2 wrong usage. May import everything but what only the engine's
child (llama_cpp) and progress (tinydb) may. Nothing is imported here: `tutor` without arguments
draws at once (`draw`) and needs no parser (`app`); each command imports what it needs when it runs.
"""

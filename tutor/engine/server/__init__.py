"""A model server that the student already runs, behind the same interface as the child process.

Used only if one is named (`--server`), and only on this machine unless the settings allow others.
Only `http_client` uses the network. docs/servers.md describes the differences between servers.
"""

"""A model server that the student already runs, behind the same front as the model in the child.

Only where one is named (`--server`), and on this machine only unless the settings say otherwise.
`wire` alone reaches for the network. What holds for which server is in docs/servers.md.
"""

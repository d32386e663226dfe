"""The process that owns the model. Only this folder imports llama_cpp, and only this process does.

llama.cpp can end a process without an exception (see docs/engine.md), so it runs in one of its own:
`python -m tutor.engine.worker`, spoken to through `tutor.engine.protocol`.
"""

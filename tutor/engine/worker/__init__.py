"""The process that runs the model, and the only code that imports llama_cpp.

llama.cpp can kill its process without an exception (see docs/engine.md), so it runs in one of its
own, `python -m tutor.engine.worker`, which speaks `tutor.engine.protocol`.
"""

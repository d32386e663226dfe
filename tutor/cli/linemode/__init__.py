"""A study session line by line, without a screen: for screen readers, pipes and programs.

`typed` is what comes in, `told` what goes out, `words` how it is said; a `Conversation` goes from
`Answering` to `Judged` and on. Nothing is drawn: no colour, no box, no cursor, no escape sequence.
"""

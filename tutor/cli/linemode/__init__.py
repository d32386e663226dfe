"""Sessions and exams line by line, without a screen: for screen readers, pipes and programs.

`input` is what comes in, `output` what goes out, `messages` how it is said; a session goes from
`Answering` to `Review` and on. Nothing is drawn: no boxes and no moving cursor.
"""

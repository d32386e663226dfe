"""Sessions and exams line by line, without a screen: for screen readers, pipes and programs.

`input` reads lines, `messages` words what happens, `output` prints it. A session alternates between
the stages `Answering` and `Review`. Nothing is drawn: no boxes and no moving cursor.
"""

"""The parts that screens are put together from; each shows what it is given and knows no more."""

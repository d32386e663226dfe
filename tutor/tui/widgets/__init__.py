"""The parts that screens are put together from; each is told what to show and knows no more."""

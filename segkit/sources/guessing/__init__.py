"""What `segkit new` guesses: it ends in a commented study.yaml that a person reads.

Nothing is guessed when a study runs.
"""

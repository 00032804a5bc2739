"""What a person can put right about a training."""


class TrainingError(ValueError):
    """Data, recipe or state that cannot be used. `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

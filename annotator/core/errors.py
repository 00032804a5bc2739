"""The errors a person may meet. Everything else is a bug and is reported as one."""

from __future__ import annotations


class StrokeflowError(Exception):
    """An expected failure, told in plain words.

    `message` says what went wrong and where (one sentence); `hint` says what to do about it.
    `exit_code` is what the command line returns: 2 for bad usage or input, 1 for a failed run.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross from the worker process to the window: keep both texts on the way.
        return (type(self), (self.message, self.hint))


class MediaError(StrokeflowError):
    """A video or an image folder cannot be read, moved, or changed since the project was made."""


class ProjectError(StrokeflowError):
    """A project folder cannot be opened, read or written."""


class FormatError(StrokeflowError):
    """A label file or folder cannot be read or written."""


class RequestError(StrokeflowError):
    """What was asked for cannot be done (unknown backend, no key frame, empty range ...)."""


class RunError(StrokeflowError):
    """A run started and failed."""

    exit_code = 1


class DiskError(StrokeflowError):
    """The disk is full, read-only or gone."""

    exit_code = 1


class Cancelled(Exception):  # noqa: N818 - a request of the user, not an error
    """Raised inside a job when its token was cancelled; finished frames stay."""

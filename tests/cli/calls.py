"""Verbs called in this process, and what they must look like in each case."""

from __future__ import annotations

import json

import pytest

from annotator.cli import main


def run(*args: object) -> int:
    return main([str(arg) for arg in args])


def asked(capsys: pytest.CaptureFixture[str], *args: object) -> dict:
    capsys.readouterr()
    assert run(*args, "--json") == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1, "one JSON object on stdout, nothing else"
    return json.loads(out)


def refused(capsys: pytest.CaptureFixture[str], code: int, *args: object) -> str:
    capsys.readouterr()
    assert run(*args) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert told.err.startswith("strokeflow: ")
    return told.err

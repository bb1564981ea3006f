"""The desk under test checks itself at the end of every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.register_assert_rewrite("tests.core.play", "tests.core.desk_game", "tests.core.log_proof")

from tests.core.play import Play  # noqa: E402 - after its assertions are to be explained

Make = Callable[..., Play]


@pytest.fixture
def play() -> Iterator[Make]:
    """Make a desk; whatever the test did with it, it must hold together afterwards."""
    made: list[Play] = []

    def make(*args: object, **kwargs: object) -> Play:
        made.append(Play(*args, **kwargs))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for desk in made:
        desk.check()

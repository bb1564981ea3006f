"""The errors a person meets: each has a title of its own, a message and a remedy, and the tree is as drawn."""

import inspect
import re

import pytest

from agentdesk import errors

TREE = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, Exception)}


def test_the_docstring_draws_exactly_the_tree() -> None:
    drawn = re.findall(r"^ {4}(?:[├└]── )?(\w+) {2,}", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(TREE)


def test_each_kind_has_a_title_of_its_own() -> None:
    titles = [kind.title for kind in TREE.values()]
    assert len(set(titles)) == len(titles)


def test_an_error_carries_title_message_and_remedy() -> None:
    error = errors.StoreUnusable("desk.db was written by a newer version", "Upgrade agentdesk.", title="Too new")
    assert (error.title, error.message, error.remedy) == (
        "Too new",
        "desk.db was written by a newer version",
        "Upgrade agentdesk.",
    )
    assert str(error) == "Too new: desk.db was written by a newer version"


@pytest.mark.parametrize("kind", TREE.values(), ids=TREE)
def test_each_is_caught_as_a_desk_error(kind: type[errors.DeskError]) -> None:
    with pytest.raises(errors.DeskError):
        raise kind("why")

"""The attacks: each takes a running server, tries, and fails with what did not hold."""

from collections.abc import Callable

from tests.attacks.on_pages import (
    confuse_methods,
    escape_parameters,
    escape_stored_text,
    forge_hosts,
    inject_queries,
    pollute_parameters,
    split_answers,
    traverse_paths,
)
from tests.attacks.on_service import (
    act_as_staff,
    fetch_addresses,
    guess_tokens,
    kill_runs,
    look_for_closed_text,
    send_bombs,
    smuggle_requests,
    wait_for_ever,
    withdraw_during_searches,
)
from tests.attacks.on_sizes import ask_the_longest, outgrow_parameters
from tests.attacks.target import Target

Attack = Callable[[Target], None]
ATTACKS: tuple[Attack, ...] = (
    escape_stored_text,
    escape_parameters,
    traverse_paths,
    forge_hosts,
    split_answers,
    confuse_methods,
    pollute_parameters,
    inject_queries,
    fetch_addresses,
    act_as_staff,
    look_for_closed_text,
    send_bombs,
    outgrow_parameters,
    ask_the_longest,
    smuggle_requests,
    wait_for_ever,
    guess_tokens,
    withdraw_during_searches,
    kill_runs,
)

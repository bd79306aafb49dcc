"""Nothing that the official `inkbox` 0.4.4 can do is left out of the comparisons."""

from tests.conformance.inkbox.arguments import METHODS
from tests.conformance.inkbox.coverage import DATA_PLANE, methods
from tests.conformance.inkbox.test_vault_requests import CALLS


def test_every_method_that_sends_is_compared() -> None:
    """But for those of credentials, which send nothing, and the tunnels' data plane."""
    with_a_key = {name.partition(",")[0] for name in CALLS} | {"vault.initialize"}
    silent = {name for name in methods() if name.startswith("credentials.")} | {"close"}

    assert sorted(METHODS.keys() | with_a_key | silent | {DATA_PLANE}) == sorted(methods())

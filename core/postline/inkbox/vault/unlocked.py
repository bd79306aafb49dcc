"""`UnlockedVault`: the secrets of an open vault, on a client."""

from __future__ import annotations

from typing import Any

from postline.hidden import Hidden
from postline.inkbox._arguments import Id
from postline.inkbox._borrowed import borrowed
from postline.inkbox._private import private
from postline.inkbox.vault.opened import Opened
from postline.inkbox.vault.totp import TOTPConfig
from postline.inkbox.vault.types import DecryptedVaultSecret, VaultSecret
from postline.operation import Steps
from postline.resource import C, Resource, endpoint

__all__ = ["UnlockedVault"]


def _opened(self: UnlockedVault[Any]) -> Opened:
    return self._opened


class UnlockedVault(Resource[C]):
    """An open vault, from `vault.unlock`; it can be used until its client is closed or the vault locked."""

    def __init__(self, client: C, opened: Opened) -> None:
        super().__init__(client)
        self._opened = opened

    @property
    def secrets(self) -> list[DecryptedVaultSecret]:
        """The secrets that were there when it was opened, and what was made, changed and deleted here since."""
        return self._opened.secrets()

    get_secret = endpoint(borrowed("get_secret", _opened, Opened.get_secret))
    create_secret = endpoint(borrowed("create_secret", _opened, Opened.create_secret))
    update_secret = endpoint(borrowed("update_secret", _opened, Opened.update_secret))
    delete_secret = endpoint(borrowed("delete_secret", _opened, Opened.delete_secret))
    remove_totp = endpoint(borrowed("remove_totp", _opened, Opened.remove_totp))
    get_totp_code = endpoint(borrowed("get_totp_code", _opened, Opened.get_totp_code))

    @private
    def set_totp(self, secret_id: Id, totp: TOTPConfig | str) -> Steps[VaultSecret]:
        """Give a login one-time codes, by what makes them or by an `otpauth` address, in place of those that it has."""
        return self._opened.set_totp(secret_id, Hidden(totp))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._opened.ids())} secrets)"

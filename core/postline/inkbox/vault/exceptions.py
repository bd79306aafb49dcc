"""Exceptions of the vault. None of them holds anything of a key, a code or a secret.

InkboxError
|-- InkboxVaultKeyError            a new vault key is too weak
|-- VaultLockedError               what is asked for needs the vault open
|-- CredentialNotFoundError        no secret with this id is open to the identity (also a KeyError)
|-- CredentialTypeError            the secret is of another type (also a TypeError)
`-- VaultError                     what follows; each is also a ValueError
    |-- VaultNotInitializedError   there is no vault
    |-- WrongVaultKeyError         no key of the vault answers to what was given
    |   `-- WrongRecoveryCodeError the same, of a recovery code
    |-- VaultKeyUnwrapError        a key answers, but what it protects does not open with it
    |-- NoTOTPError                the login has no one-time codes
    `-- SecretUnreadableError      a secret is there, but cannot be read
        |-- SecretTruncatedError   what is stored is too short, or not base64
        |-- SecretTamperedError    it is not what was written for this id, or by this key (also cryptography's InvalidTag)
        |   `-- SecretSwappedError it was written for another secret of the vault
        `-- SecretFormatError      it opens, and holds no secret of its type
            `-- SecretFieldError   it lacks a field (also a KeyError)
"""

from postline.inkbox.exceptions import InkboxAPIError, InkboxError, InkboxVaultKeyError

__all__ = [
    "CredentialNotFoundError",
    "CredentialTypeError",
    "InkboxAPIError",
    "InkboxError",
    "InkboxVaultKeyError",
    "NoTOTPError",
    "SecretFieldError",
    "SecretFormatError",
    "SecretSwappedError",
    "SecretTamperedError",
    "SecretTruncatedError",
    "SecretUnreadableError",
    "VaultError",
    "VaultKeyUnwrapError",
    "VaultLockedError",
    "VaultNotInitializedError",
    "WrongRecoveryCodeError",
    "WrongVaultKeyError",
]


class VaultLockedError(InkboxError):
    """The vault is not open, or no longer; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(
            "Vault must be unlocked before accessing credentials. Call vault.unlock(vault_key); an async client that was given "
            "a vault_key does so when it is entered with `async with`. Closing the client that unlocked it locks it again."
        )


class CredentialNotFoundError(InkboxError, KeyError):
    """No secret with this id is open to the identity."""


class CredentialTypeError(InkboxError, TypeError):
    """The secret is of another type than what is asked of it; nothing was changed."""


class VaultError(InkboxError, ValueError):
    """The vault, a key to it or a secret in it is not what it should be."""


class VaultNotInitializedError(VaultError):
    """There is no vault."""


class WrongVaultKeyError(VaultError):
    """No key of the vault answers to the vault key that was given."""


class WrongRecoveryCodeError(WrongVaultKeyError):
    """No key of the vault answers to the recovery code that was given; each is good for one change of the key."""


class VaultKeyUnwrapError(VaultError):
    """A key of the vault answers, but what it protects does not open with it."""


class NoTOTPError(VaultError):
    """The login has no one-time codes."""


class SecretUnreadableError(VaultError):
    """A secret is there, but cannot be read."""


class SecretTruncatedError(SecretUnreadableError):
    """What is stored is too short to be a secret, or is not base64."""


class SecretTamperedError(SecretUnreadableError):
    """What is stored is not what was written for this id, or was written with another key."""


class SecretSwappedError(SecretTamperedError):
    """What is stored was written for another secret of the vault."""


class SecretFormatError(SecretUnreadableError):
    """What is stored opens, and holds no secret of its type."""


class SecretFieldError(SecretFormatError, KeyError):
    """What is stored opens, and lacks a field that its type needs."""

    __str__ = Exception.__str__

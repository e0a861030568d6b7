"""Secrets of a source: put in at the moment of sending, taken out of everything that is kept or told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from mirab.core.errors import Problem, SourceError
from mirab.observe.connector import KEY, USER, Terms

Settings = Mapping[str, str]
"""Values of settings by name; the command line reads them from the environment or a keyring."""

_SHORTEST = 4


@dataclass(frozen=True)
class Secrets:
    """What stands for KEY and USER in the asks of one source."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, terms: Terms, settings: Settings) -> Secrets:
        """The secrets that a source needs; SourceError names each setting that is empty and how to get it."""
        named = {place: name for place, name in ((KEY, terms.key), (USER, terms.user)) if name}
        missing = [
            Problem(name, "is not set", terms.key_how or "set it in the environment")
            for name in named.values()
            if not settings.get(name)
        ]
        if missing:
            raise SourceError(terms.source_id, missing)
        return cls({place: settings[name].strip() for place, name in named.items()})

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values as they are sent."""
        return {name: self._filled(value) for name, value in values.items()}

    def hidden(self, text: str) -> str:
        """A text without the secrets, as they are or quoted for an address or for JSON."""
        return self.hidden_bytes(text.encode()).decode()

    def hidden_bytes(self, data: bytes) -> bytes:
        """Bytes without the secrets; a name of a user is no secret by itself."""
        secret = self.values.get(KEY, "")
        if len(secret) < _SHORTEST:
            return data
        for form in {secret, quote(secret, safe=""), quote_plus(secret), _escaped(secret)}:
            data = data.replace(form.encode(), KEY.encode())
        return data

    def _filled(self, text: str) -> str:
        for place, secret in self.values.items():
            text = text.replace(place, secret)
        return text


def _escaped(secret: str) -> str:
    """The secret as it stands in a JSON string."""
    return json.dumps(secret)[1:-1]

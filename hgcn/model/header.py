# SPDX-License-Identifier: Apache-2.0
"""What a weights file says of itself: how its weights are to be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypedDict, cast, get_args

from hgcn.errors import ModelError, shown
from hgcn.model.layer import Activation, FeatureNorm

VERSION = 2
"""1 had the feature norm alone, for every model was a plain GCN; it is read as that."""


class UnsaidError(ModelError):
    """Weights do not say how they are to be used: the user has to."""


class Options(TypedDict, total=False):
    """The attributes of a `GCN` that weights alone do not tell, as arguments of what reads them."""

    normalize: bool
    add_self_loops: bool
    improved: bool
    activation: Activation
    feature_norm: FeatureNorm


OPTIONS = tuple(Options.__annotations__)
"""Their names."""

USUAL = (
    "normalize=True, add_self_loops=True, improved=False, activation='relu', feature_norm='none'"
)
"""What PyTorch Geometric's `GCNConv` does unless it is told otherwise."""

_FIRST: dict[str, Any] = {
    "normalize": True,
    "add_self_loops": True,
    "improved": False,
    "activation": "relu",
}


def write_header(*, name: str, metadata: Mapping[str, str], options: Mapping[str, Any]) -> str:
    """Return the JSON text of a header; the same for the same model.

    Examples
    --------
    >>> write_header(name="m", metadata={}, options={"normalize": True})
    '{"metadata": {}, "name": "m", "normalize": true, "version": 2}'
    """
    parts = {"version": VERSION, "name": name, "metadata": dict(metadata), **options}
    return json.dumps(parts, sort_keys=True)


def read_header(text: str) -> dict[str, Any]:
    """Return the arguments of a `GCN` that a header holds, layers apart.

    Raises
    ------
    ModelError
        If it is no header, of a later version, or says what this version does not know.

    Examples
    --------
    >>> read_header('{"name": "old", "feature_norm": "row"}')["normalize"]
    True
    """
    try:
        parts = json.loads(text)
        if not isinstance(parts, dict):
            raise ValueError(f"got {type(parts).__name__}")
        metadata = {str(key): str(value) for key, value in parts.pop("metadata", {}).items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise ModelError(f"header key hgcn must be a JSON object: {error}") from error
    version = parts.pop("version", 1)
    if version not in (1, VERSION) or isinstance(version, bool):
        raise ModelError(f"header must be of version 1 or {VERSION}, got {version!r}")
    found = {"name": str(parts.pop("name"))} if "name" in parts else {}
    unknown = sorted(set(parts) - set(OPTIONS))
    if unknown:
        raise ModelError(f"header says {unknown[0]!r}, which this version of hgcn does not know")
    first = _FIRST if version == 1 else {}
    return {**found, "metadata": metadata, **first, **parts}


def require_options(said: Mapping[str, Any], given: Options) -> dict[str, Any]:
    """Return every option, those given before those said by a header.

    Raises
    ------
    UnsaidError
        If one is neither: nothing is assumed of weights that were trained elsewhere.
    ModelError
        If one given is no option.

    Examples
    --------
    >>> require_options({}, {"normalize": True})
    Traceback (most recent call last):
        ...
    hgcn.model.header.UnsaidError: weights do not say add_self_loops, improved, activation, \
feature_norm: give what they were trained with; GCNConv's defaults are normalize=True, \
add_self_loops=True, improved=False, activation='relu', feature_norm='none'
    """
    unknown = sorted(set(given) - set(OPTIONS))
    if unknown:
        raise ModelError(f"options must be among {', '.join(OPTIONS)}, got {unknown[0]!r}")
    options = {**said, **given}
    missing = [option for option in OPTIONS if option not in options]
    if missing:
        raise UnsaidError(
            f"weights do not say {', '.join(missing)}: give what they were trained with; "
            f"GCNConv's defaults are {USUAL}"
        )
    return options


def check_options(name: str, options: Mapping[str, Any]) -> None:
    """Raise `ModelError`, naming the option, if one has a value it cannot take.

    Parameters
    ----------
    name : str
        The model's, for the message.
    options : mapping
        All of `OPTIONS`, or those that are a layer's own: all but the feature norm.
    """
    wanted = dict.fromkeys(OPTIONS[:3], (True, False))
    wanted |= {"activation": get_args(Activation), "feature_norm": get_args(FeatureNorm)}
    for option, known in wanted.items():
        if option == "feature_norm" and option not in options:
            continue
        value = options[option]
        if type(value) is not type(known[0]) or value not in known:
            words = " or ".join(map(repr, known))
            raise ModelError(f"{name}: {option} must be {words}, got {shown(value)}")
    if options["add_self_loops"] and not options["normalize"]:
        raise ModelError(f"{name}: add_self_loops must be False without normalize, as in GCNConv")


def parse_options(text: str) -> Options:
    """Read options from one text, written as in Python.

    Raises
    ------
    ModelError
        If a part is no ``option=value``, or an option comes twice.

    Examples
    --------
    >>> parse_options("normalize=False, activation='none'")
    {'normalize': False, 'activation': 'none'}
    """
    found: dict[str, Any] = {}
    for part in text.split(","):
        option, equals, value = (word.strip() for word in part.partition("="))
        if not equals or option not in OPTIONS or option in found:
            raise ModelError(f"options must be each once like {USUAL}; got {part.strip()!r}")
        word = value.strip("'\"")
        found[option] = {"true": True, "false": False}.get(word.lower(), word)
    return cast("Options", found)

# SPDX-License-Identifier: Apache-2.0
"""What a page is about: a run, and as much of its program as is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.cycles.workload import Workload
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.partition.split import Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Built:
    """A program.

    Attributes
    ----------
    image : bytes
    device : Device
    workload : Workload
    rows : ndarray of int32, shape (n,)
        Node at each row of the processing order.
    splits, mappings : mapping or None
        The artefacts behind the image, by operand; None where it comes from a file.
    """

    image: bytes
    device: Device
    workload: Workload
    rows: NDArray[np.int32]
    splits: Mapping[str, Split] | None = None
    mappings: Mapping[str, Mapped] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What a page is about.

    Attributes
    ----------
    command : str
        What makes the same page again.
    run : mapping
        What `hgcn.report.inference.inference_report` gives.
    program : Built or None
        None where the run is read from a file.
    versions : mapping
        Of what the page was made with, by name.
    """

    command: str
    run: Mapping[str, Any]
    versions: Mapping[str, str]
    program: Built | None = None

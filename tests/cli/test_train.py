# SPDX-License-Identifier: Apache-2.0
"""`hgcn train`: weights that `hgcn run` takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hgcn.graph import save_npz
from tests.samples import random_graph

Run = Callable[..., Any]


def test_a_graph_without_labels_is_refused(hgcn_command: Run, edge_list: Path) -> None:
    assert hgcn_command("train", edge_list).error == "ring has no labels to train on"


def test_a_place_that_cannot_be_written_is_refused_first(hgcn_command: Run) -> None:
    done = hgcn_command("train", "digits", "--output", "none/model.safetensors")
    assert done.error.startswith("cannot write none/model.safetensors: there is no folder")


def test_an_unknown_kind_is_refused(hgcn_command: Run) -> None:
    done = hgcn_command("train", "digits", "--model", "gat")
    assert done.error.startswith("kind must be one of gcn, sage, gin, got 'gat'")


@pytest.mark.parametrize("kind", ["gcn", "sage", "gin"])
def test_trained_weights_run(hgcn_command: Run, tmp_path: Path, kind: str) -> None:
    pytest.importorskip("torch")
    graph = random_graph(nodes=40)
    train = np.arange(40) % 2 == 1
    save_npz(replace(graph, train_mask=train), tmp_path / "random.npz")
    options = ("--hidden", 4, "--epochs", 3, "--seed", 1, "--model", kind)
    done = hgcn_command("train", "random.npz", *options)
    assert done.status == 0 and "wrote random.safetensors" in done.out
    done = hgcn_command("run", "random.npz", "--model", "random.safetensors")
    assert done.status == 0 and "bit-exact" in done.out

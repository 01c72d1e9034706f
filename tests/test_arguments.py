# SPDX-License-Identifier: Apache-2.0
"""Anything may stand for an argument: the public functions take it or refuse it in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx
import numpy as np
import pytest
import scipy.sparse

import hgcn
from hgcn import graph as graphs
from hgcn.arguments import as_choice, as_generator, as_path, as_real, as_whole
from hgcn.errors import HgcnError, SpecError
from hgcn.model.layers.appnp import APPNPLayer
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.layers.gin import GINLayer
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sgc import SGCLayer
from hgcn.model.layers.sum import SumLayer
from hgcn.model.quantisation import Quantisation, parse_quantisation
from hgcn.ordering.registry import order_graph
from hgcn.partition.policy import Policy, parse_policy
from hgcn.report import plots


class Stubborn:
    """Neither shows itself nor becomes a number or an array."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __index__(self) -> int:
        raise RuntimeError("no index")

    def __array__(self, *_: object, **__: object) -> Any:
        raise RuntimeError("lives on another device")


ODD: dict[str, Any] = {
    "None": None,
    "True": True,
    "a negative number": -1,
    "an integer of 80 bits": 2**80,
    "a fraction": 0.5,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a decimal": Decimal(3),
    "a complex number": 1j,
    "a text": "abc",
    "nothing written": "",
    "a zero character": "a\0b",
    "half a surrogate": "\udc80",
    "a long text": "x" * 300,
    "bytes": b"abc",
    "an empty list": [],
    "a ragged list": [[1, 2], [3]],
    "a list of None": [None],
    "a list of a huge integer": [10**30],
    "a mapping": {"a": 1},
    "a set": {1, 2},
    "a generator": (number for number in range(3)),
    "a class": int,
    "an ellipsis": ...,
    "an error": ValueError("x"),
    "an array of no dimension": np.array(3),
    "an array of three dimensions": np.ones((2, 2, 2)),
    "an array of NaN": np.full((4, 3), np.nan),
    "an array of objects": np.array([object(), None]),
    "an array of texts": np.array(["a", "b"]),
    "an array of dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "a record array": np.zeros(3, dtype=[("a", int)]),
    "a masked array": np.ma.masked_array([0, 1, 2, 3], mask=np.arange(4) == 2),
    "an empty array": np.zeros((0, 0)),
    "a NumPy truth value": np.bool_(True),
    "a sparse matrix": scipy.sparse.eye(4, format="csr"),
    "a complex sparse matrix": scipy.sparse.eye(4, dtype=complex),
    "a NetworkX graph": networkx.path_graph(4),
    "a path": Path("/nonexistent/file"),
    "a module": np,
    "a stubborn object": Stubborn(),
}

OPTIONS: dict[str, Any] = {
    "normalize": True,
    "add_self_loops": True,
    "improved": False,
    "activation": "relu",
    "feature_norm": "none",
}


def _graph() -> hgcn.Graph:
    edges = [(0, 1), (1, 2), (2, 3)]
    return graphs.from_edges(4, edges, symmetrise=True, features=np.eye(4), labels=[0, 1, 0, 1])


GRAPH = _graph()
MODEL = hgcn.GCN.random([4, 3, 2])
PROGRAM = hgcn.compile(MODEL, GRAPH, device="tiny")
PREDICTOR = hgcn.Predictor(MODEL, GRAPH)
OPEN = hgcn.compile(MODEL, GRAPH, device="tiny", features="input")
RESULT = PROGRAM.run()
PYG = SimpleNamespace(edge_index=[[0, 1], [1, 2]], x=np.ones((4, 3)), y=[0, 1, 0, 1])
CHOICES: dict[str, Any] = {
    "device": "tiny",
    "ordering": "none",
    "policy": "balanced",
    "features": "program",
    "quantisation": "max",
}

Call = tuple[Callable[..., object], list[Any], dict[str, Any]]

CALLS: dict[str, Call] = {
    "compile": (hgcn.compile, [MODEL, GRAPH], CHOICES),
    "run": (hgcn.run, [MODEL, GRAPH], {**CHOICES, "backend": "reference"}),
    "Predictor": (
        hgcn.Predictor,
        [MODEL, GRAPH],
        {name: value for name, value in CHOICES.items() if name != "features"}
        | {"backend": "emulate"},
    ),
    "Predictor.predict": (PREDICTOR.predict, [np.eye(4)], {}),
    "Predictor.score": (PREDICTOR.score, [np.ones(4, dtype=bool)], {}),
    "device": (hgcn.device, ["tiny"], {}),
    "GCN": (
        hgcn.GCN,
        [],
        {"name": "m", "layers": MODEL.layers, **OPTIONS, "metadata": {}},
    ),
    "GCNLayer": (GCNLayer, [], {"weight": np.ones((2, 2)), "bias": np.ones(2)}),
    "GINLayer": (GINLayer, [], {"weight": np.ones((2, 2)), "bias": np.ones(2), "eps": 0.0}),
    "LinearLayer": (LinearLayer, [], {"weight": np.ones((2, 2)), "bias": np.ones(2)}),
    "SAGELayer": (
        SAGELayer,
        [],
        {"weight": np.ones((2, 2)), "bias": np.ones(2), "root": np.ones((2, 2))},
    ),
    "SumLayer": (SumLayer, [], {"branches": ((), ())}),
    "APPNPLayer": (APPNPLayer, [], {"features": 4, "hops": 2, "alpha": 0.1}),
    "GraphLayer": (
        GraphLayer,
        [],
        {"weight": np.ones((2, 2)), "bias": np.ones(2), "root": np.ones((2, 2))},
    ),
    "SGCLayer": (SGCLayer, [], {"weight": np.ones((2, 2)), "bias": np.ones(2), "hops": 2}),
    "GCN.load": (hgcn.GCN.load, ["cora"], OPTIONS),
    "GCN.save": (MODEL.save, ["m.safetensors"], {}),
    "GCN.forward": (MODEL.forward, [GRAPH], {}),
    "GCN.propagation": (MODEL.propagation, [GRAPH], {}),
    "GCN.for_graph": (hgcn.GCN.for_graph, [GRAPH], {}),
    "GCN.from_state_dict": (
        hgcn.GCN.from_state_dict,
        [{"conv1.lin.weight": np.ones((3, 4))}],
        {"name": "m", **OPTIONS},
    ),
    "GCN.random": (hgcn.GCN.random, [[4, 3], 0], {"feature_norm": "none"}),
    "Graph": (
        hgcn.Graph,
        [],
        {
            "name": "g",
            "adjacency": GRAPH.adjacency,
            "weights_are_counts": False,
            "features": GRAPH.features,
            "labels": np.array([0, 1, 0, 1]),
            "num_classes": 2,
            "train_mask": np.ones(4, dtype=bool),
            "notes": (),
        },
    ),
    "Csr": (
        graphs.Csr,
        [],
        {"shape": (2, 2), "indptr": [0, 1, 2], "indices": [0, 1], "data": np.ones(2, np.float32)},
    ),
    "Csr.from_coo": (graphs.Csr.from_coo, [(2, 2), np.arange(2), np.arange(2), np.ones(2)], {}),
    "csr_to_scipy": (graphs.csr_to_scipy, [GRAPH.adjacency], {}),
    "erdos_renyi": (graphs.erdos_renyi, [9, 9], {"rng": 0, "name": "g"}),
    "power_law": (graphs.power_law, [9, 9], {"exponent": 2.5, "rng": 0, "name": "g"}),
    "rmat": (
        graphs.rmat,
        [9, 9],
        {"quadrants": (0.57, 0.19, 0.19, 0.05), "rng": 0, "name": "g"},
    ),
    "from_edges": (
        graphs.from_edges,
        [4, [(0, 1)]],
        {
            "symmetrise": True,
            "weights": None,
            "parallel": "sum",
            "loops": "keep",
            "features": np.eye(4),
            "labels": [0, 1, 0, 1],
            "name": "g",
        },
    ),
    "merge_edges": (
        graphs.merge_edges,
        [4],
        {"sources": [0], "targets": [1], "weights": [1.0], "symmetrise": False},
    ),
    "from_edge_index": (
        graphs.from_edge_index,
        [[[0], [1]]],
        {
            "num_nodes": 4,
            "symmetrise": False,
            "weights": None,
            "features": np.eye(4),
            "labels": None,
        },
    ),
    "from_networkx": (
        graphs.from_networkx,
        [networkx.path_graph(3)],
        {"name": "g", "weight": None, "feature": None, "label": None},
    ),
    "from_pyg": (graphs.from_pyg, [PYG], {"symmetrise": False, "weights": None, "name": "g"}),
    "from_scipy": (
        graphs.from_scipy,
        [scipy.sparse.eye(4)],
        {"symmetrise": False, "weighted": False, "features": None, "labels": None, "name": "g"},
    ),
    "knn_graph": (
        graphs.knn_graph,
        [np.arange(6.0).reshape(3, 2)],
        {"neighbours": 1, "symmetrise": True, "labels": None, "name": "g"},
    ),
    "to_feature_csr": (graphs.to_feature_csr, [np.eye(2)], {}),
    "with_random_features": (graphs.with_random_features, [GRAPH, 4], {"density": 1.0, "rng": 0}),
    "save_npz": (graphs.save_npz, [GRAPH, "g.npz"], {}),
    "read_graph": (graphs.read_graph, ["g.txt"], {}),
    "read_edge_list": (
        graphs.read_edge_list,
        ["g.txt"],
        {"symmetrise": True, "weighted": False, "relabel": False},
    ),
    "read_matrix_market": (
        graphs.read_matrix_market,
        ["g.mtx"],
        {"symmetrise": False, "weighted": False},
    ),
    "read_metis": (graphs.read_metis, ["g.graph"], {"weighted": False}),
    "read_npz": (graphs.read_npz, ["g.npz"], {"weighted": False}),
    "datasets.load": (hgcn.datasets.load, ["digits"], {}),
    "Program.load": (hgcn.Program.load, ["p.hgcn"], {"device": "tiny"}),
    "Program.save": (PROGRAM.save, ["p.hgcn"], {}),
    "Program.run": (OPEN.run, ["reference"], {"features": np.eye(4)}),
    "Program.pack_features": (OPEN.pack_features, [np.eye(4)], {}),
    "Result.accuracy": (RESULT.accuracy, [GRAPH.labels, np.ones(4, dtype=bool)], {}),
    "spy": (plots.spy, [None], {"most": 5}),
    "segment_bars": (plots.segment_bars, [None], {}),
    "schedule_bars": (plots.schedule_bars, [None], {}),
    "engine_bars": (plots.engine_bars, [None], {"cycles": 5}),
    "order_graph": (order_graph, [GRAPH.adjacency, "rcm"], {}),
    "Policy": (Policy, [], {"name": "threshold", "threshold": 3}),
    "parse_policy": (parse_policy, ["threshold:3"], {}),
    "Quantisation": (Quantisation, [], {"percentile": 99.0, "limit": 4.0, "degree": 1.0}),
    "parse_quantisation": (parse_quantisation, ["limit:4"], {}),
}


@pytest.mark.parametrize("name", CALLS)
def test_whatever_comes_is_taken_or_refused_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function, positional, named = CALLS[name]
    faults = []
    for place in [*range(len(positional)), *named]:
        for what, odd in ODD.items():
            arguments, keywords = list(positional), dict(named)
            (arguments if isinstance(place, int) else keywords)[place] = odd
            try:
                function(*arguments, **keywords)
            except HgcnError as refusal:
                words = str(refusal)
                if not words.isprintable() or len(words) > 1000:
                    faults.append((place, what, words[:200]))
            except Exception as fault:
                faults.append((place, what, repr(fault)[:200]))
    assert not faults


def test_the_sweep_leaves_out_nothing_that_makes_or_reads_graphs() -> None:
    functions = {name for name in graphs.__all__ if not name[0].isupper()}
    assert functions <= set(CALLS)


def test_a_label_of_a_half_and_a_mask_of_node_numbers_are_refused_not_cast() -> None:
    parts: dict[str, Any] = {"name": "g", "adjacency": GRAPH.adjacency, "num_classes": 2}
    with pytest.raises(HgcnError, match="labels must be integers, got float64"):
        hgcn.Graph(**parts, labels=np.array([0.5, 1, 0, 1]))
    with pytest.raises(HgcnError, match="train_mask must be true or false for each node"):
        hgcn.Graph(**parts, train_mask=np.array([0, 2, 3, 1]))


def test_a_generator_is_taken_as_it_is() -> None:
    generator = np.random.default_rng(3)
    assert as_generator(generator) is generator


@pytest.mark.parametrize(
    "call",
    [
        lambda: as_whole(4, "width", least=1, most=3),
        lambda: as_whole(np.array(2), "width"),
        lambda: as_real(True, "density", "in 0..1", lambda share: 0 <= share <= 1),
        lambda: as_real(10**400, "exponent", "above 1", lambda number: number > 1),
        lambda: as_choice("Sum", "parallel", ("sum", "once")),
        lambda: as_path(b"g.txt", "path"),
    ],
)
def test_what_is_nearly_right_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(SpecError, match="must be"):
        call()

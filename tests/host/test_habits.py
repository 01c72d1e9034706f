# SPDX-License-Identifier: Apache-2.0
"""Boards under people's habits: Ctrl-C anywhere, several threads, event loops, forks."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from importlib import util
from typing import Any

import numpy as np
import pytest
from hgcn_host import Wait
from hgcn_host.board_thread import BoardThread, board_thread

import hgcn
from hgcn.errors import BackendError
from tests.host.conftest import FEATURES, MODEL, NODES

pytestmark = [
    pytest.mark.rtl,
    pytest.mark.skipif(util.find_spec("pynq") is None, reason="pynq is not installed"),
]


def run_through(overlay: Any, loaded: Any) -> None:
    """Reset, and demand an exact run by interrupt within seconds."""
    start = time.monotonic()
    overlay.reset()
    assert loaded.run(wait=Wait.INTERRUPT).bit_exact
    assert time.monotonic() - start < 30


class Strike:
    """Raises KeyboardInterrupt at the n-th call of one of the functions it is put around."""

    def __init__(self) -> None:
        self.calls, self.at = 0, -1

    def around(self, patch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool) -> None:
        plain = getattr(owner, name)

        def struck(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            hit = self.calls == self.at
            if hit and not after:
                raise KeyboardInterrupt
            value = plain(*arguments, **named)
            if hit:
                raise KeyboardInterrupt
            return value

        patch.setattr(owner, name, struck)


def _layers(overlay: Any) -> list[tuple[Any, str]]:
    """Every call a run makes below the host's code: registers, buffers, interrupt bookkeeping."""
    from hgcn_sim.board.interrupt import InterruptController
    from pynq.interrupt import _InterruptController

    registers = overlay.driver.accelerator.registers
    return [
        (registers, "_read"),
        (registers, "_write"),
        (InterruptController, "read"),
        (InterruptController, "write"),
        (_InterruptController, "set"),
        (_InterruptController, "add_event"),
        (overlay.device.uio, "add_event"),
        (overlay.device, "advance"),
        (overlay.device, "invalidate"),
    ]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_interruption_at_any_call_of_a_run_is_cured_by_a_reset(
    overlay: Any, program: hgcn.Program, after: bool
) -> None:
    strike = Strike()
    with overlay.load(program) as loaded:
        assert loaded.run(wait=Wait.INTERRUPT).bit_exact
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in _layers(overlay):
                strike.around(patch, owner, name, after=after)
            assert loaded.run(wait=Wait.INTERRUPT).bit_exact
            calls, struck = strike.calls, 0
            assert calls > 40
            for at in range(1, calls + 1):
                strike.calls, strike.at = 0, at
                try:
                    loaded.run(wait=Wait.INTERRUPT)
                except KeyboardInterrupt:
                    struck += 1
                strike.at = -1
                run_through(overlay, loaded)
        assert struck > 0.9 * calls


@pytest.mark.usefixtures("sigint")
@pytest.mark.parametrize(
    "trials", [40, pytest.param(2000, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_ctrl_c_at_any_time_loses_no_interrupt(
    overlay: Any, program: hgcn.Program, trials: int
) -> None:
    rng = np.random.default_rng(trials)
    struck = 0

    def strike(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, strike)
    try:
        with overlay.load(program) as loaded:
            start = time.monotonic()
            assert loaded.run(wait=Wait.INTERRUPT).bit_exact
            longest = 1.5 * (time.monotonic() - start)
            for _ in range(trials):
                try:
                    signal.setitimer(signal.ITIMER_REAL, float(rng.uniform(1e-4, longest)))
                    loaded.run(wait=Wait.INTERRUPT)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except KeyboardInterrupt:
                    struck += 1
                assert loaded.run(wait=Wait.INTERRUPT).bit_exact  # Even without a reset
    finally:
        signal.signal(signal.SIGALRM, before)
    assert struck > trials // 4


@pytest.mark.parametrize("runs", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_eight_threads_get_each_its_own_result(
    overlay: Any, graph: hgcn.graph.Graph, runs: int
) -> None:
    streaming = hgcn.compile(MODEL, graph, device="tiny", features="input")
    wrong: list[object] = []

    def work(number: int, loaded: Any) -> None:
        rng = np.random.default_rng(number)
        for _ in range(runs):
            features = rng.normal(scale=0.3, size=(NODES, FEATURES))
            result = loaded.run(features=features, check=True)
            if result.bit_exact is not True:
                wrong.append(number)
            elif not streaming.run("pynq", virtual_board=True).bit_exact:
                wrong.append(-number)

    # Half of them share a program, half have their own.
    shared = overlay.load(streaming)
    owned = [shared if number % 2 else overlay.load(streaming) for number in range(8)]
    threads = [
        threading.Thread(target=work, args=(number, loaded)) for number, loaded in enumerate(owned)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
        assert not thread.is_alive()
    assert wrong == []


def test_threads_infer_their_own_graphs(
    overlay: Any, program: hgcn.Program, with_features: Callable[[int], Any]
) -> None:
    graphs = [with_features(seed) for seed in range(4)]
    want = [hgcn.compile(MODEL, graph, device="tiny").run().integer_logits for graph in graphs]
    wrong: list[int] = []

    def work(index: int) -> None:
        for _ in range(3):
            result = loaded.infer(graphs[index])
            if not (result.bit_exact and np.array_equal(result.integer_logits, want[index])):
                wrong.append(index)

    with overlay.load(program, model=MODEL) as loaded:
        threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
    assert wrong == []


def test_runs_are_by_interrupt_outside_and_inside_of_any_loop(
    overlay: Any, program: hgcn.Program
) -> None:
    with overlay.load(program) as loaded:

        async def inside() -> bool:
            awaited = await loaded.run_async(wait=Wait.INTERRUPT)
            return bool(awaited.bit_exact and loaded.run(wait=Wait.INTERRUPT).bit_exact)

        assert loaded.run(wait=Wait.INTERRUPT).bit_exact
        assert asyncio.run(inside()) and asyncio.run(inside())
        assert loaded.run(wait=Wait.INTERRUPT).bit_exact


def test_an_overlay_loaded_in_a_loop_that_ends_goes_on(
    program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HGCN_VIRTUAL_BOARD", "tiny")
    from hgcn_host import HgcnOverlay

    async def load() -> Any:
        return HgcnOverlay("hgcn.pdi")

    with asyncio.run(load()) as overlay, overlay.load(program) as loaded:
        assert loaded.run(wait=Wait.INTERRUPT).bit_exact


def test_tasks_of_one_loop_take_turns_and_a_cancelled_one_stops(
    overlay: Any, program: hgcn.Program
) -> None:
    with overlay.load(program) as loaded:

        async def work() -> list[Any]:
            tasks = [asyncio.create_task(loaded.run_async()) for _ in range(5)]
            await asyncio.sleep(0.005)
            tasks[1].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

        results = asyncio.run(work())
        assert isinstance(results.pop(1), asyncio.CancelledError)
        assert all(result.bit_exact for result in results)


def test_a_run_from_a_progress_callback_is_refused_and_a_look_is_not(
    overlay: Any, program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hgcn_host.waiting._LOOK_SECONDS", 0.0)
    seen: list[bool] = []

    def look(command: int) -> None:
        seen.append(overlay.state().busy)

    digits = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"), device="tiny")
    with overlay.load(digits) as loaded:
        assert loaded.run(progress=look, wait=Wait.POLL).bit_exact
        assert seen
        with pytest.raises(BackendError, match="from a progress callback it can be looked at"):
            loaded.run(progress=lambda command: loaded.run(), wait=Wait.POLL)
        assert loaded.run().bit_exact


def _in_child(program: hgcn.Program, overlay: Any, answers: Any) -> None:
    try:
        overlay.state()
        answers.put("used the parent's")
    except BackendError as fault:
        answers.put(str(fault))
    answers.put(program.run("pynq", virtual_board=True).bit_exact)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_is_told_to_load_its_own_overlay(
    overlay: Any, program: hgcn.Program
) -> None:
    context = multiprocessing.get_context("fork")
    answers: Any = context.SimpleQueue()
    child = context.Process(target=_in_child, args=(program, overlay, answers))
    child.start()
    child.join(120)
    assert child.exitcode == 0
    assert "after a fork the overlay must be loaded again" in answers.get()
    assert answers.get() is True


def test_what_is_freed_says_so(overlay: Any, program: hgcn.Program) -> None:
    with overlay.load(program) as loaded:
        pass
    with pytest.raises(BackendError, match="has been freed: load it again"):
        loaded.run()


def test_a_result_nobody_checked_says_so(overlay: Any, graph: hgcn.graph.Graph) -> None:
    streaming = hgcn.compile(MODEL, graph, device="tiny", features="input")
    features = np.ones((NODES, FEATURES), np.float32)
    with overlay.load(streaming) as loaded:
        assert loaded.run().checked
        unchecked = loaded.run(features=features)
        assert not unchecked.checked and unchecked.bit_exact is None
        assert loaded.run(features=features, check=True).checked
        assert streaming.run("pynq", virtual_board=True, features=features).checked


@pytest.fixture
def thread() -> Iterator[BoardThread]:
    made = BoardThread()
    yield made
    made.close()


def test_work_is_done_one_after_another_in_one_thread(thread: BoardThread) -> None:
    inside: list[int] = []
    most: list[int] = []
    names: set[str] = set()

    async def work() -> None:
        inside.append(1)
        names.add(threading.current_thread().name)
        await asyncio.sleep(0.001)
        most.append(len(inside))
        inside.pop()

    callers = [threading.Thread(target=thread.run, args=(work,)) for _ in range(10)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert most == [1] * 10 and names == {"hgcn-board"}


def test_a_failure_beside_the_work_ends_it(thread: BoardThread) -> None:
    def broken() -> None:
        raise ZeroDivisionError("beside")

    async def work() -> None:
        asyncio.get_running_loop().call_soon(broken)
        await asyncio.sleep(60)

    with pytest.raises(BackendError, match=r"interrupt handling failed: ZeroDivisionError"):
        thread.run(work)
    assert thread.call(lambda: 7) == 7


def test_what_nobody_takes_is_taken_back(thread: BoardThread) -> None:
    undone: list[int] = []
    release = threading.Event()

    def late() -> int:
        release.wait(30)
        return 3

    def strike(*_: object) -> None:
        release.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(KeyboardInterrupt):
            thread.call(late, undo=undone.append)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert undone == [3]


def test_a_closed_thread_refuses_work(thread: BoardThread) -> None:
    thread.close()
    with pytest.raises(BackendError, match="no thread for its board"):
        thread.call(lambda: 1)
    assert board_thread().alive

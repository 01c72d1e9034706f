# SPDX-License-Identifier: Apache-2.0
"""The one thread that touches boards; everybody else hands it work and waits.

PYNQ's interrupt bookkeeping is made of several steps, knows no locks, and belongs to one event
loop. Broken off in the middle by Ctrl-C it loses interrupts for good, and two threads in it get
each other's results. Python runs signal handlers in the main thread only: here no signal strikes,
only one piece of work is done at a time, and the loop is always the same, whoever calls.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import queue
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

from hgcn.errors import BackendError, HgcnError

_T = TypeVar("_T")

_LOOK_SECONDS = 1.0
"""How often who waits looks whether the thread still lives."""

_STOP_SECONDS = 10.0
"""Longest wait for work that was broken off: more than a soft reset and a reload take."""


class _Job(Generic[_T]):
    """A piece of work, and how it ended.

    Parameters
    ----------
    work : callable
        Returns an awaitable.
    over : callable
        Called in the board's thread when it has ended.
    """

    def __init__(self, work: Callable[[], Awaitable[_T]], over: Callable[[], None]) -> None:
        self._work, self._over = work, over
        self._task: asyncio.Task[None] | None = None
        self._values: list[_T] = []
        self.fault: BaseException | None = None
        self.cause: BaseException | None = None
        """What happened outside the work and ended it, such as an error in PYNQ's callbacks."""

    def start(self, owner: BoardThread) -> None:
        self._task = owner.loop.create_task(self._run(owner))

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self, owner: BoardThread) -> None:
        # Nothing is let out, not even a KeyboardInterrupt: it would end the loop.
        try:
            async with owner.turn:
                owner.current = self
                try:
                    self._values.append(await self._work())
                finally:
                    owner.current = None
        except BaseException as fault:
            self.fault = fault if self.cause is None else self.cause
        self._over()

    @property
    def done(self) -> bool:
        return bool(self._values)

    def result(self) -> _T:
        if self.fault is not None:
            raise self.fault
        return self._values[0]


class BoardThread:
    """A thread with an event loop in which all work on boards is done, one piece at a time.

    Attributes
    ----------
    loop : asyncio event loop
        PYNQ's interrupts are delivered here.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._callback_failed)
        self.turn = asyncio.Lock()
        self.current: _Job[Any] | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="hgcn-board", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        while not self._closing:
            try:
                self.loop.run_forever()
            except BaseException as fault:
                # A callback of PYNQ's that raised what is no Exception; the loop can go on.
                self._fail(fault)
        self.loop.close()

    def _callback_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        fault = context.get("exception")
        self._fail(fault if fault is not None else BackendError(str(context.get("message"))))

    def _fail(self, fault: BaseException) -> None:
        """End the work under way with what happened around it."""
        if self.current is None:
            return
        if isinstance(fault, Exception) and not isinstance(fault, HgcnError):
            named = BackendError(f"the board's interrupt handling failed: {fault!r}")
            named.__cause__ = fault
            fault = named
        self.current.cause = fault
        self.current.cancel()

    @property
    def inside(self) -> bool:
        """Whether this is the board's thread itself."""
        return threading.current_thread() is self._thread

    @property
    def alive(self) -> bool:
        """Whether work is still done: no more after a fork, in the child."""
        return self._thread.is_alive() and not self._closing

    def _check(self) -> None:
        if self.inside:
            raise BackendError(
                "the board is at work: from a progress callback it can be looked at, not used"
            )
        if not self.alive:
            raise BackendError(
                "this process has no thread for its board: after a fork the overlay must be "
                "loaded again, in the child"
            )

    def look(self, work: Callable[[], _T]) -> _T:
        """Do as `call` for what changes nothing: from a progress callback, too."""
        return work() if self.inside else self.call(work)

    def call(self, work: Callable[[], _T], *, undo: Callable[[_T], None] | None = None) -> _T:
        """Return what ``work`` gives, done in the board's thread when its turn comes.

        Parameters
        ----------
        work : callable
        undo : callable, optional
            Takes back what ``work`` gave if nobody is there any more to take it.

        Raises
        ------
        BackendError
            If it cannot be done in this process, or from where it is asked for.
        """

        async def turn() -> _T:
            return work()

        return self.run(turn, undo=undo)

    def run(
        self, work: Callable[[], Awaitable[_T]], *, undo: Callable[[_T], None] | None = None
    ) -> _T:
        """Do as `call` for work that lets time pass.

        What breaks off the waiting, Ctrl-C included, cancels the work and waits for its clean-up.
        """
        self._check()
        # Of C and without locks of Python's: Ctrl-C may strike between any two lines here.
        ended: queue.SimpleQueue[None] = queue.SimpleQueue()
        job = _Job(work, lambda: ended.put(None))
        try:
            self.loop.call_soon_threadsafe(job.start, self)
            while True:
                with suppress(queue.Empty):
                    ended.get(timeout=_LOOK_SECONDS)
                    return job.result()
                self._check()
        except BaseException:
            if job.fault is None:
                self._break_off(job, ended, undo)
            raise

    def _break_off(
        self,
        job: _Job[_T],
        ended: queue.SimpleQueue[None],
        undo: Callable[[_T], None] | None,
    ) -> None:
        if not self.alive:
            return
        self.loop.call_soon_threadsafe(job.cancel)
        if not job.done:
            with suppress(queue.Empty):
                ended.get(timeout=_STOP_SECONDS)
        if job.done and undo is not None:
            value = job.result()
            self.call(lambda: undo(value))

    async def run_async(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Do as `run`, from any event loop, whose other tasks go on meanwhile."""
        self._check()
        here = asyncio.get_running_loop()
        ended: asyncio.Future[None] = here.create_future()

        def wake() -> None:
            if not ended.done():
                ended.set_result(None)

        def over() -> None:
            with suppress(RuntimeError):  # The loop that waited has been closed
                here.call_soon_threadsafe(wake)

        job = _Job(work, over)
        self.loop.call_soon_threadsafe(job.start, self)
        try:
            # Unlike awaiting it, this leaves the future alone when it is cancelled itself.
            await asyncio.wait([ended])
        except asyncio.CancelledError:
            self.loop.call_soon_threadsafe(job.cancel)
            await asyncio.wait([ended], timeout=_STOP_SECONDS)
            raise
        except BaseException:
            self.loop.call_soon_threadsafe(job.cancel)
            raise
        return job.result()

    def close(self) -> None:
        """End the thread; what is under way is left."""
        self._closing = True
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_STOP_SECONDS)


_threads: list[BoardThread] = []
_making = threading.Lock()


def board_thread() -> BoardThread:
    """Return this process's thread for boards, made when first asked for.

    One for all boards: PYNQ's tables of interrupts are one for all.
    """
    with _making:
        if not _threads or not _threads[-1].alive:
            _threads[:] = [BoardThread()]
            atexit.register(_threads[0].close)
        return _threads[0]


def _forget() -> None:
    """Begin anew in a forked child: the thread is the parent's, and its lock may be held."""
    global _making  # noqa: PLW0603
    _making = threading.Lock()
    _threads.clear()


os.register_at_fork(after_in_child=_forget)

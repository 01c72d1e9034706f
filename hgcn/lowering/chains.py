# SPDX-License-Identifier: Apache-2.0
"""Whose feature tiles take turns: those of jobs that make each other's right operand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hgcn.reference.job import Job, Rows


def chains(jobs: Sequence[Job]) -> list[list[Job]]:
    """Cut ``jobs``, in their order, into chains.

    A feature tile of a job needs the same features of its right operand and no others. So where a
    job's right operand is what the job before gives, and nobody else reads that, a feature tile of
    the one follows a feature tile of the other: one feature tile's worth of rows is alive at a
    time, and may stay in a feature store.

    Returns
    -------
    list of list of Job
        A job is in one chain with those whose feature tiles take turns with its own.
    """
    readers = [name for job in jobs for name in job.needs]
    found: list[list[Job]] = []
    for job in jobs:
        before = found[-1][-1].name if found else ""
        follows = isinstance(job.right, Rows) and job.right.job == before
        if follows and readers.count(before) == 1:
            found[-1].append(job)
        else:
            found.append([job])
    return found


def turns(jobs: Sequence[Job], features: int) -> Iterator[Job]:
    """Yield the job of each feature tile, ``features`` columns, in a program's order."""
    for chain in chains(jobs):
        for _ in range(0, chain[0].columns, features):
            yield from chain

# SPDX-License-Identifier: Apache-2.0
"""What a device could do at most, and what of it is in use."""

from __future__ import annotations

from hgcn.report.job_times import job_times
from hgcn.report.occupancy import occupancy
from hgcn.report.page.chart import WIDTH
from hgcn.report.page.peaks import roofs, shares
from hgcn.report.page.subject import Subject
from hgcn.report.roofline import Point, Roofline, roofline
from tests.report.page.reader import read


def test_every_point_is_drawn_and_named(subject: Subject) -> None:
    built = subject.program
    assert built is not None
    times = job_times(built.image, built.device, built.workload)
    made = roofline(times, built.device)
    root = read(roofs(made, name="r"))
    kinds = [rect.attributes["class"] for rect in root.all("rect")]
    assert kinds == ["point"] * len(times) + ["whole"]
    rows = root.all("table")[0].cells()[1:]
    assert [row[0] for row in rows] == [point.name for point in made.points]
    assert rows[-1][2] == f"{made.points[-1].rate:,.1f}"


def test_points_of_any_size_stay_in_the_picture() -> None:
    points = tuple(
        Point(name=str(size), intensity=size, rate=min(size, 50.0))
        for size in (0.0, 1e-6, 1.0, 1e9)
    )
    made = Roofline(peak=100.0, pl_peak=1.0, bytes_per_cycle=8.0, points=points)
    for rect in read(roofs(made, name="r")).all("rect"):
        assert 0 <= float(rect.attributes["x"]) <= WIDTH
        assert 0 <= float(rect.attributes["y"]) <= 220


def test_shares_are_those_of_the_mapping(subject: Subject) -> None:
    built = subject.program
    assert built is not None and built.mappings is not None
    mapping = built.mappings["adjacency"]
    rows = read(shares(mapping, built.device, name="m")).all("table")[0].cells()[1:]
    wanted = occupancy(mapping, built.device).rows()
    assert rows == [[name, f"{share:.1%}"] for name, share in wanted]

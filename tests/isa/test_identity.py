# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hgcn_hw.build.contract import core

from hgcn.arch.device import Device
from hgcn.arch.presets import device
from hgcn.format.numbers import MAGIC
from hgcn.isa.identity import CORES, HARDWARE_ID, INTERRUPT


def test_builds_package_the_cores_that_drivers_bind_to() -> None:
    for name, vlnv in CORES.items():
        assert core(name, _any_device()).vlnv == vlnv


def test_the_hardware_answers_with_the_program_magic() -> None:
    assert HARDWARE_ID == MAGIC


def test_the_interrupt_pin_is_a_port_of_every_core() -> None:
    for name in CORES:
        assert INTERRUPT in core(name, _any_device()).rtl_ports()


def _any_device() -> Device:
    return device("vck190")

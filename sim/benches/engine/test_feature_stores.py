# SPDX-License-Identifier: Apache-2.0
"""hgcn_feature_stores: four users, each on a store of its own or sharing port 0 and port 1."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from hgcn.arch.device import Device

from ...bfm import device_under_test, start_clock
from ...runs.runner import Bench

_FILE = "hw/rtl/engine/hgcn_feature_stores.sv"
_BANK = "hw/rtl/engine/hgcn_store_bank.sv"

BENCH = Bench(
    module="benches.engine.test_feature_stores",
    top="hgcn_feature_stores",
    sources=(_BANK, _FILE),
    presets=("tiny", "kv260"),
)

MUTANTS = [
    (_FILE, "p1_data[ga_rd_store_i]", "p1_data[pl_rd_store_i]"),
    (_FILE, "p0_data[pl_rd_store_i]", "p0_data[0]"),
    (_FILE, "ld ? ld_wr_data_i[b] : dr_wr_data_i[b]", "ld ? dr_wr_data_i[b] : ld_wr_data_i[b]"),
    (_FILE, "dr ? dr_wr_addr_i[b] : ga_rd_addr_i[b]", "dr ? ga_rd_addr_i[b] : dr_wr_addr_i[b]"),
    (_FILE, "dr_wr_en_i[b] && dr_wr_store_i == 1'(s)", "dr_wr_en_i[b]"),
    (_FILE, "ld_wr_store_i == 1'(s)", "ld_wr_store_i != 1'(s)"),
    (_BANK, "if (p0_en_i) p0_data_o", "p0_data_o"),
    (_BANK, "if (p1_wr_i) mem_q", "if (!p1_wr_i) mem_q"),
]

READERS, WRITERS = ("pl", "ga"), ("ld", "dr")


def _random_banks(device: Device, rng: random.Random) -> dict[int, int]:
    """Choose banks and an address in each; few addresses, so that users meet."""
    depth = device.store_rows // device.banks
    some = [0, 1, depth // 2, depth - 1]
    chosen = [bank for bank in range(device.banks) if rng.random() < 0.5]
    return {bank: rng.choice(some) for bank in chosen}


@cocotb.test()
async def every_user_sees_the_last_write(dut: Any) -> None:
    device = device_under_test()
    rng = random.Random(cocotb.RANDOM_SEED)
    depth = device.store_rows // device.banks
    address_bits, row_bits = (depth - 1).bit_length(), 8 * device.features
    memory: dict[tuple[int, int, int], int] = {}
    shown: dict[tuple[str, int, int], int] = {}  # By reader, store and bank
    for user in READERS:
        getattr(dut, f"{user}_rd_en_i").value = 0
    for user in WRITERS:
        getattr(dut, f"{user}_wr_en_i").value = 0
    await start_clock(dut.clk_i, dut.rst_ni)

    for phase in range(60):
        # The rules of the compiler: readers share a store, writers keep off it and off each other.
        read_from = {"pl": phase % 2, "ga": rng.getrandbits(1)}
        busy = set(read_from.values())
        writers = {}
        for user in rng.sample(WRITERS, 2):
            free = [store for store in (0, 1) if store not in busy]
            if free:
                writers[user] = rng.choice(free)
                busy.add(writers[user])
        if phase < 6:  # Nothing to read yet
            writers = {"ld": phase % 2, "dr": 1 - phase % 2}
        for _ in range(20):
            for user in WRITERS:
                banks = _random_banks(device, rng) if user in writers else {}
                enable = address = data = 0
                for bank in range(device.banks):
                    value = rng.getrandbits(row_bits)
                    at = banks.get(bank, rng.randrange(depth))
                    address |= at << bank * address_bits
                    data |= value << bank * row_bits
                    if bank in banks:
                        enable |= 1 << bank
                        memory[writers[user], bank, at] = value
                getattr(dut, f"{user}_wr_store_i").value = writers.get(user, rng.getrandbits(1))
                getattr(dut, f"{user}_wr_en_i").value = enable
                getattr(dut, f"{user}_wr_addr_i").value = address
                getattr(dut, f"{user}_wr_data_i").value = data
            for user in READERS:
                store = read_from[user]
                enable = address = 0
                for bank, at in (_random_banks(device, rng) if phase >= 6 else {}).items():
                    if (store, bank, at) in memory:
                        enable |= 1 << bank
                        address |= at << bank * address_bits
                        shown[user, store, bank] = memory[store, bank, at]
                getattr(dut, f"{user}_rd_store_i").value = store
                getattr(dut, f"{user}_rd_en_i").value = enable
                getattr(dut, f"{user}_rd_addr_i").value = address
            await RisingEdge(dut.clk_i)
            for user in READERS:
                getattr(dut, f"{user}_rd_en_i").value = 0
            for user in WRITERS:
                getattr(dut, f"{user}_wr_en_i").value = 0
            await RisingEdge(dut.clk_i)
            for user in READERS:
                data = int(getattr(dut, f"{user}_rd_data_o").value)
                for bank in range(device.banks):
                    want = shown.get((user, read_from[user], bank))
                    if want is not None:
                        got = data >> bank * row_bits & ((1 << row_bits) - 1)
                        assert got == want, f"{user} bank {bank} in phase {phase}"


@cocotb.test()
async def a_row_can_be_read_every_cycle(dut: Any) -> None:
    """Streams a whole store in by DRAIN's port and out by both readers, a row of banks a cycle."""
    device = device_under_test()
    depth = 32
    address_bits = (device.store_rows // device.banks - 1).bit_length()
    rows = np.random.default_rng(cocotb.RANDOM_SEED).bytes(depth * device.banks * device.features)
    size = device.banks * device.features
    words = [int.from_bytes(rows[at : at + size], "little") for at in range(0, len(rows), size)]
    everywhere = sum(1 << bank * address_bits for bank in range(device.banks))
    full = (1 << device.banks) - 1
    for name in ("pl_rd_en_i", "ga_rd_en_i", "ld_wr_en_i", "dr_wr_en_i"):
        getattr(dut, name).value = 0
    await start_clock(dut.clk_i, dut.rst_ni)
    dut.dr_wr_store_i.value = 1
    dut.dr_wr_en_i.value = full
    for at, word in enumerate(words):
        dut.dr_wr_addr_i.value = at * everywhere
        dut.dr_wr_data_i.value = word
        await RisingEdge(dut.clk_i)
    dut.dr_wr_en_i.value = 0
    got: dict[str, list[int]] = {user: [] for user in READERS}
    for user in READERS:
        getattr(dut, f"{user}_rd_store_i").value = 1
    for at in range(depth + 1):
        for user in READERS:
            getattr(dut, f"{user}_rd_en_i").value = full if at < depth else 0
            getattr(dut, f"{user}_rd_addr_i").value = at % depth * everywhere
        await RisingEdge(dut.clk_i)
        if at:
            for user in READERS:
                got[user].append(int(getattr(dut, f"{user}_rd_data_o").value))
    assert got == {"pl": words, "ga": words}

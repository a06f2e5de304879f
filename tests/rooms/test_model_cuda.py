"""What the CUDA network does with memories and passes, its graphs run on the CPU; and why CUDA cannot be used."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_llama import CONTEXT, tiny
from tiny_passes import scored

from lotterylang.recipe import Recipe, Window
from lotterylang.world.model import device
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.network import cuda
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.network.cuda import Buffers, CudaNetwork
from lotterylang.world.model.network.cudart import Block, copier, free_bytes
from lotterylang.world.model.prefix.cache import PrefixCache

IDS = [int(id) for id in np.random.default_rng(5).integers(3, 60, 60)]
NEAR = 0.15
"""Nats between float16 and full precision in the tiny model."""


def copy_here(source: Block, target: Block, extent: tuple[int, int, int]) -> None:
    """Copy a block in this process's memory, as the CUDA library does on the device."""
    width, rows, planes = extent
    for plane in range(planes):
        for row in range(rows):
            at = [place.address + (plane * place.tall + row) * place.pitch for place in (target, source)]
            ctypes.memmove(at[0], at[1], width)


def built(home: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(home))
    monkeypatch.setattr(device, "without_cuda", lambda: None)
    path = tiny().write(home / "tiny.gguf")
    return build.built(path, build.hash_of(path), recipe, lambda *_: None)


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CudaNetwork:
    return opened(tmp_path, monkeypatch)


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, window: Window | None = None) -> CudaNetwork:
    folder = built(home, Recipe(), monkeypatch)
    monkeypatch.setattr(cuda, "PLACE", "cpu")
    monkeypatch.setattr(device, "cuda_session", lambda path, recording=False: device.session(path, 1))
    monkeypatch.setattr(device, "cuda_copier", lambda: copy_here)
    monkeypatch.setattr(device, "cuda_free_bytes", lambda: 40 << 30)
    return CudaNetwork(folder, window)


def stepped(net: Any, memory: Any, past: int, ids: list[int]) -> list[Any]:
    """Take steps. Copied, since what is read off a device is a copy and what is read off this process is not."""
    return [net.step(memory, np.array([past + i]), np.array([id]), [0])[0].copy() for i, id in enumerate(ids)]


def test_without_a_precision_cuda_takes_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = built(tmp_path, Recipe(), monkeypatch)
    assert folder == built(tmp_path, Recipe("fp16"), monkeypatch) != built(tmp_path, Recipe("int8"), monkeypatch)
    assert {file.name for file in folder.glob("*.onnx")} == {"body.onnx", "branch.onnx", "step.onnx", "head.onnx"}


def test_reading_agrees_with_full_precision(net: CudaNetwork) -> None:
    hidden = net.extend(net.memory(1, len(IDS)), 0, IDS)
    assert net.log_probs(hidden[None])[0] == pytest.approx(tiny().log_probs(IDS)[-1], abs=NEAR)


def test_steps_agree_with_reading(net: CudaNetwork) -> None:
    memory = net.memory(1, len(IDS))
    net.extend(memory, 0, IDS[:40])
    found = stepped(net, memory, 40, IDS[40:])
    wanted = tiny().log_probs(IDS)[40:]
    for one, other in zip(found, wanted, strict=True):
        assert one == pytest.approx(other, abs=NEAR)


def test_a_copied_row_is_the_row(net: CudaNetwork) -> None:
    batch, lengths = net.memory(3, 64), [20, 33, 8]
    alone = []
    for row, length in enumerate(lengths):
        single = net.memory(1, 50)
        net.extend(single, 0, IDS[:length])
        batch.copy(single, 0, row, length)
        alone += stepped(net, single, length, [IDS[length]])
    together = net.step(batch, np.array(lengths), np.array([IDS[length] for length in lengths]), [0, 2])
    assert together == pytest.approx(np.array(alone)[[0, 2]], abs=1e-2)


def test_a_copied_part_stands_where_it_was_put(net: CudaNetwork) -> None:
    whole, part, batch = net.memory(1, 60), net.compact(20), net.memory(3, 64)
    net.extend(whole, 0, IDS)
    part.copy(whole, 0, 0, 20, 30)
    batch.copy(whole, 0, 2, 30)
    batch.copy(part, 0, 2, 20, 0, 30)
    batch.copy(batch, 2, 0, 50)
    assert part.capacity == 32
    alone = net.memory(1, 64)
    net.extend(alone, 0, IDS[:50])
    found = net.step(batch, np.array([50, 0, 50]), np.array([IDS[50]] * 3), [0, 2])
    assert found == pytest.approx(np.array(stepped(net, alone, 50, IDS[50:51]) * 2), abs=1e-2)


def test_options_score_as_in_full_precision(net: CudaNetwork) -> None:
    read = PrefixCache(net, 1 << 24).read(tuple(IDS))
    options = ((5,), (5, 9, 4), (8, 8), ())
    for option, found in zip(options, scored(net, read, options, (2, 0)), strict=True):
        wanted = tiny().log_probs([*IDS, *option])[len(IDS) - 1 :]
        assert found.tokens == pytest.approx([wanted[i, id] for i, id in enumerate(option)], abs=NEAR)
        assert found.end == pytest.approx(np.logaddexp(wanted[-1, 2], wanted[-1, 0]), abs=NEAR)


def test_cached_prefixes_continue(net: CudaNetwork) -> None:
    cache = PrefixCache(net, 1 << 24)
    cache.read(tuple(IDS[:40]))
    read = cache.read(tuple(IDS))
    assert read.cached == 40
    assert net.log_probs(read.hidden[None])[0] == pytest.approx(tiny().log_probs(IDS)[-1], abs=NEAR)


def test_a_window_hides_what_it_hides_on_the_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = Window(8, 2)
    net = opened(tmp_path, monkeypatch, window)
    memory = net.memory(1, len(IDS))
    net.extend(memory, 0, IDS[:40])
    plain = CpuNetwork(built(tmp_path, Recipe("fp32"), monkeypatch), window)
    other = plain.memory(1, len(IDS) + 1)
    plain.extend(other, 0, IDS[:40])
    for one, wanted in zip(stepped(net, memory, 40, IDS[40:44]), stepped(plain, other, 40, IDS[40:44]), strict=True):
        assert one == pytest.approx(wanted, abs=NEAR)


def test_buffers_are_used_again(net: CudaNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    first = net.memory(1, 10)
    address = first.address
    del first
    assert net.memory(1, 200).address == address  # of the same grain
    made: list[tuple[int, ...]] = []
    buffers = Buffers(lambda shape: made.append(shape) or object())
    monkeypatch.setattr(cuda, "SPARE_BYTES", 100)
    one, other = buffers.take((20,)), buffers.take((30,))
    buffers.give_back((20,), one)
    buffers.give_back((30,), other)  # 40 and 60 bytes: both may stay
    assert buffers.take((20,)) is one
    buffers.give_back((20,), one)
    buffers.give_back((31,), object())  # 162 bytes: the oldest goes
    assert buffers.take((30,)) is not other


def test_rows_may_take_a_part_of_the_device(net: CudaNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    assert net.most_bytes == 10 << 30

    class Runtime:
        def cudaMemGetInfo(self, free: Any, total: Any) -> int:  # noqa: N802
            free._obj.value, total._obj.value = 7, 9
            return 0

    monkeypatch.setattr(ctypes, "CDLL", lambda library: Runtime())
    assert free_bytes("any") == 7


def test_a_step_is_of_the_first_rows(net: CudaNetwork) -> None:
    single, batch = net.memory(1, 60), net.memory(4, 60)
    net.extend(single, 0, IDS[:20])
    for row in (0, 1):
        batch.copy(single, 0, row, 20)
    found = net.step(batch, np.array([20, 20]), np.array(IDS[20:21] * 2), [0, 1])
    assert found == pytest.approx(np.array(stepped(net, single, 20, IDS[20:21]) * 2), abs=1e-2)


def test_a_step_announces_no_more_than_the_context(net: CudaNetwork) -> None:
    memory = net.memory(1, CONTEXT)
    net.extend(memory, 0, IDS[:10])
    stepped(net, memory, 10, IDS[10:11])
    (recorded,) = net._steps.values()
    assert memory.capacity >= CONTEXT >= int(recorded._total.numpy())  # the angles of more positions are not there


def test_the_context_is_the_files(net: CudaNetwork) -> None:
    assert net.card.architecture.context == CONTEXT
    assert net.bytes_per_position * 256 == net.memory(1, 256).nbytes


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand in for the NVIDIA driver: what it says can be changed."""
    says = {"init": 0, "version": 13_000}

    class Driver:
        def cuInit(self, _: int) -> int:  # noqa: N802
            return int(says["init"])

        def cuDriverGetVersion(self, place: Any) -> int:  # noqa: N802
            place._obj.value = says["version"]
            return 0

    monkeypatch.delenv(device.VARIABLE, raising=False)
    monkeypatch.setattr(device, "_library", lambda *_: Driver())
    monkeypatch.setattr("onnxruntime.cuda_version", "13.0", raising=False)
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr(device, "_missing_library", lambda: None)
    return says


reason = device.without_cuda.__wrapped__


def test_cuda_is_used_where_all_is_there(driver: dict[str, Any]) -> None:
    assert reason() is None


def test_a_missing_piece_is_named(driver: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    driver["version"] = 12_080
    assert reason() == "onnxruntime needs CUDA 13.0, the driver has 12.8"
    driver["init"] = 100
    assert reason() == "the NVIDIA driver finds no device"
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    driver["init"] = 0
    assert "install onnxruntime-gpu" in (reason() or "")
    monkeypatch.setattr(device, "_library", lambda *_: None)
    assert reason() == "there is no NVIDIA driver (libcuda)"
    monkeypatch.setenv(device.VARIABLE, "cpu")
    assert reason() == "LOTTERY_DEVICE says cpu"


def test_the_fallback_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(device.VARIABLE, raising=False)
    monkeypatch.setattr(device, "without_cuda", lambda: "there is no NVIDIA driver (libcuda)")
    assert device.fallback(Recipe()) is None  # nobody asked
    line = "no CUDA here: there is no NVIDIA driver (libcuda); the model runs on the CPU, in int8"
    assert device.fallback(Recipe("fp16")) == line
    monkeypatch.setenv(device.VARIABLE, "cuda")
    assert device.fallback(Recipe()) == line
    monkeypatch.delenv(device.VARIABLE)
    monkeypatch.setattr(device, "without_cuda", lambda: "libcudnn.so.9 is missing")
    assert "libcudnn.so.9 is missing" in (device.fallback(Recipe()) or "")  # half there: say it
    monkeypatch.setattr(device, "without_cuda", lambda: None)
    assert device.fallback(Recipe("fp16")) is None


def test_no_library_is_an_error_not_noise(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError):
        copier("libcudart.so.0")
    device.without_cuda.cache_clear()
    assert device.without_cuda() is None or isinstance(device.without_cuda(), str)
    assert capfd.readouterr() == ("", "")

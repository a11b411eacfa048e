"""Weight files as PyTorch 1.13, NumPy and the safetensors specification make them, with the values that are in them.

Debian: python3-torch python3-numpy. Run from the root of the repository:
    /usr/bin/python3 resnet-weight-files/src/test/python/weight_goldens.py

NAME.expected beside each file: one line a tensor, `name shape bits`, sizes and the bits of the values as float32
(hexadecimal, row-major) separated by commas; computed by NumPy and PyTorch, not by the reader that is tested.
"""

import collections
import io
import json
import struct
import sys
import types
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

OUT = Path("resnet-weight-files/src/test/resources/org/resnet4j/weightfile")
torch.manual_seed(4)


def expected(name, tensors):
    lines = []
    for key, value in tensors.items():
        if isinstance(value, torch.Tensor):
            value = value.detach().to(torch.float32).contiguous().numpy()
        bits = np.asarray(value, dtype=np.float32).flatten().view(np.uint32)
        lines.append("%s %s %s" % (key, ",".join(map(str, np.shape(value))) or "-", ",".join("%x" % b for b in bits) or "-"))
    (OUT / (name + ".expected")).write_text("\n".join(lines) + "\n")


def write(name, data):
    assert len(data) <= 50_000, name
    (OUT / name).write_bytes(data)


def saved(value, protocol=2, legacy=False):
    out = io.BytesIO()
    torch.save(value, out, pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
    return out.getvalue()


def all_kinds():
    """Every element type, and every way in which a tensor lies in its storage."""
    shared = torch.randn(6, 7)
    kinds = collections.OrderedDict()
    kinds["conv1.weight"] = torch.randn(4, 3, 3, 3)
    kinds["bn1.num_batches_tracked"] = torch.tensor(123456789)
    kinds["half"] = torch.tensor([0.1, -65504, 6e-8, -0.0, float("inf")], dtype=torch.float16)
    kinds["bfloat16"] = torch.tensor([0.1, 3e38, -1e-40, -0.0, float("-inf")], dtype=torch.bfloat16)
    kinds["double"] = torch.tensor([[0.1, 1 / 3, 1e39], [1e-46, -2.5, 16777217.0]], dtype=torch.float64)
    kinds["int64"] = torch.tensor([-1, 2**53 + 1, -(2**63)])
    kinds["int32"] = torch.tensor([7, -(2**31)], dtype=torch.int32)
    kinds["int16"] = torch.tensor([7, -(2**15)], dtype=torch.int16)
    kinds["int8"] = torch.tensor([7, -128], dtype=torch.int8)
    kinds["uint8"] = torch.tensor([7, 255], dtype=torch.uint8)
    kinds["bool"] = torch.tensor([True, False, True])
    kinds["transposed"] = torch.randn(3, 5).t()
    kinds["channels_last"] = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    kinds["shared"] = shared
    kinds["row"] = shared[2]
    kinds["column"] = shared[:, 3]
    kinds["every_other"] = shared[1:, ::2]
    kinds["expanded"] = torch.tensor([[1.5], [2.5]]).expand(2, 3)
    kinds["overlapping"] = torch.arange(6.0).as_strided((4, 3), (1, 1))
    kinds["half_transposed"] = torch.randn(4, 3).to(torch.float16).t()
    kinds["scalar"] = torch.tensor(2.5)
    kinds["empty"] = torch.zeros(0, 3)
    kinds["parameter"] = torch.nn.Parameter(torch.randn(3))
    return kinds


def torch_files():
    kinds = all_kinds()
    expected("torch", kinds)
    for protocol in (2, 3, 4, 5):
        write("torch_zip_%d.bin" % protocol, saved(kinds, protocol))
        write("torch_legacy_%d.bin" % protocol, saved(kinds, protocol, legacy=True))

    big = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(kinds))) as little, zipfile.ZipFile(big, "w") as target:
        sizes = storage_sizes(kinds)
        for info in little.infolist():
            data = little.read(info)
            folder, _, key = info.filename.rpartition("/data/")
            if folder:
                data = np.frombuffer(data, "u%d" % sizes[int(key)]).byteswap().tobytes()
            target.writestr(zipfile.ZipInfo(info.filename), data)
        target.writestr(zipfile.ZipInfo(little.infolist()[0].filename.split("/")[0] + "/byteorder"), b"big")
    write("torch_zip_big_endian.bin", big.getvalue())


def storage_sizes(kinds):
    """Bytes of an element, by the number that torch.save gives the storage."""
    seen = {}
    for tensor in kinds.values():
        seen.setdefault(tensor.storage().data_ptr() or id(tensor), tensor.element_size())
    return list(seen.values())


def wrapped_files():
    plain = collections.OrderedDict(("module." + k, v) for k, v in [("fc.weight", torch.ones(2, 2)), ("fc.bias", torch.zeros(2))])
    average = collections.OrderedDict((k, v + 10) for k, v in plain.items())
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
    import argparse, pathlib

    script = {
        "epoch": 7,
        "arch": "resnet20",
        "best_prec1": torch.tensor(92.6),
        "best_numpy": np.float64(92.6),
        "args": argparse.Namespace(lr=0.1, out=pathlib.PosixPath("runs")),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "device": torch.device("cpu"),
        "dtype": torch.float32,
        "state_dict": plain,
        "state_dict_ema": average,
    }
    write("torch_wrapped.bin", saved(script))
    write("torch_wrapped_legacy.bin", saved(script, 4, legacy=True))
    write("torch_average_only.bin", saved({"epoch": 1, "model_ema": average}))
    for key in ("model", "net", "model_state_dict"):
        write("torch_%s.bin" % key, saved({key: plain, "epoch": 3}))

    network = torch.nn.Sequential(torch.nn.Linear(2, 1))
    write("torch_whole_module.bin", saved(network))
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(network), script)
    write("torch_script.bin", script.getvalue())


def foreign(module, name, base=object):
    """A class of another program, of which only the name is written."""
    parts = module.split(".")
    for i in range(len(parts)):
        sys.modules.setdefault(".".join(parts[: i + 1]), types.ModuleType(".".join(parts[: i + 1])))
    class_ = type(name, (base,), {"__module__": module})
    setattr(sys.modules[module], name, class_)
    return class_


def made(class_, **attributes):
    value = class_()
    value.__dict__.update(attributes)
    return value


def metadata_files():
    """Checkpoints whose metadata name classes, and checkpoints with several state dicts."""
    import datetime, decimal, functools, random, uuid

    def state(value):
        return collections.OrderedDict([("fc.weight", torch.full((2, 2), float(value))), ("fc.bias", torch.zeros(2))])

    callback = foreign("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")
    settings = foreign("lightning.pytorch.utilities.parsing", "AttributeDict", dict)
    omega = foreign("omegaconf.listconfig", "ListConfig")
    buffer = foreign("mmengine.logging.history_buffer", "HistoryBuffer")
    path = foreign("pathlib._local", "PosixPath")
    schedule = foreign("torch.optim.lr_scheduler", "LambdaLR")
    write("torch_metadata.bin", saved({
        "state_dict": state(1),
        "callbacks": {callback: {"best_model_score": torch.tensor(1.0), "path": made(path, parts=("a", "b"))}},
        "hyper_parameters": settings(lr=0.1),
        "config": made(omega, _content=[1, 2]),
        "message_hub": made(buffer, _log_history=np.zeros(3)),
        "when": datetime.datetime(2026, 1, 1),
        "took": datetime.timedelta(1),
        "id": uuid.UUID(int=2**128 - 1),
        "loss": decimal.Decimal("1.5"),
        "name": types.SimpleNamespace(a=1),
        "schedule": made(schedule, base_lrs=[0.1]),
        "function": functools.partial(int, base=2),
        "last": collections.deque([1.0, 2.0], maxlen=5),
        "rng": [torch.get_rng_state()[:16], np.random.default_rng(1), random.Random(1).getstate()[1][:9]],
        "best": np.float64(92.6),
    }, 4))
    for name, value in {
        "ema": {"model": state(1), "model_ema": collections.OrderedDict(n_averaged=torch.tensor(9), **state(2))},
        "nested": {"model": {"state_dict": state(1)}, "ema": {"shadow": state(2)}},
        "list": [3, state(1), {"lr": 0.1}],
        "unconventional": {"best_model": state(1), "state_dict": "x", "mean": torch.zeros(3)},
        "several": {"generator": state(1), "discriminator": state(2)},
        "both": {"model": state(1), "net": state(2)},
        "prefixes": {"state_dict": {**{"student." + k: v for k, v in state(1).items()}, **{"teacher." + k: v for k, v in state(2).items()}}},
        "module_and_average": {"model": torch.nn.Linear(2, 2), "ema": state(2)},
        "complex": {"fc.weight": torch.zeros(2, 2, dtype=torch.complex64)},
        "quantised": {"fc.weight": torch.quantize_per_tensor(torch.zeros(2, 2), 0.1, 0, torch.qint8)},
        "arrays": {"fc.weight": np.zeros((2, 2), "f4")},
    }.items():
        write("torch_%s.bin" % name, saved(value))
    write("torch_whole_module_legacy.bin", saved(torch.nn.Sequential(torch.nn.Linear(2, 1)), legacy=True))


def newer_torch_files():
    """What PyTorch 2 writes for types without a storage class: `_rebuild_tensor_v3` and an untyped storage."""

    class Calls:
        """Pickled as a call of a function of newer versions, of which only the name is written."""

        def __init__(self, module, name, *arguments):
            if not hasattr(module, name):
                function = type(name, (), {"__call__": None})
                function.__module__ = module.__name__
                setattr(module, name, function)
            self.function, self.arguments = getattr(module, name), arguments

        def __reduce__(self):
            return self.function, self.arguments

    def v3(t):
        storage = t.storage()._storage  # untyped
        return Calls(torch._utils, "_rebuild_tensor_v3", storage, t.storage_offset(), tuple(t.size()), t.stride(), False,
                     collections.OrderedDict(), t.dtype)

    tensors = {"a": torch.randn(3, 4)[1:, 1:], "b": torch.randn(5).to(torch.bfloat16), "c": torch.randn(2), "d": torch.randn(3)}
    expected("torch_v3", tensors)
    tensor_v2 = torch._utils._rebuild_tensor_v2
    d = tensors["d"]
    write("torch_v3.bin", saved({
        "a": v3(tensors["a"]),
        "b": v3(tensors["b"]),
        "c": Calls(torch._utils, "_rebuild_parameter_with_state", tensors["c"], True, collections.OrderedDict(), {"note": 1}),
        "d": Calls(torch._tensor, "_rebuild_from_type_v2", tensor_v2, torch.nn.Parameter,
                   (d.storage(), 0, (3,), (1,), False, collections.OrderedDict()), {"note": 1}),
    }))


SAFETENSORS_TYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}


def raw(tensor):
    tensor = tensor.detach().contiguous()
    return (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes()


def safetensors(tensors, metadata=None):
    """https://github.com/huggingface/safetensors#format: length, header padded with spaces to 8, data."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in tensors.items():
        bytes_ = raw(tensor)
        header[name] = {"dtype": SAFETENSORS_TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(bytes_)]}
        data += bytes_
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def safetensors_files():
    kinds = all_kinds()
    kinds["Größe"] = torch.ones(1)
    expected("safetensors", kinds)
    write("safetensors.bin", safetensors(kinds, {"format": "pt"}))

    floats = collections.OrderedDict((k, v.detach().to(torch.float32)) for k, v in kinds.items())
    write("safetensors_floats.bin", safetensors(floats, {"author": "a \"quoted\" name", "format": "pt"}))

    names = list(kinds)
    shards = {"model-0000%d-of-00002.safetensors" % i: names[i - 1 :: 2] for i in (1, 2)}
    for shard, keys in shards.items():
        write(shard, safetensors({k: kinds[k] for k in keys}))
    index = {"metadata": {"total_size": 1}, "weight_map": {k: s for k in names for s, keys in shards.items() if k in keys}}
    write("model.safetensors.index.json", json.dumps(index, indent=2).encode())


def numpy_files():
    random = np.random.default_rng(4)
    arrays = {"f4": random.standard_normal((3, 4, 5), dtype=np.float32)}
    arrays["f2"] = arrays["f4"].astype("f2")
    arrays["f8"] = random.standard_normal((2, 3))
    arrays["big_endian"] = arrays["f8"].astype(">f8")
    arrays["fortran"] = np.asfortranarray(arrays["f4"])
    arrays["fortran_f2"] = np.asfortranarray(random.standard_normal((6, 7)).astype("f2"))
    for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        info = np.iinfo(kind)
        arrays[kind] = np.array([info.min, 5, info.max], dtype=kind)
    arrays["bool"] = np.array([True, False])
    arrays["scalar"] = np.float32(2.5)
    arrays["empty"] = np.zeros((0, 3), dtype="f4")
    arrays["layer/kernel:0"] = np.ones(3, dtype="f4")
    arrays["zeros"] = np.zeros(5000, dtype="f4")
    expected("npz", arrays)
    for name, save in (("npz", np.savez), ("npz_compressed", np.savez_compressed)):
        out = io.BytesIO()
        save(out, **arrays)
        write(name + ".bin", out.getvalue())
    for version in ((1, 0), (2, 0), (3, 0)):
        out = io.BytesIO()
        np.lib.format.write_array(out, arrays["fortran"], version=version)
        write("npy_%d.bin" % version[0], out.getvalue())
    out = io.BytesIO()
    np.save(out, np.array([{}], dtype=object))
    write("npy_object.bin", out.getvalue())


def half_table():
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    halves[np.isnan(halves)] = np.nan
    print("CRC-32 of all halves as little-endian float32, NaN as 7fc00000: %08x" % zlib.crc32(halves.astype("<f4").tobytes()))


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    torch_files()
    wrapped_files()
    newer_torch_files()
    safetensors_files()
    numpy_files()
    metadata_files()
    half_table()

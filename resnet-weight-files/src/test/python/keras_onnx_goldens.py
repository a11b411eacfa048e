"""Weight files as Keras and ONNX tools save them, small: python3 keras_onnx_goldens.py ../resources

Made with h5py 3.7.0 (HDF5 1.10.8) and onnx 1.12.0. The values of a tensor follow from its number
among those of its file, so that the tests know them without reading them from here:
value i of tensor k is ((37 i + 101 k) mod 1000) / 512 - 1, exact in single precision.
"""

import io
import json
import pathlib
import sys
import zipfile

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = pathlib.Path(sys.argv[1])
KERAS = OUT / "keras"
ONNX = OUT / "onnx"


def values(k, shape, dtype=np.float32):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((37 * i + 101 * k) % 1000) / 512 - 1).reshape(shape).astype(dtype)


def conv(kernel, inputs, outputs):
    return [("kernel:0", (kernel, kernel, inputs, outputs)), ("bias:0", (outputs,))]


def norm(channels):
    return [(n, (channels,)) for n in ("gamma:0", "beta:0", "moving_mean:0", "moving_variance:0")]


# The layers of keras.applications.ResNet50's stem, of the branch and shortcut of its first block,
# and of its head, in the order of model.layers, with few channels.
LAYERS = [
    ("input_1", []),
    ("conv1_pad", []),
    ("conv1_conv", conv(7, 3, 4)),
    ("conv1_bn", norm(4)),
    ("conv1_relu", []),
    ("pool1_pad", []),
    ("pool1_pool", []),
    ("conv2_block1_1_conv", conv(1, 4, 2)),
    ("conv2_block1_1_bn", norm(2)),
    ("conv2_block1_0_conv", conv(1, 4, 8)),
    ("conv2_block1_0_bn", norm(8)),
    ("avg_pool", []),
    ("predictions", [("kernel:0", (8, 10)), ("bias:0", (10,))]),
]


def legacy_attribute(group, name, data, most=64512):
    """save_attributes_to_hdf5_group of legacy_h5_format.py."""
    array = np.asarray(data)
    parts = 1
    while any(part.nbytes > most for part in np.array_split(array, parts)):
        parts += 1
    if parts == 1:
        group.attrs[name] = data
    else:
        for i, part in enumerate(np.array_split(array, parts)):
            group.attrs["%s%d" % (name, i)] = part


def legacy(group, layers, rename=lambda layer, weight: layer + "/" + weight, create=None, **split):
    """save_weights_to_hdf5_group of legacy_h5_format.py."""
    create = create or (lambda g, k, name, shape: g.create_dataset(name, data=values(k, shape)))
    legacy_attribute(group, "layer_names", [n.encode() for n, _ in layers], **split)
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = b"2.3.0-tf"
    k = 0
    for layer, weights in layers:
        g = group.create_group(layer)
        names = [rename(layer, weight) for weight, _ in weights]
        legacy_attribute(g, "weight_names", [n.encode() for n in names], **split)
        for name, (_, shape) in zip(names, weights):
            create(g, k, name, shape)
            k += 1


def applications():
    with h5py.File(KERAS / "applications.h5", "w") as f:
        legacy(f, LAYERS)


def whole_model():
    """A model with optimizer, its arrays chunked, compressed and in other types of numbers."""
    kinds = [
        dict(dtype="<f4", compression="gzip", shuffle=True, fletcher32=True),
        dict(dtype="<f2"),
        dict(dtype=">f8", chunks=True, compression="gzip"),
        dict(dtype=">f4"),
        dict(dtype="<f8", shuffle=True, compression="gzip"),
    ]

    def create(g, k, name, shape):
        chunks = tuple(max(1, (n + 1) // 2) for n in shape)
        options = dict(kinds[k % len(kinds)])
        if "compression" in options:
            options["chunks"] = chunks
        g.create_dataset(name, data=values(k, shape, options.pop("dtype")), **options)

    with h5py.File(KERAS / "model.h5", "w") as f:
        f.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": {}})
        weights = f.create_group("model_weights")
        # Keras 3 writes variables' paths, without :0.
        legacy(weights, LAYERS[:8], lambda l, w: l + "/" + w[:-2], create, most=200)
        g = f.create_group("optimizer_weights")
        g.create_dataset("iteration:0", data=np.int64(7))
        g.attrs["weight_names"] = [b"iteration:0"]


CLASSES = {
    "input_1": "InputLayer",
    "conv1_relu": "Activation",
    "avg_pool": "GlobalAveragePooling2D",
    "predictions": "Dense",
}


def kind(layer):
    if layer in CLASSES:
        return CLASSES[layer]
    if "pad" in layer:
        return "ZeroPadding2D"
    if "pool" in layer:
        return "MaxPooling2D"
    return "BatchNormalization" if layer.endswith("bn") else "Conv2D"


SNAKE = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization", "Dense": "dense"}


def variables(f, top, named):
    """_save_state and H5IOStore of saving_lib.py."""
    counts = {}
    k = 0
    for layer, weights in LAYERS:
        if not weights:
            continue
        snake = SNAKE[kind(layer)]
        count = counts.get(snake, 0)
        counts[snake] = count + 1
        path = "%s/%s" % (top, snake if count == 0 else "%s_%d" % (snake, count))
        g = f.create_group(path).create_group("vars")
        if named:
            g.attrs["name"] = layer
        for i, (_, shape) in enumerate(weights):
            g[str(i)] = values(k, shape)
            k += 1
    o = f.create_group("optimizer").create_group("vars")
    o["0"] = np.int64(7)


def config():
    layers = [
        {
            "module": "keras.layers",
            "class_name": kind(layer),
            "config": {"name": layer, "trainable": True, "dtype": {"config": {"name": "float32"}}},
            "registered_name": None,
            "name": layer,
            "inbound_nodes": [],
        }
        for layer, _ in LAYERS
    ]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"name": "resnet50", "trainable": True, "layers": layers},
        "registered_name": "Functional",
    }


def archive():
    """_save_model_to_fileobj of saving_lib.py."""
    store = io.BytesIO()
    with h5py.File(store, "w") as f:
        variables(f, "layers", False)
    for name, method in (("archive", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(KERAS / (name + ".keras"), "w", method) as z:
            entry = lambda n: zipfile.ZipInfo(n, (2024, 1, 1, 0, 0, 0))
            z.writestr(entry("metadata.json"), json.dumps({"keras_version": "3.3.3"}), method)
            z.writestr(entry("config.json"), json.dumps(config()), method)
            z.writestr(entry("model.weights.h5"), store.getvalue(), method)


def bare():
    with h5py.File(KERAS / "named.weights.h5", "w") as f:
        variables(f, "layers", True)
    with h5py.File(KERAS / "unnamed.weights.h5", "w") as f:
        variables(f, "_layer_checkpoint_dependencies", False)


def nested():
    """A model that is a layer of another."""
    with h5py.File(KERAS / "nested.weights.h5", "w") as f:
        f["layers/conv2d/vars/0"] = values(0, (1, 1, 2, 2))
        f["layers/functional/layers/conv2d/vars/0"] = values(1, (1, 1, 2, 2))


def bfloat16():
    """ml_dtypes.bfloat16 to h5py: two opaque bytes; and other oddities that are well-formed."""
    with h5py.File(KERAS / "types.weights.h5", "w") as f:
        g = f.create_group("layers/conv2d/vars")
        g.attrs["name"] = "conv1_conv"
        bits = (values(0, (1, 1, 3, 4)).view(np.uint32) >> 16).astype(np.uint16)
        g.create_dataset("0", data=bits.view("V2")).attrs["dtype"] = "bfloat16"
        # A scalar, and numbers of variables beyond 9.
        g = f.create_group("layers/many/vars")
        for i in range(12):
            g[str(i)] = np.float32(i)
        # More names than one node of a B-tree holds.
        layers = f["layers"]
        layers.create_group("activation")
        for i in range(300):
            layers["activation_%d" % i] = layers["activation"]


def links():
    with h5py.File(KERAS / "links.h5", "w") as f:
        legacy(f, LAYERS[:4])
        del f["conv1_conv"]
        f["elsewhere"] = h5py.SoftLink("/conv1_real")
        f["conv1_conv"] = h5py.SoftLink("elsewhere")
        g = f.create_group("conv1_real")
        g.attrs["weight_names"] = [b"conv1_conv/kernel:0"]
        g["conv1_conv/kernel:0"] = values(0, (1, 1, 2, 2))
    with h5py.File(KERAS / "circle.h5", "w") as f:
        f.attrs["layer_names"] = [b"a"]
        f["a"] = h5py.SoftLink("/b")
        f["b"] = h5py.SoftLink("/a")
    with h5py.File(KERAS / "external.h5", "w") as f:
        f.attrs["layer_names"] = [b"a"]
        f["a"] = h5py.ExternalLink("/etc/passwd", "/a")
    with h5py.File(KERAS / "loop.weights.h5", "w") as f:
        g = f.create_group("layers")
        g["again"] = f["layers"]
        g["more"] = f["layers"]
    with h5py.File(KERAS / "latest.h5", "w", libver="latest") as f:
        legacy(f, LAYERS[:4])
    with h5py.File(KERAS / "heap.h5", "w", libver="latest") as f:
        legacy(f, LAYERS)
    with h5py.File(KERAS / "lzf.h5", "w") as f:
        f.attrs["layer_names"] = [b"a"]
        g = f.create_group("a")
        g.attrs["weight_names"] = [b"a/kernel:0"]
        g.create_dataset("a/kernel:0", data=values(0, (8, 8)), compression="lzf")
    with h5py.File(KERAS / "bomb.h5", "w") as f:
        f.attrs["layer_names"] = [b"a"]
        g = f.create_group("a")
        g.attrs["weight_names"] = [b"a/kernel:0"]
        zeros = np.zeros((4096, 1024), np.float32)
        g.create_dataset("a/kernel:0", data=zeros, compression="gzip", chunks=(4096, 1024))
    with h5py.File(KERAS / "sparse.h5", "w") as f:
        f.attrs["layer_names"] = [b"a"]
        g = f.create_group("a")
        g.attrs["weight_names"] = [b"a/kernel:0"]
        d = g.create_dataset("a/kernel:0", (8, 8), np.float32, chunks=(4, 4))
        d[:4, :4] = 1
    with h5py.File(KERAS / "userblock.h5", "w", userblock_size=1024) as f:
        legacy(f, LAYERS[:4])
    with h5py.File(KERAS / "strings.h5", "w") as f:
        text = h5py.string_dtype()
        f.attrs.create("layer_names", ["conv1_conv"], dtype=text)
        g = f.create_group("conv1_conv")
        g.attrs.create("weight_names", ["conv1_conv/kernel:0", "bias"], dtype=text)
        g["conv1_conv/kernel:0"] = values(0, (1, 1, 2, 2))
        g["bias"] = values(1, (2,))


def model(name, initializers, **save):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])
    node = helper.make_node("Identity", ["x"], ["y"])
    graph = helper.make_graph([node], "g", [x], [y], initializers)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    proto.ir_version = 8
    onnx.save_model(proto, str(ONNX / name), **save)


def initializers():
    lists = [
        ("float_data", TensorProto.FLOAT, np.float32),
        ("double_data", TensorProto.DOUBLE, np.float64),
        ("half_data", TensorProto.FLOAT16, np.float16),
        ("bfloat_data", TensorProto.BFLOAT16, np.float32),
    ]
    arrays = [
        helper.make_tensor(name, kind, (2, 3), values(k, (6,), dtype))
        for k, (name, kind, dtype) in enumerate(lists)
    ]
    raws = [("float_raw", np.float32), ("double_raw", np.float64), ("half_raw", np.float16)]
    for k, (name, dtype) in enumerate(raws, len(arrays)):
        arrays.append(numpy_helper.from_array(values(k, (3, 1, 2), dtype), name))
    bits = (values(7, (5,)).view(np.uint32) >> 16).astype(np.uint16)
    arrays.append(helper.make_tensor("bfloat_raw", TensorProto.BFLOAT16, (5,), bits.tobytes(), raw=True))
    numbers = [-3, 0, 2, 100]
    for name, kind in (("i8", TensorProto.INT8), ("i32", TensorProto.INT32), ("i64", TensorProto.INT64)):
        arrays.append(helper.make_tensor(name, kind, (4,), numbers))
    arrays.append(numpy_helper.from_array(np.array(numbers, np.int16), "i16_raw"))
    arrays.append(helper.make_tensor("u64", TensorProto.UINT64, (2,), [1, 2**40]))
    arrays.append(helper.make_tensor("bool", TensorProto.BOOL, (3,), [True, False, True]))
    arrays.append(numpy_helper.from_array(np.float32(2.5), "scalar"))
    arrays.append(numpy_helper.from_array(np.zeros((0, 3), np.float32), "empty"))
    model("initializers.onnx", arrays)


def external():
    arrays = [numpy_helper.from_array(values(k, (4, 3)), "w%d" % k) for k in range(3)]
    data = ONNX / "external.bin"
    data.unlink(missing_ok=True)
    model(
        "external.onnx",
        arrays,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location="external.bin",
        size_threshold=0,
    )


KERAS.mkdir(parents=True, exist_ok=True)
ONNX.mkdir(parents=True, exist_ok=True)
for make in (applications, whole_model, archive, bare, nested, bfloat16, links, initializers, external):
    make()

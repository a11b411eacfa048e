#!/usr/bin/python3
"""Makes whole checkpoints for CheckpointParityTest, and the goldens of those that torchvision does not have.

    python3 resnet-zoo/src/test/python/checkpoints.py DIRECTORY NAME...     files of a network, which the test asks for
    python3 resnet-zoo/src/test/python/checkpoints.py --goldens             checkpoint-NAME.txt, committed

    resnet50 …              torchvision's networks: NAME.zip.pth and NAME.legacy.pth as torch.save writes them,
                            NAME.safetensors, and NAME.huggingface.safetensors with the names of transformers
    timm-resnet50d …        NAME.safetensors with the names of timm
    keras-resnet50 …        NAME.h5 as keras.applications publishes its weights

Weights are those of resnet-core's make_goldens.py, which also made the goldens of torchvision's networks
(resnet50-64.txt …), and of naming_goldens.py, whose networks these are at full width.
"""

import json
import pathlib
import re
import sys

import h5py
import naming_goldens as narrow  # finds make_goldens
import numpy as np
import torch
import torchvision

import make_goldens

DEPTHS = {"50": (3, 4, 6, 3), "101": (3, 4, 23, 3), "152": (3, 8, 36, 3)}


def whole(block, depth, **changes):
    sizes = {"stemWidth": 64, "depths": DEPTHS[depth], "widths": (64, 128, 256, 512), "classes": 1000}
    return narrow.columns(block, **changes | sizes, batch=1, input=(3, 64, 64))


def keras(depth):
    return narrow.keras_v1(whole("BOTTLENECK", depth, downsampling="FIRST_CONV"))


def keras_v2(depth):
    return narrow.keras_v2(whole("PREACT_BOTTLENECK", depth, **narrow.V2_COLUMNS))


def timm_d(depth):
    c = whole("BOTTLENECK", depth, stem="DEEP", projection="POOL_CONV_NORM")
    return narrow.of_torch(c, narrow.timm_d(c))


def timm_v2(depth):
    c = whole("PREACT_BOTTLENECK", depth)
    return narrow.of_torch(c, narrow.TimmResNetV2(c))


OTHERS = {
    "keras-resnet50": (keras, "50"),
    "keras-resnet101": (keras, "101"),
    "keras-resnet152": (keras, "152"),
    "keras-resnet50v2": (keras_v2, "50"),
    "keras-resnet101v2": (keras_v2, "101"),
    "keras-resnet152v2": (keras_v2, "152"),
    "timm-resnet50d": (timm_d, "50"),
    "timm-resnetv2_50": (timm_v2, "50"),
}

# With the goldens of make_goldens.py.
GATED = {"timm-seresnet50": "seresnet50-64"}


# ---- files -----------------------------------------------------------------------------------


def values(weights):
    return {name: narrow.formula(name, shape, low, high) for name, (shape, low, high) in weights.items()}


def save_safetensors(path, tensors):
    """As https://github.com/huggingface/safetensors has it: length of the header, header, values."""
    header, end = {}, 0
    for name, tensor in tensors.items():
        kind = {"float32": "F32", "int64": "I64"}[str(tensor.dtype)]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [end, end + tensor.nbytes]}
        end += tensor.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor).tobytes())


def huggingface(name):
    """The name in transformers of a tensor of torchvision."""
    name = re.sub(r"^fc\.", "classifier.1.", name)
    name = re.sub(r"^conv1\.", "resnet.embedder.embedder.convolution.", name)
    name = re.sub(r"^bn1\.", "resnet.embedder.embedder.normalization.", name)
    stage = lambda match: f"resnet.encoder.stages.{int(match[1]) - 1}.layers.{match[2]}."
    name = re.sub(r"^layer(\d)\.(\d+)\.", stage, name)
    name = re.sub(r"conv(\d)\.", lambda match: f"layer.{int(match[1]) - 1}.convolution.", name)
    name = re.sub(r"bn(\d)\.", lambda match: f"layer.{int(match[1]) - 1}.normalization.", name)
    return name.replace("downsample.0.", "shortcut.convolution.").replace("downsample.1.", "shortcut.normalization.")


def save_torchvision(directory, name):
    make_goldens.DTYPE = torch.float32
    state = make_goldens.fill(torchvision.models.get_model(name, weights=None)).state_dict()
    torch.save(state, directory / f"{name}.zip.pth")
    torch.save(state, directory / f"{name}.legacy.pth", _use_new_zipfile_serialization=False)
    arrays = {key: tensor.numpy() for key, tensor in state.items()}
    save_safetensors(directory / f"{name}.safetensors", arrays)
    renamed = {huggingface(key): array for key, array in arrays.items()}
    save_safetensors(directory / f"{name}.huggingface.safetensors", renamed)


def timm(name):
    """The name in timm of a tensor of make_goldens.py."""
    name = re.sub(r"^(stem|head)\.", "", name)
    name = re.sub(r"^stage(\d)\.block(\d+)\.", lambda match: f"layer{int(match[1]) + 1}.{match[2]}.", name)
    return name.replace("shortcut.conv.", "downsample.0.").replace("shortcut.bn.", "downsample.1.")


def save_timm(path, golden):
    make_goldens.DTYPE = torch.float32
    _, net = make_goldens.full_network(golden)
    save_safetensors(path, {timm(key): tensor.numpy() for key, tensor in make_goldens.fill(net).state_dict().items()})


def save_keras(path, weights):
    """The groups and attributes of Keras' legacy_h5_format.py."""
    layers = {}
    for name in weights:
        layers.setdefault(name.split("/")[0], []).append(name)
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in ["input_1", *layers, "avg_pool"]]
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.2.4"
        for layer in ["input_1", *layers, "avg_pool"]:
            group = file.create_group(layer)
            group.attrs["weight_names"] = [name.encode() for name in layers.get(layer, [])]
        for name, array in values(weights).items():
            file[name.split("/")[0]].create_dataset(name, data=array)


def save(directory, name):
    if name in GATED:
        return save_timm(directory / f"{name}.safetensors", GATED[name])
    if name not in OTHERS:
        return save_torchvision(directory, name)
    make, depth = OTHERS[name]
    _, weights, _ = make(depth)
    if name.startswith("keras"):
        save_keras(directory / f"{name}.h5", weights)
    else:
        save_safetensors(directory / f"{name}.safetensors", values(weights))


def goldens():
    for name, (make, depth) in OTHERS.items():
        columns, _, logits = make(depth)
        narrow.write(f"checkpoint-{name}", {name: (columns, {}, logits)})


def main(arguments):
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    if arguments == ["--goldens"]:
        return goldens()
    directory = pathlib.Path(arguments[0])
    directory.mkdir(parents=True, exist_ok=True)
    for name in arguments[1:]:
        save(directory, name)


if __name__ == "__main__":
    main(sys.argv[1:])

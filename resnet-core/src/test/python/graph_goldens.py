#!/usr/bin/python3
"""Models that describe their network, and what they compute: python3 graph_goldens.py ../resources/org/resnet4j/weights

    apt install python3-torch python3-torchvision python3-h5py     # Debian 12: torch 1.13, torchvision 0.14, h5py 3.7

NAME.onnx is as torch.onnx.export of torch 1.13 writes it, from torchvision's blocks in narrow networks. NAME.h5 and
NAME.keras are as Keras saves whole models, of the same networks, whose convolutions have biases; the weights of one
file are under names that no program of weights has; HDF5 is compressed. graphs.txt has for each name the outputs of torch in double
precision for two images whose value i is ((37 i) mod 1000) / 512 - 1.
"""

import gzip
import io
import json
import pathlib
import sys
import warnings
import zipfile

import h5py
import numpy as np
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

warnings.filterwarnings("ignore")
OUT = pathlib.Path(sys.argv[1])
IMAGES = ((37 * np.arange(2 * 3 * 32 * 32) % 1000) / 512 - 1).reshape(2, 3, 32, 32).astype(np.float32)


class Narrow(ResNet):
    """torchvision's network with other widths."""

    def __init__(self, block, depths, widths, eps=1e-5, dilate=(False,) * 3, strides=(1, 2, 2, 2), groups=1, bias=False):
        nn.Module.__init__(self)
        self._norm_layer = lambda channels: nn.BatchNorm2d(channels, eps=eps, momentum=0)  # The export runs it in training mode.
        self.inplanes, self.dilation, self.groups, self.base_width = widths[0], 1, groups, 64
        self.conv1 = nn.Conv2d(3, widths[0], 7, 2, 3, bias=False)
        self.bn1, self.relu, self.maxpool = self._norm_layer(widths[0]), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        for i, (depth, width, stride) in enumerate(zip(depths, widths, strides)):
            layer = self._make_layer(block, width, depth, stride, i > 0 and dilate[i - 1])
            setattr(self, f"layer{i + 1}", layer)
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(widths[-1] * block.expansion, 5)
        if bias:
            for module in self.modules():
                if isinstance(module, nn.Conv2d):
                    module.bias = nn.Parameter(torch.zeros(module.out_channels))


def fill(net, seed=7):
    g = torch.Generator().manual_seed(seed)
    for name, p in list(net.named_parameters()) + list(net.named_buffers()):
        if name.endswith("running_var"):
            p.data.uniform_(0.0005, 0.01, generator=g)
        elif p.dim() > 1:
            p.data.normal_(0, (2 / p[0].numel()) ** 0.5, generator=g)
        elif p.dim() == 1:
            p.data.normal_(0, 0.1, generator=g)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.0, generator=g).mul_((module.running_var + module.eps).sqrt())
    return net.eval()


def first_strides(net):
    for module in net.modules():
        if isinstance(module, Bottleneck):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, (1, 1)
    return net


PRESERVED = dict(training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)
LINES = []


def outputs(name, net):
    """Writes what the network computes in double precision."""
    net = net.double().eval()
    values = net(torch.from_numpy(IMAGES).double()).detach().numpy().ravel()
    net.float()
    LINES.append(" ".join([name] + ["%.9g" % v for v in values]))


def export(name, net, **options):
    outputs(name, net)
    torch.onnx.export(net, torch.from_numpy(IMAGES), str(OUT / f"{name}.onnx"), **options)


BASIC = (BasicBlock, (1, 1, 1, 1), (2, 4, 4, 6))
BOTTLENECK = (Bottleneck, (2, 1, 1, 1), (2, 2, 3, 4))


def onnx():
    export("epsilon", fill(Narrow(*BASIC, eps=1e-3)), **PRESERVED)
    export("v1", first_strides(fill(Narrow(*BOTTLENECK))), **PRESERVED)
    export("v1_folded", first_strides(fill(Narrow(*BOTTLENECK))))
    export("folded", fill(Narrow(*BOTTLENECK)))
    export("last_stride", fill(Narrow(*BASIC, strides=(1, 2, 2, 1))))
    export("dilated", fill(Narrow(*BOTTLENECK, dilate=(False, True, True))), **PRESERVED)
    leaky = fill(Narrow(*BASIC))
    leaky.layer2[0].relu = nn.LeakyReLU(0.1)
    export("leaky", leaky, **PRESERVED)
    unpadded = fill(Narrow(*BASIC))
    unpadded.conv1.padding = (2, 2)
    export("unpadded", unpadded, **PRESERVED)
    shared = fill(Narrow(*BASIC))
    # The exporter leaves out all but one name of a shared parameter.
    shared.layer2[0].bn2.weight = shared.layer2[0].bn1.weight
    shared.layer3[0].bn1.bias = shared.layer2[0].bn1.bias
    export("shared", shared, **PRESERVED)
    two = fill(Narrow(*BASIC))
    for name, module in two.named_modules():
        if isinstance(module, nn.BatchNorm2d) and name.startswith("layer"):
            module.eps = 0.01
    export("two_epsilons", two, **PRESERVED)


# ---- Keras -----------------------------------------------------------------------------------

BLOCKS = ("conv2_block1", "conv3_block1", "conv4_block1", "conv5_block1")


class Keras:
    """A functional model: the configuration of its layers, and their weights."""

    def __init__(self, version, rename=lambda name: name):
        self.version, self.rename, self.layers, self.weights = version, rename, [], {}

    def layer(self, kind, name, config, *inputs, weights=()):
        name = self.rename(name)
        if self.version == 2:
            calls = [[[i, 0, 0, {}] for i in inputs]] if inputs else []
        else:
            keras_tensor = lambda i: {"class_name": "__keras_tensor__", "config": {"shape": None, "keras_history": [i, 0, 0]}}
            tensors = [keras_tensor(i) for i in inputs]
            calls = [{"args": [tensors] if len(inputs) > 1 else tensors, "kwargs": {}}] if inputs else []
        self.layers.append(
            {"module": "keras.layers", "class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": calls}
        )
        self.weights[name] = weights
        return name

    def conv(self, name, x, m, padding):
        kernel = list(m.kernel_size)
        weights = [("kernel", m.weight.permute(2, 3, 1, 0)), ("bias", m.bias)]
        config = dict(filters=m.out_channels, kernel_size=kernel, strides=list(m.stride), padding=padding)
        config.update(data_format="channels_last", dilation_rate=[1, 1], groups=1, activation="linear", use_bias=True)
        return self.layer("Conv2D", name, config, x, weights=weights)

    def norm(self, name, x, m):
        weights = [("gamma", m.weight), ("beta", m.bias), ("moving_mean", m.running_mean), ("moving_variance", m.running_var)]
        config = dict(axis=[3], momentum=0.99, epsilon=m.eps, center=True, scale=True)
        return self.layer("BatchNormalization", name, config, x, weights=weights)

    def relu(self, name, x):
        return self.layer("Activation", name, dict(activation="relu"), x)

    def pad(self, name, x, p):
        return self.layer("ZeroPadding2D", name, dict(padding=[[p, p], [p, p]], data_format="channels_last"), x)

    def model(self, net):
        x = self.layer("InputLayer", "input_1", dict(batch_input_shape=[None, 32, 32, 3]))
        x = self.conv("conv1_conv", self.pad("conv1_pad", x, 3), net.conv1, "valid")
        x = self.relu("conv1_relu", self.norm("conv1_bn", x, net.bn1))
        config = dict(pool_size=[3, 3], padding="valid", strides=[2, 2], data_format="channels_last")
        x = self.layer("MaxPooling2D", "pool1_pool", config, self.pad("pool1_pad", x, 1))
        blocks = [b for i in range(1, 5) for b in getattr(net, f"layer{i}")]
        for name, block in zip(BLOCKS, blocks):
            x = self.block(name, block, x)
        x = self.layer("GlobalAveragePooling2D", "avg_pool", dict(data_format="channels_last"), x)
        weights = [("kernel", net.fc.weight.T), ("bias", net.fc.bias)]
        self.layer("Dense", "predictions", dict(units=5, activation="softmax", use_bias=True), x, weights=weights)
        return self

    def block(self, name, b, x):
        shortcut = x
        if b.downsample is not None:
            shortcut = self.norm(f"{name}_0_bn", self.conv(f"{name}_0_conv", x, b.downsample[0], "valid"), b.downsample[1])
        y = self.relu(f"{name}_1_relu", self.norm(f"{name}_1_bn", self.conv(f"{name}_1_conv", x, b.conv1, "valid"), b.bn1))
        y = self.relu(f"{name}_2_relu", self.norm(f"{name}_2_bn", self.conv(f"{name}_2_conv", y, b.conv2, "same"), b.bn2))
        y = self.norm(f"{name}_3_bn", self.conv(f"{name}_3_conv", y, b.conv3, "valid"), b.bn3)
        return self.relu(f"{name}_out", self.layer("Add", f"{name}_add", {}, shortcut, y))

    def config(self):
        ends = lambda layer: [[self.layers[layer]["name"], 0, 0]]
        config = {"name": "resnet", "layers": self.layers, "input_layers": ends(0), "output_layers": ends(-1)}
        return {"class_name": "Functional", "config": config}

    def save_h5(self, path):
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = json.dumps(self.config())
            file.attrs["keras_version"] = "2.4.0"
            self.save_weights(file.create_group("model_weights"))

    def save_weights(self, group):
        group.attrs["layer_names"] = [name.encode() for name in self.weights]
        for name, weights in self.weights.items():
            layer = group.create_group(name)
            layer.attrs["weight_names"] = np.array([f"{name}/{w}:0".encode() for w, _ in weights] or [], "S")
            for w, tensor in weights:
                layer[f"{name}/{w}:0"] = tensor.detach().contiguous().numpy()

    def save_archive(self, path):
        store = io.BytesIO()
        snake = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization", "Dense": "dense"}
        with h5py.File(store, "w") as file:
            counts = {}
            for layer in self.layers:
                kind = snake.get(layer["class_name"])
                if kind is None:
                    continue
                count = counts[kind] = counts.get(kind, -1) + 1
                group = file.create_group(f"layers/{kind}" + (f"_{count}" if count else "") + "/vars")
                for i, (_, tensor) in enumerate(self.weights[layer["name"]]):
                    group[str(i)] = tensor.detach().contiguous().numpy()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            entry = lambda n: zipfile.ZipInfo(n, (2024, 1, 1, 0, 0, 0))
            z.writestr(entry("metadata.json"), json.dumps({"keras_version": "3.3.3"}), zipfile.ZIP_DEFLATED)
            z.writestr(entry("config.json"), json.dumps(self.config()), zipfile.ZIP_DEFLATED)
            z.writestr(entry("model.weights.h5"), store.getvalue(), zipfile.ZIP_DEFLATED)


def keras():
    small = (Bottleneck, (1, 1, 1, 1), (2, 2, 2, 3))
    net = first_strides(fill(Narrow(*small, eps=1e-3, bias=True)))
    outputs("keras_epsilon", net)
    Keras(3).model(net).save_archive(OUT / "keras_epsilon.keras")
    outputs("keras_names", net)
    Keras(3, lambda name: "my_" + name).model(net).save_archive(OUT / "keras_names.keras")
    outputs("keras_whole", net)
    Keras(2).model(net).save_h5(OUT / "keras_whole.h5")
    outputs("keras_weights", net)
    with h5py.File(OUT / "keras_weights.h5", "w") as file:
        Keras(2).model(net).save_weights(file)
    compress("keras_whole.h5")
    compress("keras_weights.h5")
    # With a stride of 2, "same" pads after the image alone, which torch does not.
    Keras(3).model(fill(Narrow(*small, eps=1e-3, bias=True))).save_archive(OUT / "keras_stride.keras")


def compress(name):
    """HDF5 has a kilobyte of nothing for each layer."""
    file = OUT / name
    (OUT / (name + ".gz")).write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    file.unlink()


torch.manual_seed(1)
OUT.mkdir(parents=True, exist_ok=True)
onnx()
keras()
(OUT / "graphs.txt").write_text("\n".join(LINES) + "\n")

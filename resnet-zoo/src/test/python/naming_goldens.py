#!/usr/bin/python3
"""Writes names-FAMILY.txt: narrow networks with the tensor names of other programs, and what they compute.

    apt install python3-torch python3-torchvision      # Debian 12: torch 1.13, torchvision 0.14
    python3 resnet-zoo/src/test/python/naming_goldens.py

Only torchvision was there to be run: its own classes make its names and its numbers. The other networks are
written from the public sources that are named beside them, each with its program's own nesting, so that names
follow from the structure: timm, transformers, akamaster and kuangliu as torch modules; keras.applications and
keras-hub in numpy, channels last, with Keras' order of axes, epsilon and biases; MXNet's Gluon with its counters.

Weights are in no file: `formula` of resnet-core's make_goldens.py makes them from the names. Everything is computed in
double precision. The files are those that make_goldens.py describes, with a line for each tensor below its case:

    # tensor NAME SHAPE LOW HIGH      uniform in [LOW, HIGH); the shape of a scalar is -
"""

import math
import pathlib
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "resnet-core/src/test/python"))
from make_goldens import MOST_BYTES, EfficientChannelAttention, conv, formula, numbers, text, with_norms  # noqa: E402

RESOURCES = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/network"
EPSILON = 1e-5
KERAS_EPSILON = 1.001e-5


class Weights(dict):
    """Name → (shape, low, high) of every tensor that was asked for."""

    def tensor(self, name, shape, low, high):
        self[name] = (shape, low, high)
        return formula(name, shape, low, high).astype(np.float64)


def columns(block, **changes):
    """A row as SmallNetworkParityTest reads it: four narrow stages."""
    preact = block.startswith("PREACT")
    return {
        "block": block,
        "stem": "IMAGENET",
        "shortcut": "B",
        "projection": "CONV" if preact else "CONV_NORM",
        "downsampling": "SPATIAL_CONV",
        "bias": "ABSENT",
        "input": (3, 34, 33),
        "batch": 2,
        "classes": 5,
        "stemWidth": 8,
        "depths": (1, 2, 2, 1),
        "widths": (8, 12, 16, 20) if block.endswith("BASIC") else (4, 6, 8, 10),
        "baseWidth": 64,
    } | changes


# ---- state dicts of torch --------------------------------------------------------------------


def filled(net):
    """Sets the weights of `net` and lists them."""
    weights = Weights()
    net.double().eval()
    norms = {name for name, module in net.named_modules() if isinstance(module, (nn.BatchNorm2d, nn.GroupNorm))}
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            layer, kind = name.rsplit(".", 1)
            if kind == "num_batches_tracked":
                weights[name] = ((), 0.0, 0.0)
                continue
            shape = tuple(tensor.shape)
            if kind == "running_mean" or (layer in norms and kind == "bias"):
                low, high = -0.2, 0.2
            elif layer in norms:
                low, high = 0.5, 1.5
            else:
                high = 0.1 if kind == "bias" else math.sqrt(3.0 / math.prod(shape[1:]))
                low = -high
            tensor.copy_(torch.from_numpy(weights.tensor(name, shape, low, high)))
    return weights


def of_torch(c, net):
    weights = filled(net)
    with torch.no_grad():
        logits = net(torch.from_numpy(images(c)))
    return c, weights, logits.numpy()


def images(c):
    return formula("input", (c["batch"], *c["input"]), -1.0, 1.0).astype(np.float64)


class NarrowTorchvision(torchvision.models.resnet.ResNet):
    """torchvision's own class; only the numbers of channels are others."""

    def __init__(self, block, c, replaced=None):
        self.narrow = iter(c["widths"])
        self.stem_width = c["stemWidth"]
        super().__init__(block, c["depths"], c["classes"], width_per_group=c["baseWidth"], replace_stride_with_dilation=replaced)
        self.conv1 = conv(3, c["stemWidth"], 7, 2)
        self.bn1 = nn.BatchNorm2d(c["stemWidth"])
        self.fc = nn.Linear(c["widths"][-1] * block.expansion, c["classes"])

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        if planes == 64:
            self.inplanes = self.stem_width
        return super()._make_layer(block, next(self.narrow), blocks, stride, dilate)


def torchvision_cases():
    resnet = torchvision.models.resnet
    basic, bottleneck = columns("BASIC"), columns("BOTTLENECK")
    wide = columns("BOTTLENECK", baseWidth=128)
    dilated = columns("BOTTLENECK", outputStride=8, input=(3, 42, 39))
    replaced = [False, True, True]
    return {
        "torchvision-dilated": of_torch(dilated, NarrowTorchvision(resnet.Bottleneck, dilated, replaced)),
        "torchvision-basic": of_torch(basic, NarrowTorchvision(resnet.BasicBlock, basic)),
        "torchvision-bottleneck": of_torch(bottleneck, NarrowTorchvision(resnet.Bottleneck, bottleneck)),
        "torchvision-wide": of_torch(wide, NarrowTorchvision(resnet.Bottleneck, wide)),
    }


class TorchBlock(nn.Module):
    """conv1, bn1, conv2 …; `shortcut` is registered under the family's name."""

    def __init__(self, bottleneck, inputs, width, stride, name, shortcut, attention=None):
        super().__init__()
        self.outputs = width * (4 if bottleneck else 1)
        sizes = (
            [(inputs, width, 1, 1), (width, width, 3, stride), (width, self.outputs, 1, 1)]
            if bottleneck
            else [(inputs, width, 3, stride), (width, width, 3, 1)]
        )
        self.count = len(sizes)
        for i, (n_in, n_out, kernel, step) in enumerate(sizes, 1):
            setattr(self, f"conv{i}", conv(n_in, n_out, kernel, step))
            setattr(self, f"bn{i}", nn.BatchNorm2d(n_out))
        self.se = None if attention is None else attention(self.outputs)
        self.name = name
        setattr(self, name, None)
        if stride != 1 or inputs != self.outputs:
            setattr(self, name, shortcut(inputs, self.outputs, stride))

    def forward(self, x):
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = F.relu(y) if i < self.count else y
        y = y if self.se is None else self.se(y)
        shortcut = getattr(self, self.name)
        return F.relu(y + (x if shortcut is None else shortcut(x)))


class TorchResNet(nn.Module):
    """layer1, layer2 … behind `stem`, and a classifier under the family's name."""

    def __init__(self, c, stem, name, shortcut, classifier):
        super().__init__()
        self.stem = list(stem)
        for layer, module in stem.items():
            self.add_module(layer, module)
        self.pool = c["stem"] != "CIFAR"
        attention = EfficientChannelAttention if c.get("attention") == "ECA" else None
        width = c["stemWidth"]
        kinds = c.get("blocks", (c["block"],) * len(c["depths"]))
        for s, (depth, stage) in enumerate(zip(c["depths"], c["widths"])):
            blocks = []
            for b in range(depth):
                stride = 2 if s > 0 and b == 0 else 1
                blocks.append(TorchBlock(kinds[s] == "BOTTLENECK", width, stage, stride, name, shortcut, attention))
                width = blocks[-1].outputs
            self.add_module(f"layer{s + 1}", nn.Sequential(*blocks))
        self.count, self.classifier = len(c["depths"]), classifier
        self.add_module(classifier, nn.Linear(width, c["classes"]))

    def forward(self, x):
        for layer in self.stem:
            x = getattr(self, layer)(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 3, 2, 1) if self.pool else x
        for s in range(self.count):
            x = getattr(self, f"layer{s + 1}")(x)
        return getattr(self, self.classifier)(x.mean((2, 3)))


# ---- timm: models/resnet.py (deep stem, downsample_avg) and models/resnetv2.py ------------------


def timm_d(c):
    half, width = c["stemWidth"] // 2, c["stemWidth"]
    first = half if c["stem"] == "DEEP" else 3 * (half // 4)  # deep_tiered
    stem = {
        "conv1": nn.Sequential(
            conv(3, first, 3, 2), nn.BatchNorm2d(first), nn.ReLU(),
            conv(first, half, 3), nn.BatchNorm2d(half), nn.ReLU(), conv(half, width, 3),
        ),
        "bn1": nn.BatchNorm2d(width),
    }

    def downsample_avg(inputs, outputs, stride):
        pool = nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False) if stride > 1 else nn.Identity()
        return nn.Sequential(pool, conv(inputs, outputs, 1), nn.BatchNorm2d(outputs))

    return TorchResNet(c, stem, "downsample", downsample_avg, "fc")


class TimmPreActBottleneck(nn.Module):
    def __init__(self, inputs, width, stride, projects):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, width, 1)
        self.norm2, self.conv2 = nn.BatchNorm2d(width), conv(width, width, 3, stride)
        self.norm3, self.conv3 = nn.BatchNorm2d(width), conv(width, 4 * width, 1)
        self.downsample = None
        if projects:
            self.downsample = nn.Module()
            self.downsample.conv = conv(inputs, 4 * width, 1, stride)

    def forward(self, x):
        first = F.relu(self.norm1(x))
        shortcut = x if self.downsample is None else self.downsample.conv(first)
        y = self.conv2(F.relu(self.norm2(self.conv1(first))))
        return self.conv3(F.relu(self.norm3(y))) + shortcut


class TimmResNetV2(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.stem, self.stages, self.head = nn.Module(), nn.Sequential(), nn.Module()
        width = c["stemWidth"]
        self.stem.conv = conv(3, width, 7, 2)
        for s, (depth, stage_width) in enumerate(zip(c["depths"], c["widths"])):
            stage = nn.Module()
            stage.blocks = nn.Sequential()
            for b in range(depth):
                stride = 2 if s > 0 and b == 0 else 1
                stage.blocks.add_module(str(b), TimmPreActBottleneck(width, stage_width, stride, b == 0))
                width = 4 * stage_width
            self.stages.add_module(str(s), stage)
        self.norm = nn.BatchNorm2d(width)
        self.head.fc = nn.Conv2d(width, c["classes"], 1)  # ClassifierHead(use_conv=True)

    def forward(self, x):
        x = F.max_pool2d(self.stem.conv(x), 3, 2, 1)
        for stage in self.stages:
            x = stage.blocks(x)
        return self.head.fc(F.relu(self.norm(x)).mean((2, 3), keepdim=True)).flatten(1)


def timm_cases():
    d = {"stem": "DEEP", "projection": "POOL_CONV_NORM"}
    basic, bottleneck = columns("BASIC", **d), columns("BOTTLENECK", **d)
    tiered = columns("BOTTLENECK", **d) | {"stem": "TIERED", "stemWidth": 16, "depths": (1, 1, 1, 1)}
    v2 = columns("PREACT_BOTTLENECK")
    eca = tiered | {"attention": "ECA", "widths": (4, 48, 8, 10)}
    mixed = columns("BOTTLENECK", **d) | {
        "depths": (1, 1, 1, 1), "widths": (8, 12, 6, 10), "blocks": ("BASIC", "BASIC", "BOTTLENECK", "BASIC")}
    group = basic | {"norm": "GROUP", "normGroups": 2, "depths": (1, 1, 1, 1)}
    return {
        "timm-basic-d": of_torch(basic, timm_d(basic)),
        "timm-bottleneck-d": of_torch(bottleneck, timm_d(bottleneck)),
        "timm-bottleneck-t": of_torch(tiered, timm_d(tiered)),
        "timm-mixed": of_torch(mixed, timm_d(mixed)),
        "timm-group-norm": of_torch(group, with_norms(timm_d(group), group)),
        "timm-eca": of_torch(eca, timm_d(eca)),
        "timm-v2": of_torch(v2, TimmResNetV2(v2)),
    }


# ---- akamaster/pytorch_resnet_cifar10 (shortcut A) and kuangliu/pytorch-cifar (shortcut B) ------


class LambdaLayer(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride, self.missing = stride, (outputs - inputs) // 2

    def forward(self, x):
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.missing, self.missing))


def convolution_and_norm(inputs, outputs, stride):
    return nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


def akamaster_cases():
    small = {"stem": "CIFAR", "input": (3, 10, 9), "depths": (1, 2, 1), "stemWidth": 6}
    a = columns("BASIC", shortcut="A", widths=(6, 12, 24), **small)
    b = columns("BOTTLENECK", widths=(4, 6, 8), **small)
    stem = lambda width=6: {"conv1": conv(3, width, 3), "bn1": nn.BatchNorm2d(width)}
    # Every order of the axes has one shape: only the numbers can tell a mistake.
    cube = columns("BASIC", **small | {"depths": (1, 1), "widths": (3, 3), "stemWidth": 3, "classes": 3, "shortcut": "A"})
    return {
        "akamaster-cube": of_torch(cube, TorchResNet(cube, stem(3), "shortcut", LambdaLayer, "linear")),
        "akamaster-a": of_torch(a, TorchResNet(a, stem(), "shortcut", LambdaLayer, "linear")),
        "kuangliu-b": of_torch(b, TorchResNet(b, stem(), "shortcut", convolution_and_norm, "linear")),
    }


# ---- transformers: models/resnet/modeling_resnet.py -------------------------------------------


class HfConv(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, relu=True):
        super().__init__()
        self.convolution = conv(inputs, outputs, kernel, stride)
        self.normalization = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x):
        x = self.normalization(self.convolution(x))
        return F.relu(x) if self.relu else x


class HfLayer(nn.Module):
    def __init__(self, bottleneck, inputs, width, stride):
        super().__init__()
        outputs = 4 * width if bottleneck else width
        changes = stride != 1 or inputs != outputs
        self.shortcut = HfConv(inputs, outputs, 1, stride, relu=False) if changes else nn.Identity()
        if bottleneck:
            layers = [HfConv(inputs, width, 1), HfConv(width, width, 3, stride), HfConv(width, outputs, 1, relu=False)]
        else:
            layers = [HfConv(inputs, width, 3, stride), HfConv(width, width, 3, relu=False)]
        self.layer = nn.Sequential(*layers)
        self.outputs = outputs

    def forward(self, x):
        return F.relu(self.layer(x) + self.shortcut(x))


class HfClassifier(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.resnet = nn.Module()
        self.resnet.embedder, self.resnet.encoder = nn.Module(), nn.Module()
        self.resnet.embedder.embedder = HfConv(3, c["stemWidth"], 7, 2)
        self.resnet.encoder.stages = nn.ModuleList()
        width = c["stemWidth"]
        for s, (depth, stage_width) in enumerate(zip(c["depths"], c["widths"])):
            stage = nn.Module()
            stage.layers = nn.Sequential()
            for b in range(depth):
                stride = 2 if s > 0 and b == 0 else 1
                stage.layers.append(HfLayer(c["block"] == "BOTTLENECK", width, stage_width, stride))
                width = stage.layers[-1].outputs
            self.resnet.encoder.stages.append(stage)
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(width, c["classes"]))

    def forward(self, x):
        x = F.max_pool2d(self.resnet.embedder.embedder(x), 3, 2, 1)
        for stage in self.resnet.encoder.stages:
            x = stage.layers(x)
        return self.classifier(x.mean((2, 3), keepdim=True))


def huggingface_cases():
    basic, bottleneck = columns("BASIC"), columns("BOTTLENECK")
    return {
        "huggingface-basic": of_torch(basic, HfClassifier(basic)),
        "huggingface-bottleneck": of_torch(bottleneck, HfClassifier(bottleneck)),
    }


# ---- Keras: keras/src/applications/resnet.py and keras_hub/src/models/resnet/resnet_backbone.py --


class Keras:
    """Layers in numpy: [N, H, W, C], kernels [height, width, in, out], "same" as TensorFlow means it for stride 1."""

    def __init__(self, epsilon):
        self.epsilon, self.weights = epsilon, Weights()

    def conv2d(self, x, filters, kernel, name, strides=1, use_bias=True):
        shape = (kernel, kernel, x.shape[-1], filters)
        bound = math.sqrt(3.0 / math.prod(shape[:-1]))
        k = self.weights.tensor(f"{name}/kernel:0", shape, -bound, bound)
        windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (1, 2))[:, ::strides, ::strides]
        y = np.tensordot(windows, k, ((3, 4, 5), (2, 0, 1)))  # [N, H, W, in, height, width]
        return y + self.weights.tensor(f"{name}/bias:0", (filters,), -0.1, 0.1) if use_bias else y

    def norm(self, x, name, variance=(0.5, 1.5)):
        n = (x.shape[-1],)
        gamma = self.weights.tensor(f"{name}/gamma:0", n, 0.5, 1.5)
        beta = self.weights.tensor(f"{name}/beta:0", n, -0.2, 0.2)
        mean = self.weights.tensor(f"{name}/moving_mean:0", n, -0.2, 0.2)
        var = self.weights.tensor(f"{name}/moving_variance:0", n, *variance)
        return gamma * (x - mean) / np.sqrt(var + self.epsilon) + beta

    def dense(self, x, units, name):
        bound = math.sqrt(3.0 / x.shape[-1])
        kernel = self.weights.tensor(f"{name}/kernel:0", (x.shape[-1], units), -bound, bound)
        return x @ kernel + self.weights.tensor(f"{name}/bias:0", (units,), -0.1, 0.1)


def relu(x):
    return np.maximum(x, 0)


def pad(x, n, value=0.0):
    return np.pad(x, ((0, 0), (n, n), (n, n), (0, 0)), constant_values=value)


def max_pool(x, kernel, strides):
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (1, 2))[:, ::strides, ::strides].max((4, 5))


# Variances far below epsilon: whoever takes 1e-5 for 1.001e-5 is off by 5e-4.
TINY = (0.0, 1e-6)


def keras_v1(c, head="predictions"):
    k = Keras(KERAS_EPSILON)

    def block1(x, filters, stride, conv_shortcut, name):
        shortcut = x
        if conv_shortcut:
            shortcut = k.norm(k.conv2d(x, 4 * filters, 1, name + "_0_conv", stride), name + "_0_bn")
        x = relu(k.norm(k.conv2d(x, filters, 1, name + "_1_conv", stride), name + "_1_bn"))
        x = relu(k.norm(k.conv2d(pad(x, 1), filters, 3, name + "_2_conv"), name + "_2_bn"))
        x = k.norm(k.conv2d(x, 4 * filters, 1, name + "_3_conv"), name + "_3_bn")
        return relu(shortcut + x)

    x = images(c).transpose(0, 2, 3, 1)
    x = relu(k.norm(k.conv2d(pad(x, 3), c["stemWidth"], 7, "conv1_conv", 2), "conv1_bn", TINY))
    x = max_pool(pad(x, 1), 3, 2)
    for s, (blocks, filters) in enumerate(zip(c["depths"], c["widths"])):
        for b in range(blocks):
            stride = 2 if s > 0 and b == 0 else 1
            x = block1(x, filters, stride, b == 0, f"conv{s + 2}_block{b + 1}")
    return c, k.weights, k.dense(x.mean((1, 2)), c["classes"], head)


def keras_v2(c):
    k = Keras(KERAS_EPSILON)

    def block2(x, filters, stride, conv_shortcut, name, variance):
        preact = relu(k.norm(x, name + "_preact_bn", variance))
        if conv_shortcut:
            shortcut = k.conv2d(preact, 4 * filters, 1, name + "_0_conv", stride)
        else:
            shortcut = max_pool(x, 1, stride) if stride > 1 else x
        y = relu(k.norm(k.conv2d(preact, filters, 1, name + "_1_conv", use_bias=False), name + "_1_bn"))
        y = k.conv2d(pad(y, 1), filters, 3, name + "_2_conv", stride, use_bias=False)
        return shortcut + k.conv2d(relu(k.norm(y, name + "_2_bn")), 4 * filters, 1, name + "_3_conv")

    x = images(c).transpose(0, 2, 3, 1)
    x = max_pool(pad(k.conv2d(pad(x, 3), c["stemWidth"], 7, "conv1_conv", 2), 1), 3, 2)
    for s, (blocks, filters) in enumerate(zip(c["depths"], c["widths"])):
        for b in range(blocks):
            last = s < len(c["depths"]) - 1 and b == blocks - 1
            variance = TINY if (s, b) == (0, 0) else (0.5, 1.5)
            x = block2(x, filters, 2 if last else 1, b == 0, f"conv{s + 2}_block{b + 1}", variance)
    x = relu(k.norm(x, "post_bn"))
    return c, k.weights, k.dense(x.mean((1, 2)), c["classes"], "predictions")


def keras_hub(c):
    k = Keras(EPSILON)
    preact = c["block"].startswith("PREACT")

    def conv_(x, filters, kernel, name, stride=1):
        return k.conv2d(pad(x, kernel // 2), filters, kernel, name, stride, use_bias=False)

    def block(x, filters, stride, conv_shortcut, name):
        first = relu(k.norm(x, name + "_pre_activation_bn")) if preact else x
        shortcut = x
        if conv_shortcut:
            shortcut = conv_(first, 4 * filters, 1, name + "_0_conv", stride)
            shortcut = shortcut if preact else k.norm(shortcut, name + "_0_bn")
        y = relu(k.norm(conv_(first, filters, 1, name + "_1_conv"), name + "_1_bn"))
        y = relu(k.norm(conv_(y, filters, 3, name + "_2_conv", stride), name + "_2_bn"))
        y = conv_(y, 4 * filters, 1, name + "_3_conv")
        return shortcut + y if preact else relu(shortcut + k.norm(y, name + "_3_bn"))

    x = conv_(images(c).transpose(0, 2, 3, 1), c["stemWidth"], 7, "conv1_conv", 2)
    x = max_pool(pad(x, 1, -np.inf), 3, 2) if preact else max_pool(pad(relu(k.norm(x, "conv1_bn")), 1), 3, 2)
    for s, (blocks, filters) in enumerate(zip(c["depths"], c["widths"])):
        for b in range(blocks):
            x = block(x, filters, 2 if s > 0 and b == 0 else 1, b == 0, f"stack{s}_block{b}")
    x = relu(k.norm(x, "post_bn")) if preact else x
    return c, k.weights, k.dense(x.mean((1, 2)), c["classes"], "predictions")


V2_COLUMNS = {"stem": "IMAGENET_ZERO_PADDED", "downsampling": "LAST_BLOCK", "bias": "BARE", "depths": (2, 2, 3, 2)}


def keras_cases():
    v1 = columns("BOTTLENECK", downsampling="FIRST_CONV")
    v2 = columns("PREACT_BOTTLENECK", **V2_COLUMNS)
    return {
        "keras-v1": keras_v1(v1),
        "keras-v1-probs": keras_v1(v1 | {"depths": (1, 1, 1, 1)}, "probs"),
        "keras-v2": keras_v2(v2),
        "keras-hub-v1": keras_hub(columns("BOTTLENECK")),
        "keras-hub-v2": keras_hub(columns("PREACT_BOTTLENECK")),
    }


# ---- MXNet: python/mxnet/gluon/model_zoo/vision/resnet.py (prefixes of name_scope count layers) --


class Gluon:
    def __init__(self, prefix):
        self.prefix, self.scope, self.counts, self.weights = prefix, prefix, {}, Weights()

    def name(self, kind):
        count = self.counts.get(self.scope + kind, 0)
        self.counts[self.scope + kind] = count + 1
        return f"{self.scope}{kind}{count}"

    def conv(self, x, channels, kernel, strides=1, use_bias=False):
        name = self.name("conv")
        shape = (channels, x.shape[1], kernel, kernel)
        bound = math.sqrt(3.0 / math.prod(shape[1:]))
        weight = torch.from_numpy(self.weights.tensor(name + "_weight", shape, -bound, bound))
        bias = torch.from_numpy(self.weights.tensor(name + "_bias", (channels,), -0.1, 0.1)) if use_bias else None
        return F.conv2d(x, weight, bias, strides, kernel // 2)

    def norm(self, x, scale=True):
        name, n = self.name("batchnorm"), (x.shape[1],)
        # BatchNorm(scale=False, center=False) keeps ones and zeros
        gamma = self.weights.tensor(name + "_gamma", n, *((0.5, 1.5) if scale else (1.0, 1.0)))
        beta = self.weights.tensor(name + "_beta", n, *((-0.2, 0.2) if scale else (0.0, 0.0)))
        mean = self.weights.tensor(name + "_running_mean", n, -0.2, 0.2)
        var = self.weights.tensor(name + "_running_var", n, 0.5, 1.5)
        return F.batch_norm(x, *map(torch.from_numpy, (mean, var, gamma, beta)), eps=EPSILON)

    def dense(self, x, units):
        name = self.name("dense")
        bound = math.sqrt(3.0 / x.shape[1])
        weight = self.weights.tensor(name + "_weight", (units, x.shape[1]), -bound, bound)
        return F.linear(x, *map(torch.from_numpy, (weight, self.weights.tensor(name + "_bias", (units,), -0.1, 0.1))))


def gluon_v1(c):
    g = Gluon("resnetv17_")

    def block(x, channels, stride, downsample):
        y = x
        if c["block"] == "BASIC":
            y = torch.relu(g.norm(g.conv(y, channels, 3, stride)))
            y = g.norm(g.conv(y, channels, 3))
        else:
            y = torch.relu(g.norm(g.conv(y, channels // 4, 1, stride, use_bias=True)))
            y = torch.relu(g.norm(g.conv(y, channels // 4, 3)))
            y = g.norm(g.conv(y, channels, 1, use_bias=True))
        return torch.relu(y + (g.norm(g.conv(x, channels, 1, stride)) if downsample else x))

    x = torch.from_numpy(images(c))
    x = F.max_pool2d(torch.relu(g.norm(g.conv(x, c["stemWidth"], 7, 2))), 3, 2, 1)
    return gluon_stages(g, c, x, block, torch.nn.Identity())


def gluon_v2(c):
    g = Gluon("resnetv24_")

    def block(x, channels, stride, downsample):
        first = torch.relu(g.norm(x))
        if c["block"] == "PREACT_BASIC":
            y = g.conv(torch.relu(g.norm(g.conv(first, channels, 3, stride))), channels, 3)
        else:
            y = g.conv(torch.relu(g.norm(g.conv(first, channels // 4, 1))), channels // 4, 3, stride)
            y = g.conv(torch.relu(g.norm(y)), channels, 1)
        return y + (g.conv(first, channels, 1, stride) if downsample else x)

    x = g.conv(g.norm(torch.from_numpy(images(c)), scale=False), c["stemWidth"], 7, 2)
    x = F.max_pool2d(torch.relu(g.norm(x)), 3, 2, 1)
    return gluon_stages(g, c, x, block, lambda x: torch.relu(g.norm(x)))


def gluon_stages(g, c, x, block, last):
    expansion = 1 if c["block"].endswith("BASIC") else 4
    for s, (depth, width) in enumerate(zip(c["depths"], c["widths"])):
        g.scope = f"{g.prefix}stage{s + 1}_"
        for b in range(depth):
            stride = 2 if s > 0 and b == 0 else 1
            x = block(x, width * expansion, stride, b == 0 and x.shape[1] != width * expansion)
    g.scope = g.prefix
    return c, g.weights, g.dense(last(x).mean((2, 3)), c["classes"]).numpy()


def gluon_cases():
    return {
        "gluon-basic": gluon_v1(columns("BASIC")),
        "gluon-v1": gluon_v1(columns("BOTTLENECK", downsampling="FIRST_CONV")),
        "gluon-v2-basic": gluon_v2(columns("PREACT_BASIC", stem="IMAGENET_NORMED")),
        "gluon-v2": gluon_v2(columns("PREACT_BOTTLENECK", stem="IMAGENET_NORMED")),
    }


# ---- files -----------------------------------------------------------------------------------


def write(file, cases):
    """`cases`: name → (columns, weights, logits)."""
    lines = [
        "# Made by resnet-zoo/src/test/python/naming_goldens.py with"
        f" torch {torch.__version__}, torchvision {torchvision.__version__}, numpy {np.__version__}. Do not edit."
    ]
    for name, (c, weights, logits) in cases.items():
        lines.append("case " + name + "".join(f" {key}={text(key, value)}" for key, value in c.items()))
        for tensor, (shape, low, high) in weights.items():
            lines.append(f"# tensor {tensor} {'x'.join(map(str, shape)) or '-'} {low:.17g} {high:.17g}")
        lines.append("logits " + numbers(torch.from_numpy(np.ascontiguousarray(logits))))
    content = "\n".join(lines) + "\n"
    if len(content) > MOST_BYTES:
        raise SystemExit(f"{file}: expected at most {MOST_BYTES} bytes but was {len(content)}")
    RESOURCES.mkdir(parents=True, exist_ok=True)
    (RESOURCES / f"{file}.txt").write_text(content)
    print(f"{file}: {len(cases)} cases, {len(content)} bytes", flush=True)


def main():
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    write("names-torchvision", torchvision_cases())
    write("names-timm", timm_cases())
    write("names-akamaster", akamaster_cases())
    write("names-huggingface", huggingface_cases())
    write("names-keras", keras_cases())
    write("names-gluon", gluon_cases())


if __name__ == "__main__":
    main()

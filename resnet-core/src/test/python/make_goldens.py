#!/usr/bin/python3
"""Writes the golden files that the parity tests of org.resnet4j.graph compare Deeplearning4j with.

    apt install python3-torch python3-torchvision      # Debian 12: torch 1.13, torchvision 0.14
    python3 resnet-core/src/test/python/make_goldens.py

It takes under a minute and gives the same bytes again with the same versions. `make_goldens.py NAME...`
writes only the files with these names (basic-cifar, resnet50-64, ...).

Weights are in no file: both sides compute them from the names of the tensors, see `formula`. Torch
computes in double precision with weights and inputs that float32 represents exactly, so a golden is
the same truth for a float and for a double network.

A file is text: a line `case NAME column=value...` and below it a line `TENSOR numbers...` for each result:

    logits          inference, [N, classes] in c order
    stageS          mean and deviation (n in the denominator) of the output of stage S, inference
    train.logits    training mode (batch statistics); norm and product, as below, of more than MOST_VALUES
    train.loss      mean softmax cross-entropy
    grad.TENSOR     gradient of the loss: its L2 norm, and its product with the formula vector "probe:" + TENSOR
    after.TENSOR    running statistic after that step: norm and product likewise
    after.logits    inference after one step of plain SGD with the rate of the column `rate`; as train.logits

Torch keeps the unbiased batch variance in running_var, Deeplearning4j the biased one: `biased_variance`
multiplies torch's increment by (n - 1) / n. A gradient that vanishes in exact arithmetic (a bias before
batch norm) is written as 0. Numbers have 12 significant digits.

The networks below were written without looking at our plan: the forms of the papers, torchvision, timm
(ResNet-D, pre-activation, squeeze-and-excitation), Keras (ResNet50V2), MXNet Gluon (ResNetV2),
akamaster/pytorch_resnet_cifar10 (shortcut A) and d2l.ai. Of these only torchvision was there to be run:
`check_against_torchvision` proves our modules equal to its classes where it has the form.
For the real torchvision models it also prints how far torch's own float32 is from its float64.
"""

import math
import pathlib
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

RESOURCES = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/network"
MOST_BYTES = 50_000
MOST_VALUES = 100
DTYPE = torch.float64


# ---- numbers by formula ----------------------------------------------------------------------


def fnv1a64(text):
    value = 0xCBF29CE484222325
    for byte in text.encode("ascii"):
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def bits24(name, count):
    """Output i of splitmix64 seeded with the name's hash; the upper 24 bits."""
    with np.errstate(over="ignore"):
        z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z += np.uint64(fnv1a64(name))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(40)).astype(np.int64)


def formula(name, shape, low, high):
    """Uniform in [low, high), rounded to float32, in c order."""
    uniform = bits24(name, math.prod(shape)) / 2.0**24
    return (low + (high - low) * uniform).astype(np.float32).reshape(shape)


def weight(name, shape, is_norm):
    """The value of a tensor of a torch state dict; deviation 1/sqrt(fan_in) keeps signals in range."""
    if name.endswith("running_mean") or (is_norm and name.endswith("bias")):
        return formula(name, shape, -0.2, 0.2)
    if name.endswith("running_var") or is_norm:
        return formula(name, shape, 0.5, 1.5)
    if name.endswith("bias"):
        return formula(name, shape, -0.1, 0.1)
    bound = math.sqrt(3.0 / math.prod(shape[1:]))
    return formula(name, shape, -bound, bound)


NORMS = (nn.BatchNorm2d, nn.GroupNorm, torchvision.ops.FrozenBatchNorm2d)


def fill(net):
    """Sets all weights by formula."""
    net.to(DTYPE)
    with torch.no_grad():
        for prefix, module in net.named_modules():
            is_norm = isinstance(module, NORMS)
            for kind in ("weight", "bias", "running_mean", "running_var"):
                tensor = getattr(module, kind, None)
                if isinstance(tensor, torch.Tensor):
                    name = f"{prefix}.{kind}"
                    value = weight(name, tuple(tensor.shape), is_norm)
                    tensor.copy_(torch.from_numpy(value))
    return net


def images(shape):
    return torch.from_numpy(formula("input", shape, -1.0, 1.0)).to(DTYPE)


def labels(count, classes):
    return torch.from_numpy(bits24("labels", count) % classes)


# ---- networks --------------------------------------------------------------------------------


def conv(inputs, outputs, kernel, stride=1, bias=False, groups=1, dilation=1):
    padding = dilation * (kernel // 2)
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation=dilation, bias=bias, groups=groups)


ACTIVATIONS = {
    "RELU": F.relu,
    "SILU": F.silu,
    "GELU": F.gelu,
    "LEAKY_RELU": F.leaky_relu,
    "HARD_SWISH": F.hardswish,
}


def activation(c):
    return ACTIVATIONS[c.get("activation", "RELU")]


class DropPath(nn.Module):
    """torchvision's StochasticDepth, which in the next training step keeps the images marked 1 in `kept`."""

    def __init__(self, rate, kept):
        super().__init__()
        self.op = torchvision.ops.StochasticDepth(rate, "row")
        self.kept = kept

    def forward(self, x):
        draw = torch.Tensor.bernoulli_
        kept = torch.tensor([float(digit) for digit in self.kept], dtype=DTYPE)
        try:
            torch.Tensor.bernoulli_ = lambda noise, p: noise.copy_(kept.reshape(noise.shape))
            return self.op(x)
        finally:
            torch.Tensor.bernoulli_ = draw


class SamePool(nn.Module):
    """timm's AvgPool2dSame(2, 1): zeros below and on the right count."""

    def forward(self, x):
        return F.avg_pool2d(F.pad(x, (0, 1, 0, 1)), 2, 1)


def with_norms(net, c):
    """Replaces batch norms by those of case `c`."""
    kind = c.get("norm", "BATCH")
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d) and kind != "BATCH":
                n = child.num_features
                frozen = kind == "FROZEN"
                norm = torchvision.ops.FrozenBatchNorm2d(n) if frozen else nn.GroupNorm(c["normGroups"], n)
                setattr(module, name, norm)
    return net


class BlurPool(nn.Module):
    """timm's BlurPool2d(channels, stride=2)."""

    def forward(self, x):
        taps = torch.tensor([0.25, 0.5, 0.25], dtype=x.dtype)
        kernel = (taps[:, None] * taps).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, stride=2, groups=x.shape[1])


class Stem(nn.Module):
    """Of a pre-activation network the last convolution is bare, as in Keras' ResNet50V2 and timm's resnetv2."""

    def __init__(self, kind, channels, width, preact, bias, act, aa=None):
        super().__init__()
        self.aa = aa
        self.kind, self.preact, self.act = kind, preact, act
        self.deep = kind in ("DEEP", "TIERED")
        if self.deep:  # timm resnetXXd: half, half, full width; resnetXXt: three quarters of the half, half, full
            first = width // 2 if kind == "DEEP" else 3 * (width // 2 // 4)
            self.conv1 = conv(channels, first, 3, 2, bias)
            self.bn1 = nn.BatchNorm2d(first)
            self.conv2 = conv(first, width // 2, 3, 1, bias)
            self.bn2 = nn.BatchNorm2d(width // 2)
            self.conv3 = conv(width // 2, width, 3, 1, bias)
            if not preact:
                self.bn3 = nn.BatchNorm2d(width)
        else:
            large = kind != "CIFAR"
            if kind == "IMAGENET_NORMED":  # MXNet Gluon's ResNetV2
                self.bn0 = nn.BatchNorm2d(channels)
            self.conv1 = conv(channels, width, 7 if large else 3, 2 if large else 1, bias)
            if not preact or kind == "IMAGENET_NORMED":
                self.bn1 = nn.BatchNorm2d(width)

    def forward(self, x):
        x = self.conv1(self.bn0(x) if self.kind == "IMAGENET_NORMED" else x)
        if self.deep:
            x = self.act(self.bn1(x))
            x = self.conv3(self.act(self.bn2(self.conv2(x))))
        if not self.preact or self.kind == "IMAGENET_NORMED":
            x = self.act((self.bn3 if self.deep else self.bn1)(x))
        if self.kind == "IMAGENET_ZERO_PADDED":  # Keras' ResNet50V2
            return F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)
        if self.aa is not None and self.kind != "CIFAR":
            return self.aa(x) if isinstance(self.aa, nn.AvgPool2d) else self.aa(F.max_pool2d(x, 3, 1, padding=1))
        return x if self.kind == "CIFAR" else F.max_pool2d(x, 3, 2, padding=1)


class PadShortcut(nn.Module):
    """Option A: akamaster/pytorch_resnet_cifar10's LambdaLayer for any two widths."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride, self.missing = stride, outputs - inputs

    def forward(self, x):
        before = self.missing // 2
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.missing - before))


class Projection(nn.Module):
    def __init__(self, kind, inputs, outputs, stride, bias, dilation=1):
        super().__init__()
        self.pool = None
        if kind == "POOL_CONV_NORM" and stride == 1 and dilation > 1:
            self.pool = SamePool()
        if kind == "POOL_CONV_NORM" and stride == 2:  # timm resnet.py, downsample_avg
            self.pool = nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)
            stride = 1
        self.conv = conv(inputs, outputs, 1, stride, bias)
        self.bn = None if kind == "CONV" else nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = self.conv(x if self.pool is None else self.pool(x))
        return x if self.bn is None else self.bn(x)


class SqueezeExcitation(nn.Module):
    """The form of timm's SEModule: 1x1 convolutions with bias, a sixteenth of the channels in multiples of 8."""

    def __init__(self, channels):
        super().__init__()
        squeezed = max(8, int(channels / 16 + 4) // 8 * 8)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class EfficientChannelAttention(nn.Module):
    """The form of timm's EcaModule, gamma 2 and beta 1."""

    def __init__(self, channels):
        super().__init__()
        t = int(abs(math.log(channels, 2) + 1) / 2)
        kernel = max(t if t % 2 else t + 1, 3)
        self.conv = nn.Conv1d(1, 1, kernel, padding=(kernel - 1) // 2, bias=False)

    def forward(self, x):
        y = x.mean((2, 3)).view(x.shape[0], 1, -1)
        return x * self.conv(y).view(x.shape[0], -1, 1, 1).sigmoid()


ATTENTIONS = {"NONE": lambda n: nn.Identity(), "SQUEEZE_EXCITATION": SqueezeExcitation, "ECA": EfficientChannelAttention}


def smoothing(c):
    """timm's create_aa for stride 2; None without anti-aliasing."""
    kind = c.get("antiAliasing", "NONE")
    return None if kind == "NONE" else nn.AvgPool2d(2) if kind == "AVERAGE" else BlurPool()


class Block(nn.Module):
    def __init__(self, c, inputs, width, stride, first_dilation=1, dilation=1):
        super().__init__()
        self.act = activation(c)
        self.plain = c["shortcut"] == "NONE"
        bottleneck = c["block"].endswith("BOTTLENECK")
        self.preact = c["block"].startswith("PREACT")
        bias = c["bias"] == "PRESENT"
        bare = c["bias"] != "ABSENT"
        outputs = width * (4 if bottleneck else 1)
        if bottleneck:
            groups = c.get("groups", 1)
            inner = width * c["baseWidth"] // 64 * groups
            first = c["downsampling"] == "FIRST_CONV"
            sizes = [
                (inputs, inner, 1, stride if first else 1, 1, 1),
                (inner, inner, 3, 1 if first else stride, groups, first_dilation),
                (inner, outputs, 1, 1, 1, 1),
            ]
        else:
            sizes = [(inputs, outputs, 3, stride, 1, first_dilation), (outputs, outputs, 3, 1, 1, dilation)]
        self.count = len(sizes)
        self.aa = smoothing(c) if stride == 2 else None
        if self.aa is not None:  # after the 3x3 convolution that would have the stride
            strided = [i for i, size in enumerate(sizes) if size[3] == 2][0]
            self.smoothed = strided + 1
            sizes[strided] = (*sizes[strided][:3], 1, *sizes[strided][4:])
        for i, (n_in, n_out, kernel, step, parts, apart) in enumerate(sizes, 1):
            has_bias = bare if i == len(sizes) else bias
            setattr(self, f"conv{i}", conv(n_in, n_out, kernel, step, has_bias, parts, apart))
            setattr(self, f"bn{i}", nn.BatchNorm2d(n_in if self.preact else n_out))
        self.outputs = outputs
        self.se = ATTENTIONS[c.get("attention", "NONE")](outputs)
        self.drop_path = nn.Identity()
        changes = stride != 1 or inputs != outputs
        self.projects = False
        self.shortcut = nn.Identity()
        if c["shortcut"] == "A" and changes:
            self.shortcut = PadShortcut(inputs, outputs, stride)
        elif c["downsampling"] == "LAST_BLOCK" and inputs == outputs:  # Keras' MaxPooling2D(1, stride)
            self.shortcut = nn.MaxPool2d(1, stride)
        elif c["shortcut"] == "C" or (c["shortcut"] == "B" and changes):
            self.projects = True
            self.shortcut = Projection(c["projection"], inputs, outputs, stride, bare, dilation)

    def forward(self, x):
        return self.pre_activated(x) if self.preact else self.post_activated(x)

    def post_activated(self, x):
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < self.count:
                y = self.act(y)
            if self.aa is not None and i == self.smoothed:
                y = self.aa(y)
        return self.act(self.sum(y, x))

    def pre_activated(self, x):
        first = y = self.act(self.bn1(x))
        for i in range(1, self.count + 1):
            if i > 1:
                y = self.act(getattr(self, f"bn{i}")(y))
            y = getattr(self, f"conv{i}")(y)
        return self.sum(y, first if self.projects else x)

    def sum(self, y, x):
        y = self.drop_path(self.se(y))
        return y if self.plain else y + self.shortcut(x)


class Head(nn.Module):
    """Pooling as timm's SelectAdaptivePool2d."""

    def __init__(self, c, features, preact):
        super().__init__()
        if preact:
            self.bn = nn.BatchNorm2d(features)
        self.preact = preact
        self.act = activation(c)
        self.pooling = c.get("headPooling", "AVG")
        self.fc = nn.Linear(features * (2 if self.pooling == "CATAVGMAX" else 1), c["classes"])

    def forward(self, x):
        if self.preact:
            x = self.act(self.bn(x))
        average, most = F.adaptive_avg_pool2d(x, 1).flatten(1), F.adaptive_max_pool2d(x, 1).flatten(1)
        pooled = {
            "AVG": average,
            "MAX": most,
            "AVGMAX": 0.5 * (average + most),
            "CATAVGMAX": torch.cat((average, most), 1),
        }
        return self.fc(pooled[self.pooling])


class ResNet(nn.Module):
    """Modules are nested so that the names in the state dict are our vertex names."""

    def __init__(self, c):
        super().__init__()
        preact = c["block"].startswith("PREACT")
        self.stem = Stem(c["stem"], c["input"][0], c["stemWidth"], preact, c["bias"] != "ABSENT", activation(c), smoothing(c))
        width = c["stemWidth"]
        kinds = c.get("blocks", (c["block"],) * len(c["depths"]))
        # The rule of timm's make_blocks.
        net_stride = 1 if c["stem"] == "CIFAR" else 4
        dilation = before = 1
        for s, (depth, stage_width) in enumerate(zip(c["depths"], c["widths"])):
            stage = nn.Module()
            self.add_module(f"stage{s}", stage)
            for b in range(depth):
                if c["downsampling"] == "LAST_BLOCK":
                    halves = s < len(c["depths"]) - 1 and b == depth - 1
                else:
                    halves = s > 0 and b == 0
                stride = 2 if halves else 1
                if stride == 2 and net_stride >= c.get("outputStride", 1 << 30):
                    dilation *= stride
                    stride = 1
                net_stride *= stride
                block = Block(c | {"block": kinds[s]}, width, stage_width, stride, before, dilation)
                before = dilation
                stage.add_module(f"block{b}", block)
                width = block.outputs
        self.stages = len(c["depths"])
        self.head = Head(c, width, preact)
        blocks = [b for b in self.modules() if isinstance(b, Block)]
        for i, kept in enumerate(c.get("kept", ()), 1):  # those after the first block
            blocks[i].drop_path = DropPath(c["stochasticDepth"] * i / (len(blocks) - 1), kept)
        with_norms(self, c)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = c.get("normMomentum", 0.1)

    def forward(self, x):
        x = self.stem(x)
        for s in range(self.stages):
            for block in getattr(self, f"stage{s}").children():
                x = block(x)
        return self.head(x)


class ResidualMlp(nn.Module):
    """The tutorial's network: a linear layer, ten blocks relu(x + W2 relu(W1 x)) with biases, a linear layer."""

    def __init__(self, c):
        super().__init__()
        width = c["stemWidth"]
        self.stem, self.stage0, self.head = nn.Module(), nn.Module(), nn.Module()
        self.stem.fc = nn.Linear(c["input"][0], width)
        for b in range(c["depths"][0]):
            block = nn.Module()
            block.fc1, block.fc2 = nn.Linear(width, width), nn.Linear(width, width)
            self.stage0.add_module(f"block{b}", block)
        self.head.fc = nn.Linear(width, c["classes"])

    def forward(self, x):
        x = self.stem.fc(x)  # no ReLU: the first block reads negative values, too
        for block in self.stage0.children():
            x = F.relu(x + block.fc2(F.relu(block.fc1(x))))
        return self.head.fc(x)


class D2lResidual(nn.Module):
    """The block of d2l.ai, section "Residual Networks", after its torch tab."""

    def __init__(self, inputs, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, num_channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(num_channels, num_channels, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(inputs, num_channels, kernel_size=1, stride=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.bn2 = nn.BatchNorm2d(num_channels)

    def forward(self, X):
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)


# ---- results ---------------------------------------------------------------------------------


def projections(name, tensor):
    value = tensor.detach().double().numpy().reshape(-1)
    norm = float(np.linalg.norm(value))
    if norm < 1e-12:
        return [0.0, 0.0]
    return [norm, float(value @ formula("probe:" + name, value.shape, -1.0, 1.0).astype(np.float64))]


def whole_or_projected(name, tensor):
    return tensor if tensor.numel() <= MOST_VALUES else projections(name, tensor)


def biased_variance(net, batch_sizes, before):
    with torch.no_grad():
        for prefix, module in net.named_modules():
            if isinstance(module, nn.BatchNorm2d):
                n = batch_sizes[prefix]
                kept = (1 - module.momentum) * before[prefix]
                module.running_var.copy_(kept + (module.running_var - kept) * (n - 1) / n)


def training_step(net, x, y, rate, results):
    """One step of SGD; `net` is left in inference mode with the new weights and statistics."""
    net.train()
    sizes, before, hooks = {}, {}, []
    for prefix, module in net.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            before[prefix] = module.running_var.clone()
            count = lambda m, i, o, prefix=prefix: sizes.update({prefix: o.numel() // o.shape[1]})
            hooks.append(module.register_forward_hook(count))
    logits = net(x)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    for hook in hooks:
        hook.remove()
    results["train.logits"] = whole_or_projected("train.logits", logits)
    results["train.loss"] = loss
    biased_variance(net, sizes, before)
    for name, parameter in net.named_parameters():
        results["grad." + name] = projections(name, parameter.grad)
    for prefix, module in net.named_modules():
        if isinstance(module, torchvision.ops.FrozenBatchNorm2d):  # the network's gradient has zeros
            results |= {f"grad.{prefix}.{kind}": [0.0, 0.0] for kind in ("weight", "bias")}
    for name, buffer in net.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            results["after." + name] = projections(name, buffer)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= rate * parameter.grad
    net.eval()
    results["after.logits"] = whole_or_projected("after.logits", net(x))


def evaluated(net, c, stages=(), train=True):
    """Results of a network with formula weights for the inputs of case `c`."""
    x = images((c["batch"], *c["input"]) if c["input"][1:] != (1, 1) else (c["batch"], c["input"][0]))
    results = {}
    hooks = []
    for s, stage in enumerate(stages):
        note = lambda m, i, o, s=s: results.update({f"stage{s}": [o.mean(), o.std(unbiased=False)]})
        hooks.append(stage.register_forward_hook(note))
    with torch.no_grad():
        results["logits"] = fill(net).eval()(x)
    for hook in hooks:
        hook.remove()
    if train:
        training_step(net, x, labels(c["batch"], c["classes"]), c["rate"], results)
    return results


def flat(value):
    if isinstance(value, torch.Tensor):
        return value.detach().double().numpy().reshape(-1)
    return np.array([float(v) for v in value])


def float32_errors(exact, make):
    """How far torch's own float32 run is from its double one: the measure for ours."""
    global DTYPE
    DTYPE = torch.float32
    rounded = make()
    DTYPE = torch.float64
    worst = {}
    for tensor, value in exact.items():
        kind = tensor.split(".")[0]
        scale = np.abs(flat(value)[:1] if kind in ("grad", "after") else flat(value)).max()
        if scale:
            error = np.abs(flat(rounded[tensor]) - flat(value)).max() / scale
            worst[kind] = max(error, worst.get(kind, 0))
    return " ".join(f"{kind} {error:.1e}" for kind, error in worst.items())


def text(key, value):
    return ("x" if key == "input" else ",").join(map(str, value)) if isinstance(value, tuple) else str(value)


def numbers(value):
    return " ".join(f"{v:.12g}" for v in flat(value))


def write(file, cases):
    """`cases`: name → (columns, results)."""
    lines = [
        "# Made by resnet-core/src/test/python/make_goldens.py with"
        f" torch {torch.__version__}, torchvision {torchvision.__version__}, numpy {np.__version__}. Do not edit."
    ]
    for name, (columns, results) in cases.items():
        lines.append("case " + name + "".join(f" {key}={text(key, value)}" for key, value in columns.items()))
        lines += [f"{tensor} {numbers(value)}" for tensor, value in results.items()]
    content = "\n".join(lines) + "\n"
    if len(content) > MOST_BYTES:
        raise SystemExit(f"{file}: expected at most {MOST_BYTES} bytes but was {len(content)}")
    RESOURCES.mkdir(parents=True, exist_ok=True)
    (RESOURCES / f"{file}.txt").write_text(content)
    print(f"{file}: {len(cases)} cases, {len(content)} bytes", flush=True)


# ---- cases -----------------------------------------------------------------------------------

SIZES = {
    "CIFAR": (3, 9, 8),
    "IMAGENET": (3, 33, 32),
    "IMAGENET_ZERO_PADDED": (3, 33, 32),
    "IMAGENET_NORMED": (3, 33, 32),
    "DEEP": (3, 33, 32),
    "TIERED": (3, 33, 32),
}


def small(block, stem, shortcut, projection, downsampling, **changes):
    """A network whose blocks meet every situation: equal shape, new width, new width with stride."""
    bottleneck = block.endswith("BOTTLENECK")
    return {
        "block": block,
        "stem": stem,
        "shortcut": shortcut,
        "projection": projection,
        "downsampling": downsampling,
        "bias": "ABSENT",
        "input": SIZES[stem],
        "batch": 3,
        "classes": 5,
        "stemWidth": 6,
        "depths": (1, 2),
        "widths": (4, 5) if bottleneck else (6, 9),
        "baseWidth": 64,
        "rate": 0.1,
    } | changes


def combinations():
    """File name → case name → columns; every legal combination of the architecture's enums."""
    files = {}
    for block in ("BASIC", "BOTTLENECK", "PREACT_BASIC", "PREACT_BOTTLENECK"):
        projections_of_block = ["CONV"] if block.startswith("PREACT") else ["CONV_NORM", "POOL_CONV_NORM", "CONV"]
        preact_stems = ("IMAGENET_ZERO_PADDED", "IMAGENET_NORMED") if block.startswith("PREACT") else ()
        for downsampling, suffix in (("SPATIAL_CONV", ""), ("FIRST_CONV", "-v1"), ("LAST_BLOCK", "-last")):
            if downsampling == "FIRST_CONV" and block.endswith("BASIC"):
                continue  # a basic block's first convolution is its spatial one
            if downsampling == "LAST_BLOCK" and block != "PREACT_BOTTLENECK":
                continue  # Keras' and slim's alone
            for stem in ("IMAGENET", "DEEP", "CIFAR") + preact_stems:
                file = f"{block}-{stem}".lower() + suffix
                cases = files.setdefault(file, {})
                for shortcut in "B" if downsampling == "LAST_BLOCK" else "ABC":
                    for projection in projections_of_block[: 1 if shortcut == "A" else None]:
                        name = f"{file}-{shortcut}" + ("" if shortcut == "A" else f"-{projection.lower()}")
                        cases[name] = small(block, stem, shortcut, projection, downsampling)
    files["variants"] = {
        "d2l": small("BASIC", "IMAGENET", "B", "CONV", "SPATIAL_CONV", bias="PRESENT", input=(1, 32, 32)),
        "wide-bottleneck": small("BOTTLENECK", "CIFAR", "B", "CONV_NORM", "SPATIAL_CONV", baseWidth=128),
        "wide-basic": small("BASIC", "CIFAR", "B", "CONV_NORM", "SPATIAL_CONV", widths=(12, 24)),
        "wrn": small("PREACT_BASIC", "CIFAR", "B", "CONV", "SPATIAL_CONV", widths=(12, 24)),
        "bias-everywhere": small("BOTTLENECK", "DEEP", "C", "POOL_CONV_NORM", "SPATIAL_CONV", bias="PRESENT"),
        "preact-bias": small("PREACT_BOTTLENECK", "DEEP", "B", "CONV", "SPATIAL_CONV", bias="PRESENT"),
        "keras-v2": small(
            "PREACT_BOTTLENECK", "IMAGENET_ZERO_PADDED", "B", "CONV", "LAST_BLOCK", bias="BARE", depths=(2, 2, 1), widths=(4, 5, 6)
        ),
        "three-stages": small(
            "BASIC", "CIFAR", "A", "CONV_NORM", "SPATIAL_CONV", depths=(2, 1, 1), widths=(6, 9, 18), input=(3, 9, 11)
        ),
        "tiered": small(
            "BASIC", "TIERED", "B", "POOL_CONV_NORM", "SPATIAL_CONV", stemWidth=16, widths=(6, 9), depths=(1, 1)
        ),
        "dense": small("DENSE", "CIFAR", "B", "CONV_NORM", "SPATIAL_CONV") | {
            "stem": "DENSE", "input": (12, 1, 1), "classes": 8, "stemWidth": 24, "depths": (10,), "widths": (24,)},
    }
    files |= option_cases()
    files["grouped"] = grouped_cases()
    files["squeezed"] = squeezed_cases()
    return files


def option_cases():
    """File name → cases of the options that networks have beside the forms of their blocks."""

    def case(block="BASIC", stem="CIFAR", shortcut="B", projection="CONV_NORM", **changes):
        first = changes.pop("first", "SPATIAL_CONV")
        return small(block, stem, shortcut, projection, first, **changes)

    dilated = {"depths": (1, 2, 2), "input": (3, 13, 12)}
    paths = {
        "plain-basic": case(shortcut="NONE"),
        "plain-preact": case("PREACT_BASIC", shortcut="NONE", projection="CONV"),
        "depth-basic": case(stochasticDepth=0.5, kept=("101", "010")),
        "depth-bottleneck": case("BOTTLENECK", stochasticDepth=0.4, kept=("011", "100")),
        "depth-preact": case("PREACT_BASIC", projection="CONV", stochasticDepth=0.8, kept=("110", "001")),
        "depth-squeezed": case(attention="SQUEEZE_EXCITATION", stochasticDepth=0.5, kept=("101", "011")),
    }
    functions = {
        "pool-max": case(headPooling="MAX"),
        "pool-avgmax": case(headPooling="AVGMAX"),
        "pool-catavgmax": case("PREACT_BASIC", projection="CONV", headPooling="CATAVGMAX"),
        "silu": case(activation="SILU"),
        "gelu": case(activation="GELU", stem="DEEP", depths=(1, 1)),
        "leaky-relu": case(activation="LEAKY_RELU"),
        "hard-swish": case("PREACT_BASIC", projection="CONV", activation="HARD_SWISH"),
        "silu-squeezed": case(activation="SILU", attention="SQUEEZE_EXCITATION"),
        "momentum": case(normMomentum=0.01),
    }
    channels = {
        "eca-basic": case(attention="ECA"),
        "eca-bottleneck": case("BOTTLENECK", "DEEP", projection="POOL_CONV_NORM", attention="ECA", widths=(4, 48)),
        "eca-preact": case("PREACT_BASIC", projection="CONV", attention="ECA"),
        "average-basic": case(antiAliasing="AVERAGE", input=(3, 12, 8)),
        "average-bottleneck": case("BOTTLENECK", "IMAGENET", antiAliasing="AVERAGE", input=(3, 32, 32)),
    }
    blurs = {
        "blur-basic": case(antiAliasing="BLUR", input=(3, 12, 9)),
        "blur-stem": case("BASIC", "DEEP", projection="POOL_CONV_NORM", antiAliasing="BLUR", input=(3, 27, 32)),
        "blur-bottleneck": case(
            "BOTTLENECK", "IMAGENET", antiAliasing="BLUR", input=(3, 32, 32), stemWidth=16, widths=(16, 16)),
        "blur-smallest": case(antiAliasing="BLUR", input=(3, 2, 2)),
    }
    grouped = {"norm": "GROUP", "normGroups": 2, "stemWidth": 6}
    norms = {
        "group-basic": case(**grouped, widths=(6, 8)),
        "group-bottleneck": case(
            "BOTTLENECK", "DEEP", projection="POOL_CONV_NORM", **grouped | {"stemWidth": 8}, widths=(4, 6)),
        "group-preact": case("PREACT_BASIC", projection="CONV", **grouped, widths=(6, 8)),
        "group-blocks": case(
            norm="GROUP", normGroups=4, stemWidth=16, widths=(16, 32), depths=(1, 1), attention="SQUEEZE_EXCITATION"),
        "frozen-basic": case(norm="FROZEN"),
        "frozen-bottleneck": case("BOTTLENECK", "IMAGENET", norm="FROZEN", stemWidth=16, widths=(16, 16), depths=(1, 1)),
        "frozen-preact": case("PREACT_BASIC", projection="CONV", norm="FROZEN"),
    }
    mixed = {
        "mixed-timm": case(
            "BOTTLENECK", "DEEP", projection="POOL_CONV_NORM", stemWidth=8, depths=(1, 1, 1, 1), widths=(4, 6, 6, 12),
            blocks=("BASIC", "BASIC", "BOTTLENECK", "BASIC")),
        "mixed-halves": case(
            "BOTTLENECK", depths=(2, 1, 1, 2), widths=(6, 7, 4, 5), blocks=("BASIC", "BASIC", "BOTTLENECK", "BOTTLENECK")),
        "mixed-preact": case(
            "PREACT_BOTTLENECK", projection="CONV", depths=(1, 2), widths=(4, 7), blocks=("PREACT_BOTTLENECK", "PREACT_BASIC")),
    }
    dilations = {
        "stride1-basic": case(outputStride=1),
        "stride2-bottleneck": case("BOTTLENECK", outputStride=2, widths=(4, 5, 6), **dilated),
        "stride2-pool": case("BOTTLENECK", projection="POOL_CONV_NORM", outputStride=2, widths=(4, 5, 6), **dilated),
        "stride4-preact": case(
            "PREACT_BASIC", "IMAGENET", projection="CONV", outputStride=4, depths=(1, 1, 2), widths=(6, 7, 8)),
        "stride1-grouped": case(
            "BOTTLENECK", outputStride=1, widths=(8, 12, 16), groups=2, baseWidth=32, first="FIRST_CONV", **dilated),
    }
    return {"paths": paths, "functions": functions, "channels": channels, "blurs": blurs, "norms": norms, "mixed": mixed, "dilations": dilations}


def grouped_cases():
    """Two and three channels a group in three groups; two groups; one channel a group, which is depthwise."""

    def case(block="BOTTLENECK", stem="CIFAR", shortcut="B", projection="CONV_NORM", first="SPATIAL_CONV", **changes):
        return small(block, stem, shortcut, projection, first, widths=(8, 12), baseWidth=16, groups=3, **changes)

    cases = {
        "imagenet": case(stem="IMAGENET"),
        "deep": case(stem="DEEP", projection="POOL_CONV_NORM"),
        "cifar-A": case(shortcut="A"),
        "cifar-C": case(shortcut="C"),
        "v1": case(first="FIRST_CONV"),
        "preact": case("PREACT_BOTTLENECK", projection="CONV"),
        "bias": case(bias="PRESENT"),
        "two-groups": case() | {"groups": 2, "baseWidth": 32},
        "depthwise": case() | {"groups": 5, "baseWidth": 8},
    }
    return {"grouped-" + name: c for name, c in cases.items()}


def squeezed_cases():
    """Blocks of up to 192 channels, so that the squeezed ones are 8 and 16."""

    def case(block="BASIC", stem="CIFAR", shortcut="B", projection="CONV_NORM", first="SPATIAL_CONV", **changes):
        widths = (6, 9) if block.endswith("BASIC") else (4, 48)
        gate = {"attention": "SQUEEZE_EXCITATION", "widths": widths, "depths": (1, 2)}
        return small(block, stem, shortcut, projection, first) | gate | changes

    cases = {
        "basic": case(),
        "basic-A": case(shortcut="A"),
        "basic-C": case(shortcut="C", stem="IMAGENET"),
        "bottleneck": case("BOTTLENECK"),
        "bottleneck-deep": case("BOTTLENECK", "DEEP", projection="POOL_CONV_NORM", widths=(4, 5)),
        "preact": case("PREACT_BASIC", projection="CONV"),
        "preact-bottleneck": case("PREACT_BOTTLENECK", projection="CONV", widths=(4, 5)),
        "grouped": case("BOTTLENECK", widths=(8, 12), groups=3, baseWidth=16),
    }
    return {"squeezed-" + name: c for name, c in cases.items()}


# Full widths of what torchvision does not have: depths, block, batch, with training.
FULL = {
    "seresnet18-64": ((2, 2, 2, 2), "BASIC", 2, True),
    "seresnet50-64": ((3, 4, 6, 3), "BOTTLENECK", 1, False),
}


def full_network(name):
    depths, block, batch, _ = FULL[name]
    columns = small(block, "IMAGENET", "B", "CONV_NORM", "SPATIAL_CONV", stemWidth=64, classes=1000, rate=1e-6)
    columns |= {"depths": depths, "widths": (64, 128, 256, 512), "attention": "SQUEEZE_EXCITATION"}
    columns |= {"model": name.split("-")[0], "input": (3, 64, 64), "batch": batch}
    return columns, ResNet(columns)


def full_case(name):
    columns, net = full_network(name)
    stages = [list(getattr(net, f"stage{s}").children())[-1] for s in range(net.stages)]
    return columns, evaluated(net, columns, stages, FULL[name][3])


TORCHVISION = {
    "resnet18-64": (2, True),
    "resnet18-224": (1, False),
    "resnet34-64": (1, False),
    "resnet50-64": (2, True),
    "resnet50-224": (1, False),
    "resnet101-64": (1, False),
    "resnet152-64": (1, False),
    "wide_resnet50_2-64": (1, False),
    "wide_resnet101_2-64": (1, False),
    "resnext50_32x4d-64": (2, True),
    "resnext101_32x8d-64": (1, False),
    "resnext101_64x4d-64": (1, False),
}


def torchvision_case(name):
    model, size = name.rsplit("-", 1)
    batch, train = TORCHVISION[name]
    columns = {"model": model, "input": (3, int(size), int(size)), "batch": batch, "classes": 1000}
    columns["rate"] = 1e-6  # the gradients are large

    def results():
        net = torchvision.models.get_model(model, weights=None)
        return evaluated(net, columns, [net.layer1, net.layer2, net.layer3, net.layer4], train)

    exact = results()
    print(f"{name}: torch's float32 against its float64: {float32_errors(exact, results)}")
    return columns, exact


def d2l_cases():
    cases = {}
    for size in (6, 8):
        for outputs, use_1x1conv, strides in ((3, False, 1), (6, True, 2)):
            x = images((4, 3, size, size))
            with torch.no_grad():
                y = fill(D2lResidual(3, outputs, use_1x1conv, strides)).eval()(x)
            columns = {"input": (3, size, size), "batch": 4, "classes": outputs, "strides": strides}
            cases[f"d2l-4x3x{size}x{size}-" + "x".join(map(str, y.shape))] = (columns, {"output": y})
    return cases


# ---- the networks above against torchvision's ------------------------------------------------


def renamed(theirs):
    """The state dict of a network of torchvision under our names."""
    ours = {}
    for name, value in theirs.state_dict().items():
        parts = name.split(".")
        if parts[0].startswith("layer"):
            rest = ".".join(parts[2:]).replace("downsample.0", "shortcut.conv").replace("downsample.1", "shortcut.bn")
            ours[f"stage{int(parts[0][5:]) - 1}.block{parts[1]}.{rest}"] = value
        else:
            ours[("head." if parts[0] == "fc" else "stem.") + name] = value
    return ours


def check_against_torchvision():
    """Our modules with torchvision's widths and weights give torchvision's logits to the last bits."""
    for model, block, depths, groups, branch in (
        ("resnet18", "BASIC", (2, 2, 2, 2), 1, 64),
        ("resnet50", "BOTTLENECK", (3, 4, 6, 3), 1, 64),
        ("wide_resnet50_2", "BOTTLENECK", (3, 4, 6, 3), 1, 128),
        ("resnext50_32x4d", "BOTTLENECK", (3, 4, 6, 3), 32, 4),
    ):
        theirs = fill(torchvision.models.get_model(model, weights=None)).eval()
        ours = ResNet(
            small(block, "IMAGENET", "B", "CONV_NORM", "SPATIAL_CONV", stemWidth=64, classes=1000)
            | {"depths": depths, "widths": (64, 128, 256, 512), "groups": groups, "baseWidth": branch}
        )
        ours.to(DTYPE).load_state_dict(renamed(theirs))
        x = images((1, 3, 64, 64))
        with torch.no_grad():
            expected, actual = theirs(x), ours.eval()(x)
        error = float((expected - actual).abs().max() / expected.abs().max())
        if error > 1e-12:
            raise SystemExit(f"{model}: our torch modules differ from torchvision's by {error}")
    ours = fill(SqueezeExcitation(192))
    theirs = torchvision.ops.SqueezeExcitation(192, 16).to(DTYPE)
    theirs.load_state_dict(ours.state_dict())
    x = images((2, 192, 5, 4))
    with torch.no_grad():
        error = float((theirs(x) - ours(x)).abs().max())
    if error > 1e-12:
        raise SystemExit(f"our squeeze-and-excitation differs from torchvision's by {error}")


def check_dilation_against_torchvision():
    """A ResNet-50 whose last stages are dilated gives torchvision's logits."""
    for output_stride, replaced in ((8, [False, True, True]), (16, [False, False, True])):
        model = lambda **options: torchvision.models.get_model("resnet50", weights=None, **options)
        theirs = fill(model(replace_stride_with_dilation=replaced)).eval()
        ours = ResNet(
            small("BOTTLENECK", "IMAGENET", "B", "CONV_NORM", "SPATIAL_CONV", stemWidth=64, classes=1000)
            | {"depths": (3, 4, 6, 3), "widths": (64, 128, 256, 512), "outputStride": output_stride}
        )
        ours.to(DTYPE).load_state_dict(renamed(theirs))
        x = images((1, 3, 64, 64))
        with torch.no_grad():
            expected, actual = theirs(x), ours.eval()(x)
        error = float((expected - actual).abs().max() / expected.abs().max())
        if error > 1e-12:
            raise SystemExit(f"output stride {output_stride}: our torch modules differ from torchvision's by {error}")


def main(wanted):
    torch.set_num_threads(1)  # one order of summation
    torch.manual_seed(0)  # of no influence: every weight is overwritten
    check_against_torchvision()
    check_dilation_against_torchvision()
    for file, cases in combinations().items():
        if not wanted or file in wanted:
            nets = {name: (ResidualMlp if c["block"] == "DENSE" else ResNet)(c) for name, c in cases.items()}
            write(file, {name: (c, evaluated(nets[name], c)) for name, c in cases.items()})
    if not wanted or "d2l-block" in wanted:
        write("d2l-block", d2l_cases())
    for name in FULL:
        if not wanted or name in wanted:
            write(name, {name: full_case(name)})
    for name in TORCHVISION:
        if not wanted or name in wanted:
            write(name, {name: torchvision_case(name)})


if __name__ == "__main__":
    main(sys.argv[1:])

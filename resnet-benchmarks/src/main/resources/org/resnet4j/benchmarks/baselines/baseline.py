"""The PyTorch baseline of `./resnet bench`: `baseline.py JOB.json` prints one line with an outcome.

The network is read from `plan.json` and `weights.bin` in the job's folder, layer by layer. Its parameters
are counted and its logits compared before the measurement. The fastest of several ways to run it is
measured.
"""

import json
import pathlib
import resource
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

TOLERANCE = {"FP32": 1e-3, "BF16": 0.1}


class PadChannels(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.pad = (0, 0, 0, 0, before, after)

    def forward(self, x):
        return F.pad(x, self.pad)


class GlobalPool(nn.Module):
    def forward(self, x):
        return torch.flatten(F.adaptive_avg_pool2d(x, 1), 1)


# Kinds that are computed without a module.
TWO_INPUTS = ("Add", "ScaleChannels")


def layer(kind, node):
    channels = node["output"]["channels"]
    if kind == "Conv":
        return nn.Conv2d(
            node["inChannels"],
            channels,
            node["kernel"],
            node["stride"],
            node["padding"],
            groups=node["groups"],
            bias=node["bias"] == "PRESENT",
        )
    if kind == "Norm":
        return nn.BatchNorm2d(channels)
    if kind == "Relu":
        return nn.ReLU(inplace=True)
    if kind == "Sigmoid":
        return nn.Sigmoid()
    if kind == "Pool" and node["kind"] == "MAX":
        return nn.MaxPool2d(node["kernel"], node["stride"], node["padding"])
    if kind == "Pool":
        return nn.AvgPool2d(node["kernel"], node["stride"], node["padding"], ceil_mode=True, count_include_pad=False)
    if kind == "Dense":
        return nn.Linear(node["inFeatures"], channels)
    if kind == "GlobalPool":
        return GlobalPool()
    if kind == "PadChannels":
        return PadChannels(node["before"], node["after"])
    if kind == "Dropout":
        return nn.Dropout(node["rate"])
    raise ValueError(f"layer {kind}: unknown")


class Network(nn.Module):
    """The layers of a plan; a value is freed after its last reader."""

    def __init__(self, plan):
        super().__init__()
        last = {name: i for i, entry in enumerate(plan["layers"]) for name in entry["inputs"]}
        self.steps = []
        for i, entry in enumerate(plan["layers"]):
            name, kind, inputs = entry["name"], entry["kind"], entry["inputs"]
            done = [n for n in inputs if last[n] == i]
            if kind == "Input":
                self.first = name
                continue
            module = None
            if kind not in TWO_INPUTS:
                module = layer(kind, entry["node"])
                self.add_module(name.replace(".", "/"), module)
            self.steps.append((name, module or kind, inputs, done))
        self.result = plan["layers"][-1]["name"]

    def forward(self, x):
        values = {self.first: x}
        for name, module, inputs, done in self.steps:
            if module == "ScaleChannels":
                image, factors = inputs
                value = values[image] * values[factors][:, :, None, None]
            elif module == "Add":
                branch, shortcut = inputs
                value = values[branch].add_(values[shortcut]) if branch in done else values[branch] + values[shortcut]
            else:
                value = module(values[inputs[0]])
            for forgotten in done:
                values.pop(forgotten, None)
            values[name] = value
        return values[self.result]


class Job:
    def __init__(self, file):
        told = json.loads(pathlib.Path(file).read_text())
        self.folder = pathlib.Path(told["folder"])
        self.plan = json.loads((self.folder / "plan.json").read_text())
        self.bf16 = told["precision"] == "BF16"
        self.tolerance = TOLERANCE[told["precision"]]
        self.training = told["work"] == "TRAINING"
        self.batch, self.seconds, self.threads = told["batch"], told["seconds"], told["threads"]

    def floats(self, name):
        return torch.from_numpy(np.fromfile(self.folder / name, dtype="<f4"))

    def network(self):
        network = Network(self.plan)
        state, values = network.state_dict(), self.floats("weights.bin")
        for tensor in self.plan["tensors"]:
            target = state[tensor["name"].rsplit(".", 1)[0].replace(".", "/") + "." + tensor["name"].rsplit(".", 1)[1]]
            target.copy_(values[tensor["offset"] : tensor["offset"] + target.numel()].view(tensor["shape"]))
        count = sum(parameter.numel() for parameter in network.parameters())
        if count != self.plan["parameters"]:
            raise ValueError(f"parameters: expected {self.plan['parameters']} but were {count}")
        return network.eval()

    def check(self, forward):
        """Refuses logits that differ from those of stock Deeplearning4j."""
        images = self.floats("images.bin").view(-1, *self.plan["input"])
        expected = self.floats("logits.bin").view(len(images), -1)
        with torch.no_grad():
            actual = forward(images).float()
        expected, actual = (v - v.mean(1, keepdim=True) for v in (expected, actual))
        error = ((expected - actual).abs().max() / expected.abs().max()).item()
        if not error <= self.tolerance:
            raise ValueError(f"logits: expected those of stock Deeplearning4j within {self.tolerance} but {error:.1e}")

    def images(self, channels_last):
        images = torch.rand(self.batch, *self.plan["input"]) * 2 - 1
        return images.contiguous(memory_format=torch.channels_last) if channels_last else images


def timed(action, seconds):
    """Returns the median seconds of one call, and the number of calls."""
    for limit, fewest in ((seconds / 2, 1), (seconds, 3)):
        times = []
        while sum(times) < limit or (len(times) < fewest and sum(times) < 4 * limit):
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
    return float(np.median(times)), len(times)


def autocast(job):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=job.bf16)


def eager(job, channels_last):
    network = job.network()
    if channels_last:
        network = network.to(memory_format=torch.channels_last)

    def forward(x):
        with torch.no_grad(), autocast(job):
            return network(x)

    job.check(forward)
    images = job.images(channels_last)
    return lambda: forward(images)


def frozen(job, channels_last):
    """Returns a traced network with batch norm folded, optimised for inference; in bf16 with bf16 weights."""
    network, images = job.network(), job.images(channels_last)
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
    if job.bf16:
        network = network.bfloat16()
        images = images.bfloat16()
    with torch.no_grad():
        traced = torch.jit.freeze(torch.jit.trace(network, images, check_trace=False).eval())
        if not job.bf16:
            traced = torch.jit.optimize_for_inference(traced)

    def forward(x):
        with torch.no_grad():
            return traced(x.bfloat16() if job.bf16 else x)

    job.check(forward)
    return lambda: forward(images)


def training(job, channels_last):
    network = job.network()
    job.check(network)
    network.train()
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
    images, classes = job.images(channels_last), job.plan["classes"]
    labels = torch.arange(job.batch) % classes
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with autocast(job):
            loss = F.cross_entropy(network(images).float(), labels)
        loss.backward()
        optimizer.step()

    return step


def variants(job):
    """Yields the name and maker of every way to run the job."""
    ways = {"training": training} if job.training else {"eager": eager, "frozen": frozen}
    for name, make in ways.items():
        for channels_last in (False, True):
            yield f"{name}, {'channels-last' if channels_last else 'NCHW'}", lambda m=make, c=channels_last: m(job, c)


def measurement(job):
    best, failures = None, []
    for name, make in variants(job):
        try:
            action = make()
            seconds, _ = timed(action, job.seconds / 8)
            if best is None or seconds < best[0]:
                best = seconds, name, make
        except (RuntimeError, ValueError) as failure:
            print(f"{name}: {failure}", file=sys.stderr)
            failures.append(f"{name}: {str(failure).splitlines()[0]}")
    if best is None:
        raise ValueError("; ".join(failures))
    _, name, make = best
    seconds, batches = timed(make(), job.seconds)
    return {
        "program": f"PyTorch {torch.__version__}",
        "variant": name + (", autocast" if job.bf16 and not name.startswith("frozen") else ""),
        "imagesPerSecond": job.batch / seconds,
        "batches": batches,
        "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }


def main():
    job = Job(sys.argv[1])
    torch.set_num_threads(job.threads)
    torch.manual_seed(42)
    try:
        outcome = {"measurement": measurement(job), "reason": None}
    except ValueError as failure:
        outcome = {"measurement": None, "reason": str(failure)}
    print("@outcome " + json.dumps(outcome))


main()

"""Writes the goldens of OptimiserTest, ScheduleTest and WeightAverageTest with PyTorch.

    python3 optimiser_golden.py ../resources/org/resnet4j/train

A convolution with bias, a batch norm, and two dense layers are trained in double precision for 100 steps by
every optimiser, each with a schedule, weight decay, and gradients clipped to a global norm. Made with PyTorch
1.13.1. LAMB and LARS are written here from their papers (arXiv:1904.00962, algorithm 2; arXiv:1708.03888,
algorithm 1), with timm's choices: parameters without weight decay are not adapted, and a ratio of 0 norms is 1.

Muon is that of timm 1.0.29, in double precision instead of bfloat16, beside PyTorch's SGD for what is not a filter:

    pip download timm==1.0.29 --no-deps && unzip timm-1.0.29-py3-none-any.whl -d FOLDER     # FOLDER in PYTHONPATH
"""

import copy
import functools
import importlib
import importlib.machinery
import json
import math
import sys
import types

import torch
from torch import nn, optim
from torch.optim import lr_scheduler

STEPS, MAX_NORM = 100, 0.1


class Lamb(optim.Optimizer):
    def __init__(self, groups, lr, betas=(0.9, 0.999), eps=1e-6):
        super().__init__(groups, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["t"] += 1
                m, v, t = state["m"], state["v"], state["t"]
                m.copy_(b1 * m + (1 - b1) * p.grad)
                v.copy_(b2 * v + (1 - b2) * p.grad**2)
                ratio = (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"])
                if group["weight_decay"] != 0:
                    ratio += group["weight_decay"] * p
                    weights, update = p.norm().item(), ratio.norm().item()
                    ratio *= weights / update if weights > 0 and update > 0 else 1
                p -= group["lr"] * ratio


class Lars(optim.Optimizer):
    def __init__(self, groups, lr, momentum, trust=0.02, eps=1e-8):
        super().__init__(groups, {"lr": lr, "momentum": momentum, "trust": trust, "eps": eps, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            decay = group["weight_decay"]
            for p in group["params"]:
                g = p.grad.clone()
                if decay != 0:
                    weights, slope = p.norm().item(), g.norm().item()
                    ratio = 1.0
                    if weights > 0 and slope > 0:
                        ratio = group["trust"] * weights / (slope + decay * weights + group["eps"])
                    g = (g + decay * p) * ratio
                v = self.state[p].setdefault("v", torch.zeros_like(p))
                v.copy_(group["momentum"] * v + g)
                p -= group["lr"] * v


@functools.cache
def timm_muon():
    """timm's module alone: the whole package needs other packages and a newer PyTorch."""
    for name in ("timm", "timm.optim"):
        found = importlib.machinery.PathFinder.find_spec(name, getattr(sys.modules.get("timm"), "__path__", None))
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = found.submodule_search_locations
    module = importlib.import_module("timm.optim.muon")
    module.zeropower_via_newtonschulz = functools.partial(module.zeropower_via_newtonschulz, dtype=torch.float64)
    return module


class Muon(optim.Optimizer):
    def __init__(self, groups, lr, momentum):
        super().__init__(groups, {"lr": lr, "weight_decay": 0.0})
        filters = [p for group in groups for p in group["params"] if p.ndim == 4]
        others = [p for group in groups for p in group["params"] if p.ndim != 4]
        options = {"ns_coefficients": "original", "adjust_lr_fn": "original"}
        self.inner = [
            timm_muon().Muon([{"params": filters, "use_muon": True}], lr, momentum=momentum, nesterov=True, **options),
            optim.SGD(others, lr, momentum=momentum, nesterov=True)]

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p *= 1 - group["lr"] * group["weight_decay"]
        for inner in self.inner:
            inner.param_groups[0]["lr"] = self.param_groups[0]["lr"]
            inner.step()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.dense, self.out = nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 5), nn.Linear(5, 3)

    def forward(self, x):
        return self.out(torch.relu(self.dense(torch.relu(self.norm(self.conv(x))).mean((2, 3)))))

    def named(self):
        values = {
            "conv_W": self.conv.weight,
            "conv_b": self.conv.bias,
            "norm_gamma": self.norm.weight,
            "norm_beta": self.norm.bias,
            "dense_W": self.dense.weight.t(),
            "dense_b": self.dense.bias,
            "out_W": self.out.weight.t(),
            "out_b": self.out.bias,
        }
        return {name: value.flatten().tolist() for name, value in values.items()}

    def groups(self, decay, everything):
        weights = [self.conv.weight, self.dense.weight, self.out.weight]
        others = [self.conv.bias, self.norm.weight, self.norm.bias, self.dense.bias, self.out.bias]
        return [
            {"params": weights, "weight_decay": decay},
            {"params": others, "weight_decay": decay if everything else 0.0},
        ]


def averaged(net, decay):
    def average(mean, value, _):
        return decay * mean + (1 - decay) * value

    return optim.swa_utils.AveragedModel(net, "cpu", average, use_buffers=True)


RUNS = {
    "nesterov": (
        lambda net: optim.SGD(net.groups(5e-3, False), lr=0.1, momentum=0.9, nesterov=True),
        lambda sgd: lr_scheduler.PolynomialLR(sgd, STEPS, 0.9)),
    "sgdDecayingAll": (
        lambda net: optim.SGD(net.groups(5e-2, True), lr=0.1, momentum=0.9),
        lambda sgd: lr_scheduler.StepLR(sgd, 30, 0.1)),
    "adamw": (
        lambda net: optim.AdamW(net.groups(0.3, False), lr=0.02),
        lambda sgd: lr_scheduler.OneCycleLR(sgd, 0.02, STEPS, cycle_momentum=False)),
    "adamwDecayingAll": (
        lambda net: optim.AdamW(net.groups(0.3, True), lr=0.02, betas=(0.8, 0.99), eps=1e-6),
        lambda sgd: lr_scheduler.ExponentialLR(sgd, 0.98)),
    "lamb": (
        lambda net: Lamb(net.groups(0.02, False), lr=0.05),
        lambda sgd: lr_scheduler.SequentialLR(
            sgd,
            [lr_scheduler.LinearLR(sgd, 0.1, 1.0, 10), lr_scheduler.CosineAnnealingLR(sgd, STEPS - 10, 1e-3)],
            [10])),
    "lars": (
        lambda net: Lars(net.groups(1e-2, False), lr=1.0, momentum=0.9),
        lambda sgd: lr_scheduler.PolynomialLR(sgd, STEPS, 2.0)),
    "muon": (
        lambda net: Muon(net.groups(0.05, False), lr=0.1, momentum=0.9),
        lambda sgd: lr_scheduler.PolynomialLR(sgd, STEPS, 0.9)),
    "muonDecayingAll": (
        lambda net: Muon(net.groups(0.3, True), lr=0.05, momentum=0.6),
        lambda sgd: lr_scheduler.StepLR(sgd, 30, 0.1)),
}


def data():
    torch.manual_seed(11)
    images = torch.randn(16, 2, 5, 5).round(decimals=3)
    labels = torch.arange(16) % 3
    images += labels.view(16, 1, 1, 1) * torch.linspace(-0.5, 0.5, 50).view(1, 2, 5, 5)
    net = Net()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_((0.5 * torch.randn_like(parameter)).round(decimals=3))
    return images.round(decimals=3), labels, net


def run(images, labels, net, name, parts=1):
    make, schedule = RUNS[name]
    sgd = make(net)
    scheduler = schedule(sgd)
    mean, clipped = averaged(net, 0.9), 0
    result = {"after": {}}
    for step in range(STEPS):
        half = slice(0, 8) if step % 2 == 0 else slice(8, 16)
        sgd.zero_grad()
        for x, y in zip(images[half].chunk(parts), labels[half].chunk(parts)):
            (nn.functional.cross_entropy(net(x), y) / parts).backward()
        clipped += nn.utils.clip_grad_norm_(net.parameters(), MAX_NORM).item() > MAX_NORM
        sgd.step()
        scheduler.step()
        if step % 4 == 0:
            mean.update_parameters(net)
        if step + 1 in (1, STEPS):
            result["after"][step + 1] = net.named()
    result["clipped"] = clipped
    for key, of in (("statistics", net), ("averageStatistics", mean.module)):
        result[key] = {"mean": of.norm.running_mean.tolist(), "var": of.norm.running_var.tolist()}
    result["average"] = mean.module.named()
    return result


def orthogonal(rows, columns):
    """timm's update of a step with rate 1 that starts from zero: minus the orthogonal update, with its scale."""
    update = torch.randn(rows, columns, dtype=torch.float64).round(decimals=3)
    result = nn.Parameter(torch.zeros_like(update))
    result.grad = update.clone()
    options = {"ns_coefficients": "original", "adjust_lr_fn": "original"}
    with torch.no_grad():
        timm_muon().Muon([result], 1.0, momentum=0.0, **options).step()
    return {"rows": rows, "update": update.flatten().tolist(), "result": (-result).flatten().tolist()}


def trajectories():
    torch.set_default_dtype(torch.float64)
    images, labels, net = data()
    golden = {"images": images.flatten().tolist(), "labels": labels.tolist(), "initial": net.named(), "runs": {}}
    for name in RUNS:
        golden["runs"][name] = run(images, labels, copy.deepcopy(net), name)
    golden["accumulated"] = run(images, labels, copy.deepcopy(net), "nesterov", parts=4)
    golden["orthogonal"] = [orthogonal(*shape) for shape in ((4, 9), (6, 6), (12, 5))]
    return golden


def rates(make, steps=90, start=0.4):
    sgd = optim.SGD([nn.Parameter(torch.zeros(1))], lr=start)
    scheduler = make(sgd)
    values = []
    for _ in range(steps):
        values.append(sgd.param_groups[0]["lr"])
        sgd.step()
        scheduler.step() if len(values) < steps else None
    return values


def schedules():
    def warmed(sgd, then):
        return lr_scheduler.SequentialLR(sgd, [lr_scheduler.LinearLR(sgd, 0.01, 1.0, 5), then], [5])

    return {
        "step": rates(lambda sgd: lr_scheduler.StepLR(sgd, 30, 0.1)),
        "stepOfTimm": rates(lambda sgd: lr_scheduler.LambdaLR(sgd, lambda t: 0.97 ** math.floor(t / 2.4))),
        "exponential": rates(lambda sgd: lr_scheduler.ExponentialLR(sgd, 0.98)),
        "rising": rates(lambda sgd: lr_scheduler.ExponentialLR(sgd, 40 ** (1 / 89)), start=0.01),
        "line": rates(lambda sgd: lr_scheduler.PolynomialLR(sgd, 90)),
        "warmedPolynomial": rates(lambda sgd: warmed(sgd, lr_scheduler.PolynomialLR(sgd, 85, 0.9))),
        "warmedCosine": rates(lambda sgd: warmed(sgd, lr_scheduler.CosineAnnealingLR(sgd, 85, 1e-3))),
        "oneCycle": rates(lambda sgd: lr_scheduler.OneCycleLR(sgd, 0.4, 90)),
        "linearCycle": rates(
            lambda sgd: lr_scheduler.OneCycleLR(
                sgd, 0.4, 90, pct_start=0.25, div_factor=10, final_div_factor=20, anneal_strategy="linear")),
    }


if __name__ == "__main__":
    for name, golden in (("optimisers.json", trajectories()), ("rates.json", schedules())):
        with open(f"{sys.argv[1]}/{name}", "w", encoding="utf-8") as out:
            json.dump(golden, out, separators=(",", ":"))
            out.write("\n")

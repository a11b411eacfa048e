"""Writes the goldens of SgdMomentumTest and ScheduleTest with PyTorch.

    python3 sgd_momentum_golden.py ../resources/org/resnet4j/train

A convolution with bias, a batch norm, and a linear classifier are trained in double precision for 100 steps
with SGD(momentum) and a stepped learning rate; weight decay is on convolution and linear weights alone.
"""

import json
import sys

import torch
from torch import nn, optim
from torch.optim import lr_scheduler

MILESTONES, GAMMA, RATE, MOMENTUM, DECAY, STEPS = [30, 60], 0.1, 0.1, 0.9, 5e-3, 100


def trajectory():
    torch.manual_seed(7)
    torch.set_default_dtype(torch.float64)
    images = torch.randn(16, 2, 5, 5).round(decimals=3)
    labels = torch.randint(0, 3, (16,))
    net = nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    conv, norm, dense = net[0], net[1], net[5]
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_((0.5 * torch.randn_like(parameter)).round(decimals=3))
    decayed = [conv.weight, dense.weight]
    others = [conv.bias, norm.weight, norm.bias, dense.bias]
    sgd = optim.SGD([{"params": decayed, "weight_decay": DECAY}, {"params": others}], lr=RATE, momentum=MOMENTUM)
    schedule = lr_scheduler.MultiStepLR(sgd, MILESTONES, GAMMA)

    def parameters():
        return {
            "conv_W": conv.weight.flatten().tolist(),
            "conv_b": conv.bias.tolist(),
            "norm_gamma": norm.weight.tolist(),
            "norm_beta": norm.bias.tolist(),
            "out_W": dense.weight.t().flatten().tolist(),
            "out_b": dense.bias.tolist(),
        }

    golden = {"images": images.flatten().tolist(), "labels": labels.tolist(), "initial": parameters(), "after": {}}
    for step in range(STEPS):
        half = slice(0, 8) if step % 2 == 0 else slice(8, 16)
        sgd.zero_grad()
        nn.functional.cross_entropy(net(images[half]), labels[half]).backward()
        sgd.step()
        schedule.step()
        if step + 1 in (1, 31, STEPS):
            golden["after"][step + 1] = parameters()
    return golden


def rates(make, steps):
    sgd = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.4)
    schedulers = make(sgd)
    values = []
    for _ in range(steps):
        values.append(sgd.param_groups[0]["lr"])
        sgd.step()
        schedulers.step()
    return values


def schedules():
    def warm(sgd, then):
        return lr_scheduler.ChainedScheduler([lr_scheduler.LinearLR(sgd, 0.25, 1.0, 4), then(sgd)])

    def multi_step(sgd):
        return lr_scheduler.MultiStepLR(sgd, [3, 7], 0.1)

    return {
        "multiStep": rates(multi_step, 10),
        "cosine": rates(lambda sgd: lr_scheduler.CosineAnnealingLR(sgd, 20, 0.05), 21),
        "cosineToZero": rates(lambda sgd: lr_scheduler.CosineAnnealingLR(sgd, 8), 9),
        "warmup": rates(lambda sgd: warm(sgd, multi_step), 10),
    }


if __name__ == "__main__":
    for name, golden in (("sgd-momentum.json", trajectory()), ("schedules.json", schedules())):
        with open(f"{sys.argv[1]}/{name}", "w", encoding="utf-8") as out:
            json.dump(golden, out, separators=(",", ":"))
            out.write("\n")

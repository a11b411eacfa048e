#!/usr/bin/python3
"""Writes resnet-onednn/src/test/resources/org/resnet4j/network/descent.txt: fifty training steps in PyTorch.

    apt install python3-torch python3-torchvision      # Debian 12: torch 1.13, torchvision 0.14
    python3 resnet-onednn/src/test/python/descent_golden.py

Networks, formula weights and the format are those of resnet-core/src/test/python/make_goldens.py. Step i sees
the images of formula "images:i" and labels floor(formula "labels:i" in [0, classes)). The updater is torch.optim.SGD
with Nesterov momentum; running_var moves by the biased variance, as in Deeplearning4j. Double precision.

    loss            mean cross-entropy of each step, before its update
    after.TENSOR    every weight and running statistic after the last step: norm and product with a probe
    after.logits    inference after the last step on the images of step 0
"""

import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[4] / "resnet-core/src/test/python"))
import make_goldens as goldens  # noqa: E402

STEPS, BATCH, RATE, MOMENTUM = 50, 8, 0.005, 0.9


def batch(step, c):
    x = torch.from_numpy(goldens.formula(f"images:{step}", (BATCH, *c["input"]), -1.0, 1.0)).to(goldens.DTYPE)
    y = torch.from_numpy(goldens.formula(f"labels:{step}", (BATCH,), 0.0, c["classes"]).astype("int64"))
    return x, y


def descent(net, c):
    goldens.fill(net).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM, nesterov=True)
    losses = []
    for step in range(STEPS):
        sizes, before, hooks = {}, {}, []
        for prefix, module in net.named_modules():
            if isinstance(module, nn.BatchNorm2d):
                before[prefix] = module.running_var.clone()
                count = lambda m, i, o, prefix=prefix: sizes.update({prefix: o.numel() // o.shape[1]})
                hooks.append(module.register_forward_hook(count))
        x, y = batch(step, c)
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        for hook in hooks:
            hook.remove()
        goldens.biased_variance(net, sizes, before)
        optimizer.step()
        losses.append(loss.item())
    results = {"loss": losses}
    for name, tensor in net.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            results["after." + name] = goldens.projections(name, tensor)
    net.eval()
    with torch.no_grad():
        results["after.logits"] = net(batch(0, c)[0])
    return results


def main():
    torch.set_num_threads(1)
    goldens.RESOURCES = HERE.parents[1] / "resources/org/resnet4j/network"
    cases = {}
    for block in ("BASIC", "BOTTLENECK", "PREACT_BASIC", "PREACT_BOTTLENECK"):
        projection = "CONV" if block.startswith("PREACT") else "CONV_NORM"
        c = goldens.small(block, "CIFAR", "B", projection, "SPATIAL_CONV", batch=BATCH, rate=RATE)
        c["momentum"] = MOMENTUM
        cases[f"descent-{block.lower()}"] = (c, descent(goldens.ResNet(c), c))
    goldens.write("descent", cases)
    file = goldens.RESOURCES / "descent.txt"
    ours = str(HERE.relative_to(HERE.parents[4]))
    file.write_text(file.read_text().replace("resnet-core/src/test/python/make_goldens.py", ours, 1))


if __name__ == "__main__":
    main()

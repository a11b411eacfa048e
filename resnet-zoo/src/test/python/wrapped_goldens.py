#!/usr/bin/python3
"""Writes wrapped-prefixes.txt, wrapped-pairs.txt and wrapped-classifiers.txt: the tensor names of a network inside
the modules of training code.

    apt install python3-torch python3-torchvision      # Debian 12: torch 1.13, torchvision 0.14
    python3 resnet-zoo/src/test/python/wrapped_goldens.py

The network is torchvision's ResNet with basic blocks, narrow, one block a stage. Each case puts it into a module as
training code does, and lists the state dict: for a tensor of the network, its name in the network alone, and for any
other a - and its shape. The files are those that make_goldens.py describes, with a line for each tensor below its case:

    # tensor NAME NAME_IN_NETWORK [SHAPE]

The first case is the network alone, with a line as of naming_goldens.py for each tensor.

`logits` are those of the entire module, or of the network where the module has several.
"""

import copy

import torch
from torch import nn
from torchvision.models.resnet import BasicBlock

import naming_goldens
from naming_goldens import NarrowTorchvision, columns, filled, images, numbers, text

C = columns("BASIC", depths=(1, 1, 1, 1), widths=(4, 6, 8, 10), stemWidth=4)


def network():
    net = NarrowTorchvision(BasicBlock, C)
    return net, filled(net)


class Holder(nn.Module):
    """A module of training code; `run` computes its logits."""

    def __init__(self, run=None, **children):
        super().__init__()
        self.run = run
        for name, child in children.items():
            if isinstance(child, torch.Tensor):
                self.register_buffer(name, child)
            else:
                self.add_module(name, child)

    def forward(self, x):
        return self.run(self, x)


def headless(net):
    """The network without its classifier, and the classifier."""
    fc, net.fc = net.fc, nn.Identity()
    return net, fc


def deeper(module, *names):
    for name in reversed(names):
        module = Holder(lambda s, x, n=name: getattr(s, n)(x), **{name: module})
    return module


def wrapped(net):
    """Replaces every stage by one that torch.compile wrapped, and the network, too."""
    for i in range(1, 5):
        setattr(net, f"layer{i}", deeper(getattr(net, f"layer{i}"), "_orig_mod"))
    return deeper(net, "_orig_mod")


def prefixes(net):
    def children(*more):
        return nn.Sequential(*list(net.children())[:-1], *more)

    return {
        "data-parallel": lambda: deeper(net, "module"),
        "compiled": lambda: deeper(wrapped(net), "module"),
        "nested": lambda: deeper(net, "student", "backbone", "feature_extractor"),
        "lightning": lambda: Holder(lambda s, x: s.model(x), model=net, criterion=nn.CrossEntropyLoss(torch.ones(5)),
                                    train_loss=nn.BCEWithLogitsLoss(torch.ones(1))),
        "children": children,
        "children-and-fc": lambda: children(nn.Flatten(), net.fc),
        "swa": lambda: torch.optim.swa_utils.AveragedModel(net),
        "normalised": lambda: nn.Sequential(Holder(lambda s, x: x, mean=torch.zeros(3), std=torch.ones(3)), net),
    }


def pairs(net):
    other = copy.deepcopy(net)
    with torch.no_grad():
        for tensor in other.state_dict().values():
            tensor.mul_(2)

    def two(first, second, **more):
        return Holder(lambda s, x: net(x), **{first: net, second: other}, **more)

    return {
        "model-and-ema": lambda: two("model", "ema_model"),
        "moco": lambda: two("encoder_q", "encoder_k", queue=torch.ones(4, 5), queue_ptr=torch.zeros(1)),
        "byol": lambda: two("online_encoder", "target_encoder"),
        "student-teacher": lambda: two("student", "teacher"),
    }


def classifiers(net):
    def backbone_and(name, inner=None):
        backbone, fc = headless(net)
        head = fc if inner is None else deeper(fc, inner)
        return Holder(lambda s, x: getattr(s, name)(s.backbone(x)), backbone=backbone, **{name: head})

    def replaced(*layers):
        net.fc = nn.Sequential(*layers)
        return net

    def without_bias():
        net.fc.bias = None
        return net

    def with_head(norm):
        backbone, fc = headless(net)
        return Holder(lambda s, x: s.head(s.backbone(x)), backbone=backbone, head=nn.Sequential(norm, fc))

    def beside(**more):
        for name, module in more.items():
            net.add_module(name, module)
        return net

    def one_output():
        fc = net.fc
        net.fc = nn.Linear(10, 1)
        # Views of the first class, so that the names of the whole classifier are listed.
        net.fc.weight.data, net.fc.bias.data = fc.weight.data[:1], fc.bias.data[:1]
        return net

    return {
        "dropout": lambda: replaced(nn.Dropout(), net.fc),
        "mmpretrain": lambda: backbone_and("head", "fc"),
        "classifier": lambda: backbone_and("classifier"),
        "sequential-head": lambda: nn.Sequential(*headless(net)),
        "without-bias": without_bias,
        "beside": lambda: beside(projector=nn.Linear(10, 3), aux_head=nn.Linear(10, 5)),
        "one-output": one_output,
        "two-layers": lambda: replaced(nn.Linear(10, 7), nn.ReLU(), nn.Linear(7, 5)),
        "normed-head": lambda: with_head(nn.BatchNorm1d(10)),
        "followed": lambda: Holder(lambda s, x: s.head(s.backbone(x)), backbone=net, head=nn.Linear(5, 2)),
        "several": lambda: Holder(lambda s, x: s.backbone(x), backbone=headless(net)[0], fc=nn.Linear(10, 5), head=nn.Linear(10, 3)),
    }


def case(name):
    return "case " + name + "".join(f" {key}={text(key, value)}" for key, value in C.items())


def write(file, kinds):
    names = list(kinds(network()[0]))
    lines = [f"# Made by resnet-zoo/src/test/python/wrapped_goldens.py with torch {torch.__version__}. Do not edit."]
    lines += [case("plain")]
    for key, (shape, low, high) in network()[1].items():
        lines.append(f"# tensor {key} {'x'.join(map(str, shape)) or '-'} {low:.17g} {high:.17g}")
    for name in names:
        net, _ = network()
        places = {tensor.data_ptr(): key for key, tensor in net.state_dict().items()}
        copies = {tensor.numpy().tobytes(): key for key, tensor in net.state_dict().items()}
        kept = list(net.state_dict().values())  # keeps addresses from being used again
        module = kinds(net)[name]().double().eval()
        lines.append(case(name))
        for key, tensor in module.state_dict().items():
            if key.endswith("num_batches_tracked") and name != "lightning":
                continue
            place = places.get(tensor.data_ptr(), "-")
            if name == "swa" and tensor.dim():
                place = copies.get(tensor.numpy().tobytes(), "-")
            shape = "" if place != "-" else " " + ("x".join(map(str, tensor.shape)) or "-")
            lines.append(f"# tensor {key} {place}{shape}")
        with torch.no_grad():
            logits = module(torch.from_numpy(images(C)))
            if name == "one-output":
                logits = torch.sigmoid(logits)
        lines.append("logits " + numbers(logits))
        assert len(kept)
    content = "\n".join(lines) + "\n"
    if len(content) > naming_goldens.MOST_BYTES:
        raise SystemExit(f"{file}: {len(content)} bytes")
    (naming_goldens.RESOURCES / f"{file}.txt").write_text(content)
    print(f"{file}: {len(names)} cases, {len(content)} bytes", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("wrapped-prefixes", prefixes)
    write("wrapped-pairs", pairs)
    write("wrapped-classifiers", classifiers)

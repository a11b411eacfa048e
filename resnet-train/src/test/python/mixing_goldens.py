"""Writes the golden of MixingTest with PyTorch 1.13.

    /usr/bin/python3 mixing_goldens.py ../resources/org/resnet4j/mixing

Mixup and CutMix of a batch, with given parameters, in the arithmetic of torchvision 0.14's reference training:
the batch rolled by one, boxes from integer halves of sides, λ of labels from the area of the clipped box.
"""

import json
import math
import sys

import torch

N, C, H, W, CLASSES = 4, 2, 6, 9, 5


def values(tensor):
    return [float("%.9g" % v) for v in tensor.flatten().tolist()]


def blend(rows, share):
    return rows.clone().mul_(share).add_(rows.roll(1, 0).mul_(1.0 - share))


def mixup(images, labels, share):
    return {"share": share, "images": values(blend(images, share)), "labels": values(blend(labels, share))}


def cutmix(images, labels, share, x, y):
    half = 0.5 * math.sqrt(1.0 - share)
    half_width, half_height = int(half * W), int(half * H)
    left = int(torch.clamp(torch.tensor(x - half_width), min=0))
    top = int(torch.clamp(torch.tensor(y - half_height), min=0))
    right = int(torch.clamp(torch.tensor(x + half_width), max=W))
    bottom = int(torch.clamp(torch.tensor(y + half_height), max=H))
    mixed = images.clone()
    mixed[:, :, top:bottom, left:right] = images.roll(1, 0)[:, :, top:bottom, left:right]
    of_area = float(1.0 - (right - left) * (bottom - top) / (W * H))
    return {
        "share": share, "x": x, "y": y, "images": values(mixed), "labels": values(blend(labels, of_area))}


def main(folder):
    torch.manual_seed(16)
    images = torch.randn(N, C, H, W)
    labels = torch.nn.functional.one_hot(torch.tensor([3, 0, 0, 4]), CLASSES).float()
    golden = {
        "torch": torch.__version__,
        "shape": [C, H, W],
        "images": values(images),
        "labels": values(labels),
        "mixup": [mixup(images, labels, share) for share in (0.3, 0.98765432101, 0.0)],
        "cutmix": [
            cutmix(images, labels, *drawn)
            for drawn in ((0.4, 4, 3), (0.25, 0, 5), (0.1, 8, 0), (1.0, 3, 3), (0.0, 4, 3))
        ],
    }
    with open(folder + "/mixing.json", "w") as out:
        json.dump(golden, out)


main(sys.argv[1])

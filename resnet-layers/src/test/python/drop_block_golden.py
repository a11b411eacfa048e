#!/usr/bin/python3
"""Writes drop-block.json, with which DropBlockTest compares DropBlock.

    python3 resnet-layers/src/test/python/drop_block_golden.py     # Debian 12: torchvision 0.14

torchvision.ops.drop_block2d computes outputs and gradients of images of ones. Its random places of squares
are replaced by those in the file, so that both sides drop the same.
"""

import json
import pathlib

import torch
import torchvision

RESOURCES = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/graph"


def case(seed, size, shape, probability):
    n, c, height, width = shape
    generator = torch.Generator().manual_seed(seed)
    side = min(size, height, width)
    corners = torch.rand((n, c, height - side + 1, width - side + 1), generator=generator) < probability
    asked = []

    def draw(noise, gamma):
        asked.append(float(gamma))
        return noise.copy_(corners)

    images = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    bernoulli = torch.Tensor.bernoulli_
    try:
        torch.Tensor.bernoulli_ = draw
        dropped = torchvision.ops.drop_block2d(images, 0.2, size, eps=0)
    finally:
        torch.Tensor.bernoulli_ = bernoulli
    dropped.sum().backward()
    assert torch.equal(images.grad, dropped)
    return {
        "size": size,
        "shape": shape,
        "probability": asked[0],
        "corners": corners.int().flatten().tolist(),
        "factors": [round(factor, 9) for factor in dropped.flatten().tolist()],
    }


if __name__ == "__main__":
    cases = [
        case(1, 3, (2, 3, 7, 6), 0.1),
        case(2, 5, (1, 2, 9, 5), 0.2),
        case(3, 5, (2, 2, 3, 4), 0.5),
        case(4, 1, (1, 2, 2, 3), 0.3),
    ]
    versions = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
    text = json.dumps({"made by": versions, "rate": 0.2, "cases": cases})
    (RESOURCES / "drop-block.json").write_text(text + "\n")

"""Writes whitening filters for WhitenedStemTest, as airbench computes them (Jordan 2024, arXiv:2404.00498, section 3.1).

Made with PyTorch 1.13.0 (Debian 12: python3-torch):

    /usr/bin/python3 resnet-train/src/test/python/whitening_goldens.py

Every image is a formula of its number, channel, row and column, which the test repeats; its values are exact in single
precision.
"""

import json
import pathlib

import torch

OUT = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/training/whitening.json"
EPSILON = 5e-4


def images(count, channels, height, width):
    n, c, y, x = torch.meshgrid(*map(torch.arange, (count, channels, height, width)), indexing="ij")
    bytes_ = (n * n * 31 + c * 71 + y * 37 + x * x * 13 + n * x * y * 7 + c * y * y * 11) % 256
    return bytes_.double() / 256 - 0.5


def case(count, channels, height, width, kernel, stride):
    batch = images(count, channels, height, width)
    columns = torch.nn.functional.unfold(batch, kernel, stride=stride)  # [N, C·k·k, positions]
    patches = columns.transpose(1, 2).reshape(-1, columns.shape[1])
    covariance = patches.T @ patches / len(patches)
    values, vectors = torch.linalg.eigh(covariance)
    filters = vectors.T / (values[:, None] + EPSILON).sqrt()
    return {
        "images": [count, channels, height, width],
        "kernel": kernel,
        "stride": stride,
        "eigenvalues": values.flip(0).tolist(),
        "filters": filters.flip(0).tolist(),
    }


OUT.write_text(json.dumps([case(9, 3, 6, 5, 3, 1), case(7, 1, 9, 8, 4, 2)]) + "\n")

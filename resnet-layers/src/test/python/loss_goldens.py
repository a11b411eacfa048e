"""Writes the golden of LossTest with PyTorch 1.13, in double precision.

    /usr/bin/python3 loss_goldens.py ../resources/org/resnet4j/train

Losses of four examples and their gradients by the logits: cross-entropy with label smoothing, mixed labels and
class weights; binary cross-entropy as in timm's BinaryCrossEntropy (mean over classes, optional threshold); and
distillation, (1 - a) CE + a T² KL(teacher || student) with temperature T.
"""

import json
import sys

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
HARD = torch.tensor([0, 2, 1, 1])
WEIGHTS = torch.tensor([0.5, 2.0, 4.0])
SMOOTHING, SHARE = 0.1, 0.7


def case(loss):
    """Returns the loss of every example, and the gradient of their sum."""
    logits = torch.tensor([[1.5, -0.25, 0.5], [0.0, 2.0, -1.0], [-0.5, 0.75, 0.25], [30.0, -20.0, 10.0]])
    logits.requires_grad_(True)
    losses = loss(logits)
    losses.sum().backward()
    return {"losses": losses.tolist(), "gradient": logits.grad.flatten().tolist(), "logits": logits.flatten().tolist()}


def distilled(logits, teacher, labels, share, temperature):
    own = F.cross_entropy(logits, labels, reduction="none")
    divergence = F.kl_div(
        F.log_softmax(logits / temperature, 1), F.softmax(teacher / temperature, 1), reduction="none").sum(1)
    return (1 - share) * own + share * temperature**2 * divergence


def main(folder):
    torch.manual_seed(5)
    hot = F.one_hot(HARD, 3).double()
    mixed = SHARE * hot + (1 - SHARE) * hot.roll(1, 0)
    teacher = 2 * torch.randn(4, 3)

    def entropy(labels, **options):
        return case(lambda logits: F.cross_entropy(logits, labels, reduction="none", **options))

    def binary(threshold):
        target = mixed if threshold is None else mixed.gt(threshold).double()
        return case(lambda logits: F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(1))

    golden = {
        "torch": torch.__version__,
        "hot": hot.flatten().tolist(),
        "mixed": mixed.flatten().tolist(),
        "teacher": F.softmax(teacher, 1).flatten().tolist(),
        "smoothed": entropy(HARD, label_smoothing=SMOOTHING),
        "smoothedWeighted": entropy(HARD, label_smoothing=SMOOTHING, weight=WEIGHTS),
        "mixedSmoothed": entropy(mixed, label_smoothing=SMOOTHING),
        "mixedSmoothedWeighted": entropy(mixed, label_smoothing=SMOOTHING, weight=WEIGHTS),
        "binary": binary(None),
        "binaryThreshold": binary(0.2),
        "distilled": {
            str(t): case(lambda logits: distilled(logits, teacher, mixed, 0.6, t)) for t in (1.0, 4.0, 0.5)
        },
    }
    with open(folder + "/losses.json", "w") as out:
        json.dump(golden, out)


main(sys.argv[1])

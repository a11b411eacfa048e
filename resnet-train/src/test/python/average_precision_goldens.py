"""Writes the golden of LabelScoresTest with scikit-learn 1.9.1 (NumPy 2.4.6).

    python3 average_precision_goldens.py ../resources/org/resnet4j/run

Average precision and F1 of labels for random scores: one label with ties, one that is true for all examples, one for
none, one for a single example, and one whose scores are random. Scores are multiples of 1/64, exact in single precision.
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, precision_score, recall_score

EXAMPLES, LABELS = 200, 6


def golden():
    random = np.random.RandomState(7)
    truth = random.rand(EXAMPLES, LABELS) < [0.5, 0.3, 0.1, 1, 0, 0.2]
    truth[:, 5] = False
    truth[17, 5] = True
    steps = np.array([64, 8, 64, 64, 64, 64])
    scores = np.clip(0.3 * truth + 0.7 * random.rand(EXAMPLES, LABELS), 0, 1)
    scores[:, 2] = random.rand(EXAMPLES)
    scores = np.round(scores * steps) / steps
    predicted = scores > 0.5
    some = [label for label in range(LABELS) if truth[:, label].any()]
    return {
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "labels": LABELS,
        "truth": truth.astype(int).flatten().tolist(),
        "scores": scores.flatten().tolist(),
        "averagePrecision": [average_precision_score(truth[:, i], scores[:, i]) for i in range(LABELS)],
        "meanAveragePrecision": average_precision_score(truth[:, some], scores[:, some], average="macro"),
        "precision": precision_score(truth, predicted, average=None, zero_division=0).tolist(),
        "recall": recall_score(truth, predicted, average=None, zero_division=0).tolist(),
        "f1": f1_score(truth, predicted, average=None, zero_division=0).tolist(),
        "microF1": f1_score(truth, predicted, average="micro"),
        "macroF1": f1_score(truth, predicted, average="macro", zero_division=0),
        "accuracy": accuracy_score(truth, predicted),
    }


warnings.simplefilter("ignore")  # of the label without examples
with open(sys.argv[1] + "/average-precision.json", "w") as file:
    json.dump(golden(), file)
    file.write("\n")

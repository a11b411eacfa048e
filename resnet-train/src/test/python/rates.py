"""Prints the learning rates that RateScheduleTest expects. Made with PyTorch 1.13.1."""

import warnings

import torch
from torch.optim import lr_scheduler as lr

warnings.filterwarnings("ignore")
EPOCHS, STEPS = 10, 5


def rates(schedules):
    """The rate of every step; schedules maps an optimiser to one by step and one by epoch."""
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    by_step, by_epoch = schedules(optimiser)
    all_rates = []
    for _ in range(EPOCHS):
        for _ in range(STEPS):
            all_rates.append(optimiser.param_groups[0]["lr"])
            if by_step:
                by_step.step()
        if by_epoch:
            by_epoch.step()
    return all_rates


def show(name, values):
    print(name, ", ".join(repr(values[step]) for step in range(3, EPOCHS * STEPS, 10)))


linear = rates(lambda o: (lr.LinearLR(o, 1 / 5, total_iters=5), None))
steps = rates(lambda o: (None, lr.MultiStepLR(o, [3, 6], 0.1)))
show("steps after 5 steps of warm-up", [a * b / 0.1 for a, b in zip(linear, steps)])
show(
    "torchvision's cosine",
    rates(
        lambda o: (
            None,
            lr.SequentialLR(
                o,
                [
                    lr.LinearLR(o, 0.01, total_iters=2),
                    lr.CosineAnnealingLR(o, T_max=8, eta_min=1e-4),
                ],
                milestones=[2],
            ),
        )
    ),
)
show("polynomial", rates(lambda o: (lr.PolynomialLR(o, 50, 0.9), None)))
show("exponential", rates(lambda o: (None, lr.ExponentialLR(o, 0.1))))
show("one cycle", rates(lambda o: (lr.OneCycleLR(o, 0.1, 50, pct_start=0.3, cycle_momentum=False), None)))

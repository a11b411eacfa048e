"""Writes what torchvision's augmentations make of PIL images, for AugmentationGoldenTest.

Made with Pillow 9.4.0, numpy 1.24.2, PyTorch 1.13.0 and torchvision 0.14.1 (Debian 12: python3-pil, python3-numpy,
python3-torch, python3-torchvision):

    /usr/bin/python3 resnet-core/src/test/python/augmentation_goldens.py

Every line is a kind, its fields, and the first 16 digits of the SHA-256 of pixels, [H, W, C]. Where a transform draws,
the fields are the parameters that torchvision drew.
"""

import hashlib
import os
import pathlib
import re

# torch.linspace differs in the last bit between CPUs; this is the same on all.
os.environ["ATEN_CPU_CAPABILITY"] = "default"

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import ColorJitter, RandomErasing, autoaugment, functional
from torchvision.transforms.functional import InterpolationMode

OUT = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/image/augmentations.txt"
SHAPES = [(3, 17, 13), (1, 28, 28), (3, 32, 32), (3, 1, 1), (3, 2, 5), (3, 3, 3), (1, 9, 40), (3, 224, 224)]
SAMPLINGS = [InterpolationMode.NEAREST, InterpolationMode.BILINEAR]
PATTERNS = ["rough", "dim", "flat"]
lines = []


def picture(pattern, shape):
    """The same numbers as AugmentationGoldens.pattern."""
    channels, height, width = shape
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    rough = (c * 71 + y * 37 + x * x * 13 + x * y * 7) & 255
    array = {"rough": rough, "dim": 60 + rough // (3 + c), "flat": 0 * rough + 77}[pattern].astype(np.uint8)
    return Image.fromarray(array[:, :, 0] if channels == 1 else array)


def digest(*images):
    return hashlib.sha256(b"".join(image.tobytes() for image in images)).hexdigest()[:16]


def line(kind, *fields):
    lines.append(" ".join([kind, *map(str, fields)]))


def name(shape):
    return "x".join(map(str, shape))


def constant(operation):
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", operation).upper()


def fill_of(shape, mode):
    """Black for nearest pixels, a colour for others."""
    if mode == InterpolationMode.NEAREST:
        return [0] * shape[0], "0"
    return ([10, 200, 30], "10,200,30") if shape[0] == 3 else ([99], "99")


def spaces(shape):
    height, width = shape[1:]
    return {
        "trivial": (autoaugment.TrivialAugmentWide()._augmentation_space(31), 31),
        "rand": (autoaugment.RandAugment()._augmentation_space(31, (height, width)), 31),
        "auto": (autoaugment.AutoAugment()._augmentation_space(10, (height, width)), 10),
        "mix": (autoaugment.AugMix()._augmentation_space(10, (height, width)), 10),
    }


def tables():
    for shape in [(3, 17, 13), (3, 224, 224)]:
        for space, (entries, bins) in spaces(shape).items():
            for operation, (magnitudes, signed) in entries.items():
                if shape[1] == 17 and (space == "trivial" or "Translate" not in operation):
                    continue
                values = ",".join(map(str, magnitudes.numpy())) if magnitudes.ndim else "-"
                line("table", space, name(shape), bins, constant(operation), "signed" if signed else "plain", values)
    for policy in (autoaugment.AutoAugmentPolicy.IMAGENET, autoaugment.AutoAugmentPolicy.CIFAR10):
        for pair in autoaugment.AutoAugment(policy).policies:
            for operation, probability, magnitude in pair:
                line("policy", policy.name, constant(operation), probability, magnitude or 0)


def operations():
    """Every operation at every magnitude and sign of every policy."""
    for shape in SHAPES:
        for space, (entries, _) in spaces(shape).items():
            for mode in SAMPLINGS:
                for operation, (magnitudes, signed) in entries.items():
                    moves = operation[:5] in ("Shear", "Trans", "Rotat")
                    if mode == InterpolationMode.BILINEAR and not moves:
                        continue
                    fill, text = fill_of(shape, mode)
                    values = magnitudes.tolist() if magnitudes.ndim else [0.0]
                    results = [
                        autoaugment._apply_op(picture(pattern, shape), operation, sign * value, mode, fill)
                        for pattern in PATTERNS[: 1 if moves else 3]
                        for value in values
                        for sign in ((1.0, -1.0) if signed else (1.0,))
                    ]
                    line("operation", space, name(shape), mode.name, text, constant(operation), digest(*results))


def steps_text(steps):
    return ",".join(f"{constant(operation)}:{magnitude!r}" for operation, magnitude in steps) or "-"


def policies():
    """Whole policies, with the operations and magnitudes that they drew."""
    apply = autoaugment._apply_op
    drawn = []

    def recorded(image, operation, magnitude, interpolation, fill):
        drawn.append((operation, magnitude))
        return apply(image, operation, magnitude, interpolation, fill)

    autoaugment._apply_op = recorded
    for seed in range(6):
        for shape in [(3, 17, 13), (1, 28, 28), (3, 64, 48)]:
            for mode in SAMPLINGS:
                fill, text = fill_of(shape, mode)
                for kind, policy in {
                    "TRIVIAL": autoaugment.TrivialAugmentWide(interpolation=mode, fill=fill),
                    "RAND": autoaugment.RandAugment(3, 12, interpolation=mode, fill=fill),
                    "IMAGENET": autoaugment.AutoAugment(interpolation=mode, fill=fill),
                    "CIFAR10": autoaugment.AutoAugment(autoaugment.AutoAugmentPolicy.CIFAR10, mode, fill),
                }.items():
                    torch.manual_seed(seed)
                    drawn.clear()
                    result = policy(picture("rough", shape))
                    line("steps", kind, name(shape), mode.name, text, steps_text(drawn), digest(result))
    autoaugment._apply_op = apply


class PilAugMix(autoaugment.AugMix):
    """torchvision's AugMix with operations of PIL images; keeps what it draws."""

    def _sample_dirichlet(self, params):
        self.weights.append(super()._sample_dirichlet(params))
        return self.weights[-1]


def mixes():
    apply = autoaugment._apply_op
    drawn = []

    def by_pil(tensor, operation, magnitude, interpolation, fill):
        drawn.append((operation, magnitude))
        image = functional.to_pil_image(tensor[0])
        return functional.pil_to_tensor(apply(image, operation, magnitude, interpolation, fill))[None]

    for seed in range(4):
        for shape in [(3, 17, 13), (1, 28, 28), (3, 64, 48)]:
            for mode in SAMPLINGS:
                fill, text = fill_of(shape, mode)
                torch.manual_seed(seed)
                drawn.clear()
                mix = PilAugMix(chain_depth=2, interpolation=mode, fill=fill)
                mix.weights = []
                autoaugment._apply_op = by_pil
                result = mix(picture("rough", shape))
                share, weights = mix.weights
                combined = (weights * share[:, 1:]).flatten().tolist()
                chains = [f"{w!r};{steps_text(drawn[2 * i : 2 * i + 2])}" for i, w in enumerate(combined)]
                line("mix", name(shape), mode.name, text, share[0, 0].item(), "|".join(chains), digest(result))
    autoaugment._apply_op = apply


def colours():
    for seed in range(4):
        for shape in [(3, 17, 13), (1, 28, 28), (3, 64, 48)]:
            for pattern in PATTERNS:
                jitter = ColorJitter(0.8, 0.8, 0.8, 0.5)
                torch.manual_seed(seed)
                draws = ColorJitter.get_params(jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue)
                torch.manual_seed(seed)
                result = jitter(picture(pattern, shape))
                order = ",".join(map(str, draws[0].tolist()))
                line("jitter", pattern, name(shape), order, *map(repr, draws[1:]), digest(result))
    values = np.arange(1 << 24)
    every = np.stack([values >> 16, values >> 8 & 255, values & 255], -1).astype(np.uint8).reshape(4096, 4096, 3)
    for factor in (-0.5, -0.137, 0.0, 0.25, 0.5):
        line("hue", factor, digest(functional.adjust_hue(Image.fromarray(every), factor)))
    for shape in [(3, 17, 13), (1, 28, 28)]:
        image = picture("rough", shape)
        line("grayscale", name(shape), digest(functional.rgb_to_grayscale(image, shape[0])))
        line("vertical", name(shape), digest(functional.vflip(image)))
        line("horizontal", name(shape), digest(functional.hflip(image)))
        window = functional.crop(functional.pad(image, 4), 1, 7, shape[1], shape[2])
        line("crop", name(shape), 1 - 4, 7 - 4, digest(window))


def noises():
    """Krizhevsky et al. 2012, section 4.1, in double precision, with fb.resnet.torch's numbers; rounded and clipped."""
    values = torch.tensor([0.2175, 0.0188, 0.0045], dtype=torch.float64)
    vectors = torch.tensor(
        [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]], dtype=torch.float64
    )
    for seed in range(6):
        for pattern in PATTERNS:
            shape = (3, 17, 13)
            torch.manual_seed(seed)
            # Most shifts of N(0, 0.1) are of less than 10 of 255; larger ones are clipped.
            alpha = torch.randn(3, dtype=torch.float64) * (0.1 if seed < 4 else 5)
            pixels = functional.pil_to_tensor(picture(pattern, shape)).double() / 255
            shifted = pixels + (vectors @ (alpha * values))[:, None, None]
            rounded = (shifted * 255).round().clamp(0, 255).to(torch.uint8)
            line("pca", pattern, name(shape), *map(repr, alpha.tolist()), digest(functional.to_pil_image(rounded)))


def holes():
    for seed in range(4):
        for shape in [(3, 17, 13), (1, 28, 28), (3, 64, 48)]:
            tensor = functional.pil_to_tensor(picture("rough", shape))
            torch.manual_seed(seed)
            fill = [124.0, 116.0, 104.0][: shape[0]]
            y, x, h, w, v = RandomErasing.get_params(tensor, (0.02, 0.33), (0.3, 3.3), fill)
            erased = functional.erase(tensor, y, x, h, w, v.to(torch.uint8))
            text = ",".join(str(int(f)) for f in fill)
            line("erase", name(shape), y, x, h, w, text, digest(functional.to_pil_image(erased)))
    # The authors' rule: half a length either way of the centre, cut at the image's border.
    for shape, y, x, length in [((3, 32, 32), 16, 16, 16), ((3, 32, 32), 0, 31, 16), ((1, 28, 28), 27, 3, 7)]:
        array = np.array(picture("rough", shape)).reshape(shape[1], shape[2], shape[0])
        half = length // 2
        array[max(y - half, 0) : y + half, max(x - half, 0) : x + half] = [124, 116, 104][: shape[0]]
        line("cutout", name(shape), y, x, length, digest(array))


def main():
    tables()
    operations()
    policies()
    mixes()
    colours()
    noises()
    holes()
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

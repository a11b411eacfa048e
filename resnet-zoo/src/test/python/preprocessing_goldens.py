"""Writes what torchvision and Keras's preprocess_input make of two pictures, for PreprocessingTest, and torchvision's
table of weights, for WeightSetsTest.

Made with torch 1.13.1, torchvision 0.14.1, Pillow 9.4.0 and numpy 1.24.2 (Debian 12: python3-torchvision, python3-pil):

    /usr/bin/python3 resnet-zoo/src/test/python/preprocessing_goldens.py

pipeline.txt: for each way and picture, SHA-256 of the prepared floats (little-endian, [C, H, W]) and five of them.
"""

import csv
import hashlib
import pathlib

import numpy as np
from PIL import Image, ImageOps
from torchvision.models import resnet
from torchvision.transforms import Compose, CenterCrop, InterpolationMode, Normalize, Resize, ToTensor
from torchvision.transforms.functional import center_crop, resize

OUT = pathlib.Path(__file__).parents[1] / "resources/org/resnet4j/zoo"
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5] * 3, [0.5] * 3)


def pictures():
    """A wide PNG, and a JPEG whose camera was held upright: 90 degrees to turn."""
    y, x = np.mgrid[0:140, 0:201]
    rings = 127 + 120 * np.sin(((x - 70) ** 2 + (y - 50) ** 2) / 300.0)
    wide = np.stack([rings, x * 255 / 200, (y * 7 + x * 3) % 256], -1).astype(np.uint8)
    Image.fromarray(wide).save(OUT / "wide.png", optimize=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    y, x = np.mgrid[0:300, 0:412]
    waves = np.stack([127 + 100 * np.sin(x / 17.0), 127 + 100 * np.cos(y / 23.0), (x + y) * 255 / 711], -1)
    Image.fromarray(waves.astype(np.uint8)).save(OUT / "held-upright.jpg", exif=exif, quality=85)
    return ["wide.png", "held-upright.jpg"]


def timm(side, crop, mean_and_deviation):
    """timm.data.create_transform without its padding to whole batches."""
    steps = [Resize(side, InterpolationMode.BICUBIC), CenterCrop(crop), ToTensor(), Normalize(*mean_and_deviation)]
    return Compose(steps)


def keras(mode):
    """keras.applications.imagenet_utils.preprocess_input after a centre crop, channels first."""

    def prepare(picture):
        x = np.asarray(center_crop(resize(picture, 256, InterpolationMode.BILINEAR), 224)).astype(np.float32)
        if mode == "tf":
            x /= 127.5
            x -= 1.0
        else:
            x = x[..., ::-1].copy()
            for channel, mean in enumerate([103.939, 116.779, 123.68]):
                x[..., channel] -= mean
        return np.ascontiguousarray(x.transpose(2, 0, 1))

    return prepare


WAYS = {
    "resnet50.tv_in1k_v1": resnet.ResNet50_Weights.IMAGENET1K_V1.transforms(),
    "resnet50.tv_in1k_v2": resnet.ResNet50_Weights.IMAGENET1K_V2.transforms(),
    "resnet50.a1_in1k": timm(int(224 / 0.95), 224, IMAGENET),
    "resnet101d.ra2_in1k": timm(int(256 / 0.95), 256, IMAGENET),
    "resnet50_v2.a1h_in1k": timm(288, 288, HALF),
    "resnet50.keras_in1k": keras("caffe"),
    "resnet50_v2.keras_in1k": keras("tf"),
}


def weights():
    for name in sorted(dir(resnet)):
        if name.endswith("_Weights"):
            for row in getattr(resnet, name):
                metrics = row.meta["_metrics"]["ImageNet-1K"]
                transforms = row.transforms()
                yield [
                    name.removesuffix("_Weights").lower(), row.name, row.url, row.meta["num_params"],
                    metrics["acc@1"], metrics["acc@5"], transforms.resize_size[0], transforms.crop_size[0],
                    transforms.interpolation.value,
                ]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    lines = []
    for picture in pictures():
        seen = ImageOps.exif_transpose(Image.open(OUT / picture)).convert("RGB")
        for name, way in WAYS.items():
            values = np.asarray(way(seen), dtype="<f4")
            samples = values.reshape(-1)[:: values.size // 5][:5]
            digest = hashlib.sha256(values.tobytes()).hexdigest()
            lines.append(" ".join([name, picture, digest, *(f"{x:.9g}" for x in samples)]))
    (OUT / "pipeline.txt").write_text("\n".join(lines) + "\n")
    with open(OUT / "torchvision-weights.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(weights())


if __name__ == "__main__":
    main()

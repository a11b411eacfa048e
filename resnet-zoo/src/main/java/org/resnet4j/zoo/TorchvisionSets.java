package org.resnet4j.zoo;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.zoo.PretrainedWeights.Accuracy;

/**
 * The weights of torchvision, {@code IMAGENET1K_V1} and {@code …_V2}: addresses, accuracies, sizes
 * and pipeline of {@code torchvision/models/resnet.py}, versions 0.14 and 0.15. File names contain
 * the first eight digits of the SHA-256, which {@code torch.hub.load_state_dict_from_url} also
 * checks.
 */
final class TorchvisionSets {
  private static final String FOLDER = "https://download.pytorch.org/models/";
  private static final String ISSUE = "https://github.com/pytorch/vision/issues/3995#";

  private static final Map<String, String> RECIPES =
      Map.of(
          "steps",
          "90 epochs in steps (ResNeXt-101: 100); https://github.com/pytorch/vision/tree/main/references/classification",
          "wide",
          "as the paper; https://github.com/pytorch/vision/pull/912#issue-445437439",
          "new",
          "600 epochs, cosine, label smoothing, mixup, CutMix, TrivialAugment, average of weights; "
              + ISSUE
              + "new-recipe",
          "new-fixres",
          "the new recipe, other training resolution; " + ISSUE + "new-recipe-with-fixres",
          "new-50",
          "the new recipe, tuned; " + ISSUE + "issuecomment-1013906621",
          "new-64x4d",
          "the new recipe; https://github.com/pytorch/vision/pull/5935");

  /** The architecture, tag, file, MiB, top-1, top-5, shorter side and recipe of each network. */
  private static final String TABLE =
      """
      resnet18         v1 resnet18-f37072fd.pth          44.661 69.758 89.078 256 steps
      resnet34         v1 resnet34-b627a593.pth          83.275 73.314 91.420 256 steps
      resnet50         v1 resnet50-0676ba61.pth          97.781 76.130 92.862 256 steps
      resnet50         v2 resnet50-11ad3fa6.pth          97.790 80.858 95.434 232 new-50
      resnet101        v1 resnet101-63fe2227.pth        170.511 77.374 93.546 256 steps
      resnet101        v2 resnet101-cd907fc2.pth        170.530 81.886 95.780 232 new
      resnet152        v1 resnet152-394f9c45.pth        230.434 78.312 94.046 256 steps
      resnet152        v2 resnet152-f82ba261.pth        230.474 82.284 96.002 232 new
      resnext50_32x4d  v1 resnext50_32x4d-7cdf4587.pth   95.789 77.618 93.698 256 steps
      resnext50_32x4d  v2 resnext50_32x4d-1a0047aa.pth   95.833 81.198 95.340 232 new
      resnext101_32x8d v1 resnext101_32x8d-8ba56ff5.pth 339.586 79.312 94.526 256 steps
      resnext101_32x8d v2 resnext101_32x8d-110c445d.pth 339.673 82.834 96.228 232 new-fixres
      resnext101_64x4d v1 resnext101_64x4d-173b62eb.pth 319.318 83.246 96.454 232 new-64x4d
      wide_resnet50_2  v1 wide_resnet50_2-95faca4d.pth  131.820 78.468 94.086 256 wide
      wide_resnet50_2  v2 wide_resnet50_2-9ba9bcbe.pth  263.124 81.602 95.758 232 new-fixres
      wide_resnet101_2 v1 wide_resnet101_2-32ee1156.pth 242.896 78.848 94.284 256 wide
      wide_resnet101_2 v2 wide_resnet101_2-d733dc28.pth 484.747 82.510 96.020 232 new
      """;

  private TorchvisionSets() {}

  static List<PretrainedWeights> all() {
    return TableRow.rows(TABLE).map(TorchvisionSets::weights).toList();
  }

  private static PretrainedWeights weights(TableRow cells) {
    String architecture = cells.text();
    String tag = cells.text();
    String file = cells.text();
    double mebibytes = cells.number();
    Accuracy accuracy =
        new Accuracy(
            cells.number(),
            cells.number(),
            "torchvision, ImageNet-1k validation images at 224x224");
    int resize = cells.whole();
    return new PretrainedWeights(
        architecture + ".tv_in1k_" + tag,
        architecture,
        URI.create(FOLDER + file),
        TableRow.sha256StartIn(file),
        mebibytes,
        "BSD-3-Clause (torchvision)",
        cells.oneOf(RECIPES),
        accuracy,
        ImagePipeline.of(
            new Shape(3, 224, 224),
            Fit.centerCrop(resize, Interpolation.BILINEAR),
            Normalization.TORCHVISION),
        Labels.IMAGENET_1K,
        "torchvision");
  }
}

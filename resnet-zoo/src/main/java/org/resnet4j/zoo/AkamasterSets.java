package org.resnet4j.zoo;

import java.net.URI;
import java.util.List;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.zoo.PretrainedWeights.Accuracy;

/**
 * The weights for CIFAR-10 of github.com/akamaster/pytorch_resnet_cifar10, with the errors in its
 * README. Pixels are normalised as in its {@code trainer.py}, with ImageNet's statistics. File
 * names contain the first eight digits of the SHA-256.
 */
final class AkamasterSets {
  private static final String FOLDER =
      "https://github.com/akamaster/pytorch_resnet_cifar10/raw/master/pretrained_models/";

  /** The depth, file and test error of each network. */
  private static final String TABLE =
      """
      20   resnet20-12fca82f.th   8.27
      32   resnet32-d509ac18.th   7.37
      44   resnet44-014dd654.th   6.90
      56   resnet56-4bfd9763.th   6.61
      110  resnet110-1d1ed7c2.th  6.32
      1202 resnet1202-f3b1deed.th 6.18
      """;

  private AkamasterSets() {}

  static List<PretrainedWeights> all() {
    return TableRow.rows(TABLE).map(AkamasterSets::weights).toList();
  }

  private static PretrainedWeights weights(TableRow cells) {
    String architecture = "resnet%s_cifar".formatted(cells.whole());
    String file = cells.text();
    return new PretrainedWeights(
        architecture + ".akamaster",
        architecture,
        URI.create(FOLDER + file),
        TableRow.sha256StartIn(file),
        0,
        "BSD-2-Clause (Yerlan Idelbayev)",
        "200 epochs of SGD in steps, as the paper; https://github.com/akamaster/pytorch_resnet_cifar10",
        new Accuracy(
            Math.round(1e4 - 100 * cells.number()) / 100.0,
            null,
            "github.com/akamaster/pytorch_resnet_cifar10, CIFAR-10 test images"),
        ImagePipeline.of(
            new Shape(3, 32, 32), Fit.stretch(Interpolation.BILINEAR), Normalization.TORCHVISION),
        Labels.CIFAR_10,
        "akamaster");
  }
}

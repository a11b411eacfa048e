package org.resnet4j.zoo;

import java.net.URI;
import org.resnet4j.fetch.Checksum;

/** Rows beside the real ones. */
public final class TestSets {
  private TestSets() {}

  /** Weights of ResNet-20 for CIFAR-10 with another checksum. */
  static PretrainedWeights row(Checksum checksum) {
    return row("resnet20-12fca82f.th", checksum);
  }

  /** The same in another file. */
  public static PretrainedWeights row(String file, Checksum checksum) {
    PretrainedWeights like = WeightSets.byName("resnet20_cifar.akamaster");
    return new PretrainedWeights(
        like.name(),
        like.architecture(),
        URI.create("https://example.invalid/" + file),
        checksum,
        like.mebibytes(),
        like.licence(),
        like.recipe(),
        like.accuracy(),
        like.preprocessing(),
        like.labels(),
        like.naming());
  }
}

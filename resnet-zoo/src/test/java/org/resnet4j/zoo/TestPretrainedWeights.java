package org.resnet4j.zoo;

import java.net.URI;
import org.resnet4j.fetch.Checksum;

/** Pretrained weights for tests. */
public final class TestPretrainedWeights {
  private TestPretrainedWeights() {}

  /** Returns weights of ResNet-20 for CIFAR-10 with another checksum. */
  static PretrainedWeights weights(Checksum checksum) {
    return weights("resnet20-12fca82f.th", checksum);
  }

  /** Returns the same weights in another file. */
  public static PretrainedWeights weights(String file, Checksum checksum) {
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
        like.pipeline(),
        like.labels(),
        like.naming());
  }
}

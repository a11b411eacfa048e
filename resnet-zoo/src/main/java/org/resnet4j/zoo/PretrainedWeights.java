package org.resnet4j.zoo;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.Download;
import org.resnet4j.image.ImagePipeline;

/**
 * The description of one published weight file; {@link WeightSets} holds the known ones.
 *
 * @param name {@code network.tag}, as on the command line
 * @param architecture name in {@link Architectures}
 * @param address at its publisher
 * @param checksum published checksum
 * @param mebibytes published length in MiB; 0 if it is not published
 * @param licence of the weights, as an SPDX expression or in their authors' words
 * @param recipe training recipe, and its source
 * @param naming key mapping of the file's tensors
 */
public record PretrainedWeights(
    String name,
    String architecture,
    URI address,
    Checksum checksum,
    double mebibytes,
    String licence,
    String recipe,
    Accuracy accuracy,
    ImagePipeline pipeline,
    Labels labels,
    String naming) {

  private static final int MEBI = 1 << 20;

  /**
   * The accuracy on the validation or test images, in per cent.
   *
   * @param top5 null if it is not published
   * @param source publisher of the figures
   */
  public record Accuracy(double top1, @Nullable Double top5, String source) {}

  /**
   * Returns the architecture that these weights are for.
   *
   * @throws IllegalArgumentException when there is no such architecture
   */
  public Architecture architectureSpec() {
    return Architectures.byName(architecture)
        .with(arch -> arch.input(pipeline.output()).classes(labels.names().size()));
  }

  /** Returns the name of the file at its publisher. */
  public String file() {
    String path = address.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns whether the licence permits every use. */
  public boolean isFree() {
    return !licence.startsWith("CC-BY-NC");
  }

  /** Returns the file at its publisher. */
  public Download download() {
    return Download.upTo(address, mostBytes(), checksum);
  }

  /**
   * Returns the maximum length: 110 % of the published one. If none is published, it is twice the
   * size of the parameters in single precision, which leaves room for metadata.
   */
  private long mostBytes() {
    return mebibytes > 0
        ? (long) (1.1 * mebibytes * MEBI) + MEBI
        : 2 * Float.BYTES * Plan.of(architectureSpec()).dl4jParameterCount() + 4L * MEBI;
  }
}

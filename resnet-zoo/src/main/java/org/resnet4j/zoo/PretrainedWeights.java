package org.resnet4j.zoo;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.Download;

/**
 * One set of published weights as a row of data; {@link WeightSets} holds the known ones.
 *
 * @param name {@code network.tag}, as on the command line
 * @param architecture by its name in {@link Architectures}
 * @param address of its publisher
 * @param checksum that the publisher gives
 * @param mebibytes length of the file as published, in MiB; 0 where it is not
 * @param licence of the weights, as an SPDX expression, or what their authors say
 * @param recipe how they were trained, and where that is said
 * @param naming family of the file's tensor names
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
    Preprocessing preprocessing,
    Labels labels,
    String naming) {

  private static final int MEBI = 1 << 20;

  /**
   * On the validation or test images, in per cent.
   *
   * @param top5 null where it is not published
   * @param source whose figures they are
   */
  public record Accuracy(double top1, @Nullable Double top5, String source) {}

  /**
   * The network that these weights are for.
   *
   * @throws IllegalArgumentException when there is no such architecture
   */
  public Architecture row() {
    return Architectures.byName(architecture)
        .with(arch -> arch.input(preprocessing.output()).classes(labels.names().size()));
  }

  /** Name of the file at its publisher. */
  public String file() {
    String path = address.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether the licence allows every use. */
  public boolean isFree() {
    return !licence.startsWith("CC-BY-NC");
  }

  /** The file at its publisher. */
  public Download download() {
    return Download.upTo(address, mostBytes(), checksum);
  }

  /**
   * A tenth more than published; where nothing is, twice what single precision takes, which leaves
   * room for what programs put beside the weights.
   */
  private long mostBytes() {
    return mebibytes > 0
        ? (long) (1.1 * mebibytes * MEBI) + MEBI
        : 2 * Float.BYTES * Plan.of(row()).dl4jParameterCount() + 4L * MEBI;
  }
}

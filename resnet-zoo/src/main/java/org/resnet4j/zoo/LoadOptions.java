package org.resnet4j.zoo;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.weights.Tolerance;

/**
 * The options by which {@link Models#open(java.nio.file.Path, LoadOptions)} reads a file.
 *
 * <pre>{@code
 * LoadOptions.of("resnet50").change(arch -> arch.classes(10).input(3, 96, 96))
 * }</pre>
 *
 * @param architecture of the weights; null if the file names it
 * @param change from that architecture to the one that the weights are for; with {@link
 *     Tolerance#OTHER_CLASSES} the file may have other classes, and the classifier is initialised
 *     anew; with {@link Tolerance#OTHER_CHANNELS} the first convolution is adapted
 * @param naming key mapping of the file, one of {@link org.resnet4j.keymapping.KeyMappings}; null
 *     to detect it
 * @param key path of the weights in a checkpoint, such as {@code state_dict_ema}; empty to find
 *     them by the conventions of training scripts
 * @param tolerated mismatches between file and network that are accepted
 * @param seed seed of parameters that the file does not set
 * @param pipeline from images to the network's input; null for that of the file or of its family
 */
public record LoadOptions(
    @Nullable Architecture architecture,
    UnaryOperator<ArchitectureBuilder> change,
    @Nullable String naming,
    String key,
    Set<Tolerance> tolerated,
    long seed,
    @Nullable ImagePipeline pipeline) {
  /** The seed of fresh weights when none is chosen. */
  static final long SEED = 42;

  private static final LoadOptions STRICT =
      new LoadOptions(null, UnaryOperator.identity(), null, "", Set.of(), SEED, null);

  public LoadOptions {
    tolerated = Set.copyOf(tolerated);
  }

  /**
   * Returns options for the architecture that the file names and a detected key mapping; no
   * mismatch is accepted.
   */
  public static LoadOptions strict() {
    return STRICT;
  }

  /**
   * Returns strict options for weights of the architecture of that name, which their file does not
   * tell: files of v1 and v1.5 look alike.
   *
   * @throws IllegalArgumentException when the name is unknown
   */
  public static LoadOptions of(String architecture) {
    return of(Architectures.byName(architecture));
  }

  /** Returns strict options for weights of an architecture. */
  public static LoadOptions of(Architecture architecture) {
    return new LoadOptions(architecture, STRICT.change, null, "", Set.of(), SEED, null);
  }

  public LoadOptions change(UnaryOperator<ArchitectureBuilder> value) {
    return new LoadOptions(architecture, value, naming, key, tolerated, seed, pipeline);
  }

  /**
   * Returns options with the key mapping of that name; null for the one that is detected.
   *
   * @throws IllegalArgumentException when there is no such key mapping
   */
  public LoadOptions naming(@Nullable String family) {
    if (family != null) {
      KeyMappings.byName(family);
    }
    return new LoadOptions(architecture, change, family, key, tolerated, seed, pipeline);
  }

  /** Returns options that take the weights at {@code path} in the file. */
  public LoadOptions key(String path) {
    return new LoadOptions(architecture, change, naming, path, tolerated, seed, pipeline);
  }

  /** Returns options that also accept {@code more} mismatches. */
  public LoadOptions tolerate(Tolerance... more) {
    Set<Tolerance> all = EnumSet.noneOf(Tolerance.class);
    all.addAll(tolerated);
    all.addAll(Set.of(more));
    return new LoadOptions(architecture, change, naming, key, all, seed, pipeline);
  }

  public LoadOptions seed(long value) {
    return new LoadOptions(architecture, change, naming, key, tolerated, value, pipeline);
  }

  /** Returns options that set the pipeline instead of taking the file's; null for the file's. */
  public LoadOptions pipeline(@Nullable ImagePipeline value) {
    return new LoadOptions(architecture, change, naming, key, tolerated, seed, value);
  }
}

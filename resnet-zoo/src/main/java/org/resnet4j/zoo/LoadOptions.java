package org.resnet4j.zoo;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.weights.Tolerance;

/**
 * The options by which {@link Zoo#load(String, org.resnet4j.tensors.Tensors, LoadOptions)} reads a
 * file.
 *
 * <pre>{@code
 * LoadOptions.strict().architecture(arch -> arch.classes(10).input(1, 96, 96))
 * }</pre>
 *
 * @param architecture changes to the architecture; if they change the number of classes, the
 *     classifier is initialised anew, and if they change the input channels, the first convolution
 *     is adapted
 * @param naming key mapping of the file, one of {@link org.resnet4j.keymapping.KeyMappings}; null
 *     to detect it
 * @param tolerated mismatches between file and network that are accepted
 * @param seed seed of parameters that the file does not set
 */
public record LoadOptions(
    UnaryOperator<ArchitectureBuilder> architecture,
    @Nullable String naming,
    Set<Tolerance> tolerated,
    long seed) {
  /** The seed of fresh weights when none is chosen. */
  static final long SEED = 42;

  public LoadOptions {
    tolerated = Set.copyOf(tolerated);
  }

  /**
   * Returns options for the published architecture and a detected key mapping; no mismatch is
   * accepted.
   */
  public static LoadOptions strict() {
    return new LoadOptions(UnaryOperator.identity(), null, Set.of(), SEED);
  }

  public LoadOptions architecture(UnaryOperator<ArchitectureBuilder> change) {
    return new LoadOptions(change, naming, tolerated, seed);
  }

  public LoadOptions naming(String family) {
    return new LoadOptions(architecture, family, tolerated, seed);
  }

  /** Returns options that also accept {@code more} mismatches. */
  public LoadOptions tolerate(Tolerance... more) {
    Set<Tolerance> all = EnumSet.noneOf(Tolerance.class);
    all.addAll(tolerated);
    all.addAll(Set.of(more));
    return new LoadOptions(architecture, naming, all, seed);
  }

  public LoadOptions seed(long value) {
    return new LoadOptions(architecture, naming, tolerated, value);
  }
}

package org.resnet4j.zoo;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.weights.Tolerance;

/**
 * How {@link Zoo#load(String, org.resnet4j.tensors.Tensors, LoadOptions)} reads a file.
 *
 * <pre>{@code
 * LoadOptions.strict().architecture(arch -> arch.classes(10).input(1, 96, 96))
 * }</pre>
 *
 * @param architecture changes to the row; a number of classes or of input channels that it changes
 *     may differ from the file's: the classifier is fresh then, the first convolution adapted
 * @param naming a family of {@link org.resnet4j.keymapping.KeyMappings}; null to recognise it
 * @param tolerated what need not fit
 * @param seed of what the file does not set
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

  /** The published row, the naming recognised, nothing tolerated. */
  public static LoadOptions strict() {
    return new LoadOptions(UnaryOperator.identity(), null, Set.of(), SEED);
  }

  public LoadOptions architecture(UnaryOperator<ArchitectureBuilder> change) {
    return new LoadOptions(change, naming, tolerated, seed);
  }

  public LoadOptions naming(String family) {
    return new LoadOptions(architecture, family, tolerated, seed);
  }

  /** Accepts {@code more} as well. */
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

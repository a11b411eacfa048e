package org.resnet4j.zoo;

import static java.util.Comparator.comparingDouble;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.toMap;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.resnet4j.support.Nearest;

/** The known pretrained weights, by name. */
public final class WeightSets {
  private static final Map<String, PretrainedWeights> TABLE =
      Stream.of(TorchvisionSets.all(), TimmSets.all(), KerasSets.all(), AkamasterSets.all())
          .flatMap(List::stream)
          .collect(
              collectingAndThen(
                  toMap(
                      PretrainedWeights::name,
                      identity(),
                      (one, other) -> {
                        throw new AssertionError("two pretrained weights are named " + one.name());
                      },
                      LinkedHashMap::new),
                  Collections::unmodifiableMap));

  private WeightSets() {}

  /** Returns all pretrained weights. */
  public static Collection<PretrainedWeights> all() {
    return TABLE.values();
  }

  /** Returns the weights for an architecture, by its name; empty if there are none. */
  public static List<PretrainedWeights> of(String architecture) {
    return TABLE.values().stream()
        .filter(weights -> weights.architecture().equals(architecture))
        .toList();
  }

  /** Returns the weights of exactly that name. */
  public static Optional<PretrainedWeights> find(String name) {
    return Optional.ofNullable(TABLE.get(name));
  }

  /** Returns the most accurate weights for an architecture whose licence permits every use. */
  public static Optional<PretrainedWeights> best(String architecture) {
    return of(architecture).stream()
        .filter(PretrainedWeights::isFree)
        .max(comparingDouble(weights -> weights.accuracy().top1()));
  }

  /**
   * Returns the weights named {@code name}, or the {@link #best} for the architecture of that name.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static PretrainedWeights byName(String name) {
    return find(name)
        .or(() -> best(name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Nearest.unknown("pretrained weights", name, TABLE.keySet())));
  }
}

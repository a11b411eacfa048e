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

/** The table of weight sets. */
public final class WeightSets {
  private static final Map<String, PretrainedWeights> TABLE =
      Stream.of(TorchvisionSets.rows(), TimmSets.rows(), KerasSets.rows(), AkamasterSets.rows())
          .flatMap(List::stream)
          .collect(
              collectingAndThen(
                  toMap(
                      PretrainedWeights::name,
                      identity(),
                      (one, other) -> {
                        throw new AssertionError("two weight sets are named " + one.name());
                      },
                      LinkedHashMap::new),
                  Collections::unmodifiableMap));

  private WeightSets() {}

  /** Every row. */
  public static Collection<PretrainedWeights> all() {
    return TABLE.values();
  }

  /** The rows for an architecture, by its name; empty when there are none. */
  public static List<PretrainedWeights> of(String architecture) {
    return TABLE.values().stream().filter(row -> row.architecture().equals(architecture)).toList();
  }

  /** The row of exactly that name. */
  public static Optional<PretrainedWeights> find(String name) {
    return Optional.ofNullable(TABLE.get(name));
  }

  /** The most accurate of an architecture's rows whose licence allows every use. */
  public static Optional<PretrainedWeights> best(String architecture) {
    return of(architecture).stream()
        .filter(PretrainedWeights::isFree)
        .max(comparingDouble(row -> row.accuracy().top1()));
  }

  /**
   * The row named {@code name}, or the {@link #best} for the architecture named so.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static PretrainedWeights byName(String name) {
    return find(name)
        .or(() -> best(name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(Nearest.unknown("weight set", name, TABLE.keySet())));
  }
}

package org.resnet4j.zoo;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of a network's classes, in the order of its outputs.
 *
 * @param names one for each output; empty for a network without a classifier
 * @param wordnetIds identifiers such as {@code n01440764}, one for each name; empty if there are
 *     none
 */
public record ClassNames(List<String> names, List<String> wordnetIds) {
  public ClassNames {
    names = List.copyOf(names);
    wordnetIds = List.copyOf(wordnetIds);
    if (!wordnetIds.isEmpty() && wordnetIds.size() != names.size()) {
      throw new IllegalArgumentException(
          "classes: expected a WordNet id for each of %s names but there are %s"
              .formatted(names.size(), wordnetIds.size()));
    }
  }

  /** Returns names without WordNet ids. */
  public static ClassNames of(List<String> names) {
    return new ClassNames(names, List.of());
  }

  /** Returns the names {@code class 0}, {@code class 1}, … of classes without names. */
  public static ClassNames numbered(int classes) {
    return of(IntStream.range(0, classes).mapToObj(i -> "class " + i).toList());
  }
}

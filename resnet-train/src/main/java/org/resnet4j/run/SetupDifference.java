package org.resnet4j.run;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;

/** Finds the setting by which a checkpoint cannot be resumed. */
public final class SetupDifference {
  /** The informative fields, which are not compared. */
  private static final Set<String> IGNORED = Set.of("description", "origin");

  /** The places of data, which may change because fingerprints are compared. */
  private static final Set<String> PLACES = Set.of("training.name", "test.name");

  private SetupDifference() {}

  /** Returns the first field that differs, as part of a sentence; empty if none does. */
  public static Optional<String> between(RunRecord.Setup before, RunRecord.Setup now) {
    return between("", Json.tree(before), Json.tree(now));
  }

  private static Optional<String> between(
      String path, @Nullable Object before, @Nullable Object now) {
    if (before instanceof Map<?, ?> first && now instanceof Map<?, ?> second) {
      return names(first, second).stream()
          .map(name -> between(join(path, name), first.get(name), second.get(name)))
          .flatMap(Optional::stream)
          .findFirst();
    }
    return Objects.equals(before, now) || PLACES.contains(path)
        ? Optional.empty()
        : Optional.of(
            "its %s was %s and is now %s".formatted(path, Json.line(before), Json.line(now)));
  }

  private static Set<String> names(Map<?, ?> before, Map<?, ?> now) {
    Set<String> distinct = new TreeSet<>();
    Stream.concat(before.keySet().stream(), now.keySet().stream())
        .forEach(name -> distinct.add(String.valueOf(name)));
    distinct.removeAll(IGNORED);
    return distinct;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}

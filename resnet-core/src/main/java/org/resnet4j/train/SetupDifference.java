package org.resnet4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Why a checkpoint cannot be continued by another setup. */
final class SetupDifference {
  /** Columns for people; they decide nothing. */
  private static final Set<String> IGNORED = Set.of("description", "origin");

  /** Where data is may change; the fingerprint tells whether it is the same. */
  private static final Set<String> PLACES = Set.of("training.name", "test.name");

  private SetupDifference() {}

  /** The first column in which they differ, as part of a sentence; empty when none does. */
  static Optional<String> between(RunRecord.Setup before, RunRecord.Setup now) {
    return between("", Json.tree(before), Json.tree(now));
  }

  private static Optional<String> between(String path, JsonNode before, JsonNode now) {
    if (before.isObject() && now.isObject()) {
      return names(before, now).stream()
          .map(name -> between(join(path, name), before.path(name), now.path(name)))
          .flatMap(Optional::stream)
          .findFirst();
    }
    return before.equals(now) || PLACES.contains(path)
        ? Optional.empty()
        : Optional.of("its %s was %s and is now %s".formatted(path, before, now));
  }

  private static Set<String> names(JsonNode before, JsonNode now) {
    List<String> names = new ArrayList<>();
    before.fieldNames().forEachRemaining(names::add);
    now.fieldNames().forEachRemaining(names::add);
    Set<String> distinct = new TreeSet<>(names);
    distinct.removeAll(IGNORED);
    return distinct;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}

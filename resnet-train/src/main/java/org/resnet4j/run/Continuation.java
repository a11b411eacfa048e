package org.resnet4j.run;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.support.Json;

/** Continues a run whose setup is equal, but for the number of epochs and the patience. */
public final class Continuation {
  /** The fields that are not compared: texts for people, and what older runs lack. */
  private static final Set<String> IGNORED = Set.of("description", "origin", "sums");

  /** The places of data, which may change because fingerprints are compared. */
  private static final Set<String> PLACES = Set.of("training.name", "test.name");

  /** A setting that differs: its path in the setup, and both values as JSON. */
  private record Difference(String path, String before, String now) {
    boolean isOfData() {
      return path.startsWith("training.") || path.startsWith("test.");
    }
  }

  private Continuation() {}

  /**
   * Returns {@code run} for the setup {@code now}. Another number of epochs is noted in it.
   *
   * @param where name of the file in messages
   * @throws IllegalArgumentException when another setting differs, or as many epochs are done
   *     already
   */
  public static RunRecord of(String where, RunRecord run, RunSetup now) {
    Recipe recipe = run.setup().recipe();
    int done = run.epochs().size();
    int before = recipe.epochs();
    int wanted = now.recipe().epochs();
    if (before != wanted && wanted <= done) {
      throw new IllegalArgumentException(
          "%s: expected more epochs than the %s that are done but there are to be %s; choose more"
              .formatted(where, done, wanted));
    }
    int patience = now.recipe().patience();
    boolean equal = before == wanted && recipe.patience() == patience;
    Recipe until = equal ? recipe : recipe.with(next -> next.epochs(wanted).patience(patience));
    Optional<Difference> found = between("", Json.tree(run.setup().with(until)), Json.tree(now));
    if (found.isPresent()) {
      Difference difference = found.get();
      throw new IllegalArgumentException(
          "%s: expected the same setup as before but its %s was %s and is now %s; %s"
              .formatted(
                  where,
                  difference.path,
                  difference.before,
                  difference.now,
                  difference.isOfData()
                      ? "restore the images and leave out what changes their split, or begin another run in another folder"
                      : "leave out what changes it, or choose another folder"));
    }
    return run.continued(now, wanted == done || (equal && run.isFinished()))
        .noting(before == wanted ? List.of() : List.of(changed(before, wanted, done)));
  }

  private static String changed(int before, int now, int done) {
    return "The number of epochs was changed from %s to %s after epoch %s. From the next epoch on, the learning rate is that of a run of %s epochs."
        .formatted(before, now, done, now);
  }

  private static Optional<Difference> between(
      String path, @Nullable Object before, @Nullable Object now) {
    if (before instanceof Map<?, ?> first && now instanceof Map<?, ?> second) {
      return names(first, second).stream()
          .map(name -> between(join(path, name), first.get(name), second.get(name)))
          .flatMap(Optional::stream)
          .findFirst();
    }
    return Objects.equals(before, now) || PLACES.contains(path)
        ? Optional.empty()
        : Optional.of(new Difference(path, Json.line(before), Json.line(now)));
  }

  /** Returns the names of fields: first the kind, on which the others depend. */
  private static Set<String> names(Map<?, ?> before, Map<?, ?> now) {
    Set<String> distinct =
        new TreeSet<>(
            Comparator.comparing((String name) -> !name.equals("kind"))
                .thenComparing(Comparator.naturalOrder()));
    Stream.concat(before.keySet().stream(), now.keySet().stream())
        .forEach(name -> distinct.add(String.valueOf(name)));
    distinct.removeAll(IGNORED);
    return distinct;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}

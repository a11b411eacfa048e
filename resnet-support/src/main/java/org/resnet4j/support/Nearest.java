package org.resnet4j.support;

import static java.util.Comparator.comparingInt;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Suggests known names for an unknown one. */
public final class Nearest {
  private static final int SHOWN = 3;

  /** The length at which the start of a name counts as a slip. */
  private static final int LEAST_PART = 4;

  /** The largest number of neighbours that are compared with a missing name. */
  private static final int MOST_NEIGHBOURS = 1000;

  private Nearest() {}

  /**
   * Returns a sentence that there is no {@code kind} named {@code name}, with the nearest names.
   */
  public static String unknown(String kind, String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return "unknown %s \"%s\"; the nearest are %s"
        .formatted(kind, name, known.stream().sorted(likeness(wanted)).limit(SHOWN).toList());
  }

  /** Returns the known names that {@code name} may be a slip of, the nearest first. */
  public static List<String> to(String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int most = wanted.length() < LEAST_PART ? 1 : Math.max(2, wanted.length() / 3);
    return known.stream()
        .filter(candidate -> distance(wanted, candidate) <= most || isPart(wanted, candidate))
        .sorted(likeness(wanted))
        .limit(SHOWN)
        .toList();
  }

  /** Returns the known names of which {@code name} has half of the letters, the nearest first. */
  public static List<String> loosely(String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(
            candidate ->
                distance(wanted, candidate.toLowerCase(Locale.ROOT))
                    <= Math.max(wanted.length(), candidate.length()) / 2)
        .sorted(comparingInt(candidate -> distance(wanted, candidate)))
        .limit(SHOWN)
        .toList();
  }

  /**
   * Returns the names of what is in the folder of {@code missing}; none if that cannot be listed.
   *
   * @param wanted chooses among them
   */
  public static List<String> neighbours(Path missing, Predicate<Path> wanted) {
    Path folder = missing.getParent() == null ? Path.of("") : missing.getParent();
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder.toString().isEmpty() ? Path.of(".") : folder)) {
      int seen = 0;
      for (Path file : files) {
        if (wanted.test(file)) {
          names.add(String.valueOf(file.getFileName()));
        }
        seen++;
        if (seen == MOST_NEIGHBOURS) {
          break;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // There is nothing to suggest.
    }
    return names;
  }

  /** Returns the order of names that begin with {@code wanted} first, then by distance. */
  private static Comparator<String> likeness(String wanted) {
    return Comparator.<String, Boolean>comparing(candidate -> !isPart(wanted, candidate))
        .thenComparingInt(candidate -> distance(wanted, candidate));
  }

  private static boolean isPart(String wanted, String candidate) {
    return wanted.length() >= LEAST_PART && candidate.startsWith(wanted);
  }

  /** Returns Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}

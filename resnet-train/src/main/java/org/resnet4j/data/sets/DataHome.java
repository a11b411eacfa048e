package org.resnet4j.data.sets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.data.sets.DatasetRow.Format;

/**
 * Where data sets are looked for: the folder that the user names; or else the cache, where the
 * system's packages install, and the jar.
 *
 * <pre>{@code
 * DataHome home = DataHome.usual();
 * try (OpenDataset train = home.open("fashion-mnist", Split.TRAIN)) {
 *   System.out.println(train.origin());
 * }
 * }</pre>
 *
 * @param cache what {@code datasets fetch} writes to
 * @param system what Debian's packages of data sets install to
 */
public record DataHome(Path cache, Path system) {
  /** Environment variable that moves the cache. */
  public static final String VARIABLE = "RESNET4J_HOME";

  private static final Path DEBIAN = Path.of("/usr/share/datasets");

  /** Returns the usual places of this process's environment and user. */
  public static DataHome usual() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The usual places of that environment and that user. */
  public static DataHome of(Map<String, String> environment, Path userHome) {
    String named = environment.getOrDefault(VARIABLE, "");
    Path cache = named.isBlank() ? userHome.resolve(".cache/resnet4j") : Path.of(named);
    return new DataHome(cache, DEBIAN);
  }

  /** The row's own folder in the cache. */
  public Path folder(DatasetRow row) {
    return cache.resolve("datasets").resolve(row.name());
  }

  /**
   * Opens {@code NAME} or {@code NAME:DIR}.
   *
   * @throws IllegalArgumentException when there is no such name
   * @throws IOException when the data is not there, saying where it was looked for, or is not what
   *     it should be
   */
  public OpenDataset open(String data, Split split) throws IOException {
    int colon = data.indexOf(':');
    DatasetRow row = Datasets.of(data);
    if (colon == data.length() - 1) {
      throw new IllegalArgumentException(
          "data set: expected %s:DIR but was \"%s\"".formatted(row.name(), data));
    }
    if (colon >= 0) {
      return openIn(row, Path.of(data.substring(colon + 1)), split);
    }
    if (row.format() == Format.FOLDER) {
      throw new IllegalArgumentException(
          "data set: expected folder:DIR but was \"folder\"; DIR is what holds your images");
    }
    return openAnywhere(row, split);
  }

  private static OpenDataset openIn(DatasetRow row, Path folder, Split split) throws IOException {
    if (row.format() == Format.FOLDER) {
      return FolderDataset.open(row, folder, split);
    }
    DatasetLocation place = new DatasetLocation(row, folder, row.part(split).files());
    Optional<OpenDataset> found = place.open(split);
    if (found.isEmpty()) {
      throw DatasetLocation.missing(row, List.of(place));
    }
    return found.get();
  }

  /** A place counts when it has both halves, so that they never come from two places. */
  private OpenDataset openAnywhere(DatasetRow row, Split split) throws IOException {
    List<DatasetLocation> places =
        List.of(
            new DatasetLocation(row, folder(row), row.files().toList()),
            new DatasetLocation(row, system.resolve(row.name()), row.files().toList()));
    for (DatasetLocation place : places) {
      Optional<OpenDataset> found = place.open(split);
      if (found.isPresent()) {
        return found.get();
      }
    }
    if (EmbeddedSubset.has(row)) {
      return EmbeddedSubset.open(row, split);
    }
    throw DatasetLocation.missing(row, places);
  }
}

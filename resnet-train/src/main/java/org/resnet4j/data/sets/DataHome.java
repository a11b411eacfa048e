package org.resnet4j.data.sets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.data.sets.DatasetSpec.Format;
import org.resnet4j.fetch.CacheFolder;

/**
 * The places where datasets are looked for: the cache, the folder of the system's packages, and the
 * jar. A folder named as {@code NAME:DIR} replaces all three.
 *
 * <pre>{@code
 * DataHome home = DataHome.usual();
 * try (OpenDataset train = home.open("fashion-mnist", Split.TRAIN)) {
 *   System.out.println(train.origin());
 * }
 * }</pre>
 *
 * @param cache folder that {@code datasets fetch} writes to
 * @param system folder that Debian's dataset packages install to
 */
public record DataHome(Path cache, Path system) {
  private static final Path DEBIAN = Path.of("/usr/share/datasets");

  /** Returns the usual places of this process's environment and user. */
  public static DataHome usual() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Returns the usual places for the given environment and home folder. */
  public static DataHome of(Map<String, String> environment, Path userHome) {
    return new DataHome(CacheFolder.of(environment, userHome), DEBIAN);
  }

  /** Returns the dataset's folder in the cache. */
  public Path folder(DatasetSpec spec) {
    return cache.resolve("datasets").resolve(spec.name());
  }

  /**
   * Opens the split of the dataset named {@code NAME} or {@code NAME:DIR}.
   *
   * @throws IllegalArgumentException when there is no such name
   * @throws IOException when the data is not found, with the places searched, or is damaged
   */
  public OpenDataset open(String data, Split split) throws IOException {
    int colon = data.indexOf(':');
    DatasetSpec spec = Datasets.of(data);
    if (colon == data.length() - 1) {
      throw new IllegalArgumentException(
          "dataset: expected %s:DIR but was \"%s\"".formatted(spec.name(), data));
    }
    if (colon >= 0) {
      return openIn(spec, Path.of(data.substring(colon + 1)), split);
    }
    if (spec.format() == Format.FOLDER) {
      throw new IllegalArgumentException(
          "dataset: expected folder:DIR but was \"folder\"; DIR is what holds your images");
    }
    return openAnywhere(spec, split);
  }

  private static OpenDataset openIn(DatasetSpec spec, Path folder, Split split) throws IOException {
    if (spec.format() == Format.FOLDER) {
      return FolderDataset.open(spec, folder, split);
    }
    DatasetLocation place = new DatasetLocation(spec, folder, spec.part(split).files());
    Optional<OpenDataset> found = place.open(split);
    if (found.isEmpty()) {
      throw DatasetLocation.missing(spec, List.of(place));
    }
    return found.get();
  }

  /** Opens the first place that has both splits, so that they are never from two places. */
  private OpenDataset openAnywhere(DatasetSpec spec, Split split) throws IOException {
    List<DatasetLocation> places =
        List.of(
            new DatasetLocation(spec, folder(spec), spec.files().toList()),
            new DatasetLocation(spec, system.resolve(spec.name()), spec.files().toList()));
    for (DatasetLocation place : places) {
      Optional<OpenDataset> found = place.open(split);
      if (found.isPresent()) {
        return found.get();
      }
    }
    if (EmbeddedSubset.has(spec)) {
      return EmbeddedSubset.open(spec, split);
    }
    throw DatasetLocation.missing(spec, places);
  }
}

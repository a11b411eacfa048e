package org.resnet4j.data.sets;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.resnet4j.data.Cifar;
import org.resnet4j.data.Idx;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.sets.DatasetRow.DataFile;
import org.resnet4j.data.sets.DatasetRow.Format;
import org.resnet4j.fetch.NotFetchedException;

/**
 * A folder that may hold a data set, in itself or in the folder that the official archive makes.
 *
 * @param needed files that make it count
 */
record DatasetLocation(DatasetRow row, Path folder, List<DataFile> needed) {
  /** The data, if it is here. */
  Optional<OpenDataset> open(Split split) throws IOException {
    Path holder = holder();
    if (!lacking(holder).isEmpty()) {
      return Optional.empty();
    }
    List<Path> files =
        row.part(split).files().stream().map(file -> path(holder, file).orElseThrow()).toList();
    ImageSource source = source(files);
    try {
      String origin = "%s, %s: %s".formatted(row.title(), holder, count(row, split, source));
      return Optional.of(new OpenDataset(row, split, source, origin, Fingerprint.ofContent(files)));
    } catch (Throwable e) {
      source.close();
      throw e;
    }
  }

  /** As in "10,000 of 60,000 training images". */
  static String count(DatasetRow row, Split split, ImageSource source) {
    int official = row.part(split).images();
    String of =
        source.size() < official ? String.format(Locale.ROOT, "%,d of ", source.size()) : "";
    return String.format(
        Locale.ROOT, "%s%,d %s images", of, Math.max(source.size(), official), split.adjective());
  }

  /** What to tell a user whose data is in none of {@code places}. */
  static NotFetchedException missing(DatasetRow row, List<DatasetLocation> places) {
    return new NotFetchedException(
        NotFetchedException.Kind.DATASET,
        row.name(),
        "%s: expected %s in one folder but %s"
            .formatted(
                row.name(),
                names(places.get(0).needed) + (mayBeGzip(row) ? " (.gz or not)" : ""),
                places.stream().map(DatasetLocation::lack).collect(joining(" and "))),
        "name their folder as %s:DIR".formatted(row.name()));
  }

  private ImageSource source(List<Path> files) throws IOException {
    return switch (row.format()) {
      case IDX -> Idx.open(files.get(0), files.get(1), row.classes());
      case CIFAR10 -> Cifar.CIFAR10.open(files, row.classes());
      case CIFAR100 -> Cifar.CIFAR100.open(files, row.classes());
      case FOLDER -> throw new AssertionError("FolderDataset opens folders");
    };
  }

  private String lack() {
    if (!Files.isDirectory(folder)) {
      return "there is no " + folder;
    }
    List<DataFile> lacking = lacking(holder());
    return "%s lacks %s".formatted(folder, lacking.equals(needed) ? "all of them" : names(lacking));
  }

  /** Of the folder itself and the archive's folder in it, the one with more of the files. */
  private Path holder() {
    return Stream.of(folder.resolve(row.folder()), folder)
        .min(comparingInt(candidate -> lacking(candidate).size()))
        .orElseThrow();
  }

  private List<DataFile> lacking(Path holder) {
    return needed.stream().filter(file -> path(holder, file).isEmpty()).toList();
  }

  private Optional<Path> path(Path holder, DataFile file) {
    return Stream.of(file.name(), file.name() + ".gz")
        .limit(mayBeGzip(row) ? 2 : 1)
        .map(holder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static boolean mayBeGzip(DatasetRow row) {
    return row.format() == Format.IDX;
  }

  private static String names(List<DataFile> files) {
    return files.stream().map(DataFile::name).collect(joining(", "));
  }
}

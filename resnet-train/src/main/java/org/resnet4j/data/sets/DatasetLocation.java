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
import org.resnet4j.data.sets.DatasetSpec.DataFile;
import org.resnet4j.data.sets.DatasetSpec.Format;
import org.resnet4j.fetch.NotFetchedException;

/**
 * A folder that may hold a dataset, either directly or in the folder that the official archive
 * unpacks to.
 *
 * @param needed the files that it must hold to be used
 */
record DatasetLocation(DatasetSpec spec, Path folder, List<DataFile> needed) {
  /** Returns the opened data, or nothing if files are missing. */
  Optional<OpenDataset> open(Split split) throws IOException {
    Path holder = holder();
    if (!lacking(holder).isEmpty()) {
      return Optional.empty();
    }
    List<Path> files =
        spec.part(split).files().stream().map(file -> path(holder, file).orElseThrow()).toList();
    ImageSource source = source(files);
    try {
      String origin = "%s, %s: %s".formatted(spec.title(), holder, count(spec, split, source));
      return Optional.of(
          new OpenDataset(spec, split, source, origin, Fingerprint.ofContent(files)));
    } catch (Throwable e) {
      source.close();
      throw e;
    }
  }

  /** Returns a text such as "10,000 of 60,000 training images". */
  static String count(DatasetSpec spec, Split split, ImageSource source) {
    int official = spec.part(split).images();
    String of = source.size() < official ? number(source.size()) + " of " : "";
    return "%s%s %s images"
        .formatted(of, number(Math.max(source.size(), official)), split.adjective());
  }

  /** Returns the number with commas. */
  static String number(int value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Returns the exception for data that is in none of {@code places}. */
  static NotFetchedException missing(DatasetSpec spec, List<DatasetLocation> places) {
    return new NotFetchedException(
        NotFetchedException.Kind.DATASET,
        spec.name(),
        "%s: expected %s in one folder but %s"
            .formatted(
                spec.name(),
                names(places.get(0).needed) + (mayBeGzip(spec) ? " (.gz or not)" : ""),
                places.stream().map(DatasetLocation::lack).collect(joining(" and "))),
        "name their folder as %s:DIR".formatted(spec.name()));
  }

  private ImageSource source(List<Path> files) throws IOException {
    return switch (spec.format()) {
      case IDX -> Idx.open(files.get(0), files.get(1), spec.classes());
      case CIFAR10 -> Cifar.CIFAR10.open(files, spec.classes());
      case CIFAR100 -> Cifar.CIFAR100.open(files, spec.classes());
      case FOLDER, LIST -> throw new AssertionError("others open folders and lists");
    };
  }

  private String lack() {
    if (!Files.isDirectory(folder)) {
      return "there is no " + folder;
    }
    List<DataFile> lacking = lacking(holder());
    return "%s lacks %s".formatted(folder, lacking.equals(needed) ? "all of them" : names(lacking));
  }

  /** Returns the folder itself or the archive's folder in it, whichever has more of the files. */
  private Path holder() {
    return Stream.of(folder.resolve(spec.folder()), folder)
        .min(comparingInt(candidate -> lacking(candidate).size()))
        .orElseThrow();
  }

  private List<DataFile> lacking(Path holder) {
    return needed.stream().filter(file -> path(holder, file).isEmpty()).toList();
  }

  private Optional<Path> path(Path holder, DataFile file) {
    return Stream.of(file.name(), file.name() + ".gz")
        .limit(mayBeGzip(spec) ? 2 : 1)
        .map(holder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static boolean mayBeGzip(DatasetSpec spec) {
    return spec.format() == Format.IDX;
  }

  private static String names(List<DataFile> files) {
    return files.stream().map(DataFile::name).collect(joining(", "));
  }
}

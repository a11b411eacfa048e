package org.resnet4j.data.sets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.HeldOut;
import org.resnet4j.data.sets.DatasetSpec.Format;
import org.resnet4j.support.Nearest;

/**
 * A dataset that can be opened: images of a folder, of a list, or of a known name.
 *
 * <pre>{@code
 * Dataset photos = Dataset.folder(Path.of("photos")).split(0.2, 0);
 * try (OpenDataset training = photos.open(Split.TRAIN)) {
 *   System.out.println(training.origin());
 * }
 * }</pre>
 *
 * <p>A folder holds one folder a class, either directly or in {@code train} and {@code test} or
 * {@code val}. Without splits, a random share of every class is for the test.
 */
public final class Dataset {
  private final DatasetSpec spec;
  private final @Nullable Path place;
  private final DataHome home;
  private final FileOptions options;

  private Dataset(DatasetSpec spec, @Nullable Path place, DataHome home, FileOptions options) {
    this.spec = spec;
    this.place = place;
    this.home = home;
    this.options = options;
  }

  /** Returns the images of a folder of class folders, with or without splits. */
  public static Dataset folder(Path folder) {
    return of(Datasets.byName("folder"), folder);
  }

  /**
   * Returns the images of a list: a CSV or TSV file of paths, labels and, if any, splits, as {@link
   * org.resnet4j.data.ImageList} reads it. Images may have several labels.
   */
  public static Dataset list(Path file) {
    return of(Datasets.byName("list"), file);
  }

  /**
   * Returns the dataset of that name, such as {@code cifar10}, wherever it is found.
   *
   * @throws IllegalArgumentException naming the nearest, when there is none
   */
  public static Dataset named(String name) {
    DatasetSpec spec = Datasets.byName(name);
    if (spec.isOfFiles()) {
      throw new IllegalArgumentException(
          "dataset: expected %s:%s but was \"%s\"; %2$s is what holds your images"
              .formatted(name, spec.format() == Format.LIST ? "FILE" : "DIR", name));
    }
    return of(spec, null);
  }

  /**
   * Returns the dataset that a text names: {@code NAME}, {@code NAME:DIR}, {@code folder:DIR},
   * {@code list:FILE}, or the path of a folder or of a list that ends in {@code .csv} or {@code
   * .tsv}.
   *
   * @throws IllegalArgumentException when there is no such name, folder or file
   */
  public static Dataset of(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (Datasets.all().stream().noneMatch(spec -> spec.name().equals(name))) {
      return ofPath(text);
    }
    DatasetSpec spec = Datasets.byName(name);
    if (colon < 0) {
      return named(name);
    }
    if (colon == text.length() - 1) {
      throw new IllegalArgumentException(
          "dataset: expected %s:%s but was \"%s\""
              .formatted(name, spec.format() == Format.LIST ? "FILE" : "DIR", text));
    }
    return of(spec, path(text.substring(colon + 1)));
  }

  private static Dataset ofPath(String text) {
    Path path = path(text);
    if (Files.isDirectory(path)) {
      return folder(path);
    }
    boolean isList = isList(text);
    if (isList && Files.isRegularFile(path)) {
      return list(path);
    }
    if (Files.exists(path)) {
      throw new IllegalArgumentException(
          "dataset: expected a folder of class folders, or a list that ends in .csv or .tsv, but was the file "
              + text);
    }
    int colon = text.indexOf(':');
    if (colon <= 1 && (isList || text.indexOf('/') >= 0 || text.indexOf('\\') >= 0)) {
      throw new IllegalArgumentException(
          "dataset: expected a folder or a list of images but there is no "
              + text
              + suggested(path));
    }
    throw new IllegalArgumentException(
        Nearest.unknown(
                "dataset",
                colon > 1 ? text.substring(0, colon) : text,
                Datasets.all().stream().map(DatasetSpec::name).toList())
            + "; and there is no folder "
            + text
            + suggested(path));
  }

  /** Returns a question with the folders and lists beside {@code missing} of a similar name. */
  private static String suggested(Path missing) {
    List<String> near =
        Nearest.loosely(
            String.valueOf(missing.getFileName()),
            Nearest.neighbours(missing, Dataset::mayHoldImages));
    return near.isEmpty()
        ? ""
        : near.stream()
            .map(name -> missing.resolveSibling(name).toString())
            .collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }

  private static boolean mayHoldImages(Path path) {
    return !String.valueOf(path.getFileName()).startsWith(".")
        && (Files.isDirectory(path) || isList(path.toString()));
  }

  private static boolean isList(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".csv") || lower.endsWith(".tsv");
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "dataset: expected a path in the character set of Java's locale, %s, but was \"%s\" (%s); start Java in a locale of UTF-8, such as LC_ALL=C.UTF-8"
              .formatted(System.getProperty("sun.jnu.encoding"), text, e.getReason()),
          e);
    }
  }

  private static Dataset of(DatasetSpec spec, @Nullable Path place) {
    return new Dataset(spec, place, DataHome.usual(), FileOptions.NONE);
  }

  /** Looks for datasets that are only named in {@code value} instead of the usual places. */
  public Dataset in(DataHome value) {
    return new Dataset(spec, place, value, options);
  }

  /**
   * Keeps another share of every class, or other images, for the test. Equal shares and seeds keep
   * equal images; without this, the share is 20 % and the seed 0.
   *
   * <p>Of a dataset with official splits, it is a share of the training images: 0.1 of CIFAR-10 are
   * the 45,000 and 5,000 images of He et al. 2015 (arXiv:1512.03385), section 4.2. Only {@link
   * #whole()} then opens the official test images.
   *
   * @param share above 0 and below 1
   * @throws IllegalArgumentException when it is not; if a folder or list has splits, {@link #open}
   *     refuses another
   */
  public Dataset split(double share, long seed) {
    return with(new FileOptions(new HeldOut(share, seed), options.leftOut(), options.numbered()));
  }

  /**
   * Leaves out images.
   *
   * @param files paths as {@link OpenDataset#leftOut} gives them
   */
  public Dataset without(List<String> files) {
    if (!files.isEmpty()) {
      requireFiles();
    }
    return with(new FileOptions(options.chosen(), files, options.numbered()));
  }

  /**
   * Opens the images as a run did: with its order of classes, if they are these; with its random
   * split, unless one is chosen; and without the images that it left out.
   */
  public Dataset as(List<String> classes, @Nullable HeldOut split, List<String> leftOut) {
    HeldOut chosen = options.chosen();
    return with(new FileOptions(chosen == null ? split : chosen, leftOut, classes));
  }

  private Dataset with(FileOptions value) {
    return new Dataset(spec, place, home, value);
  }

  private void requireFiles() {
    if (!spec.isOfFiles()) {
      throw new IllegalArgumentException(
          "%s: expected a folder or a list of images for files to leave out but it has official splits; leave it out"
              .formatted(spec.name()));
    }
  }

  /** Returns the description of the dataset. */
  public DatasetSpec spec() {
    return spec;
  }

  /**
   * Returns the path of an image's file as {@link #without} takes it.
   *
   * @param file as {@link org.resnet4j.data.ImageSource#file} of an opened split gives it
   */
  public String relative(Path file) {
    Path at = place;
    Path folder = spec.format() == Format.LIST && at != null ? at.getParent() : at;
    return FileOptions.relative(folder == null ? Path.of("") : folder, file);
  }

  /**
   * Opens a split.
   *
   * @throws IOException when the data is not found, with the places searched, or is damaged
   */
  public OpenDataset open(Split split) throws IOException {
    Path at = place;
    if (at == null || !spec.isOfFiles()) {
      HeldOut chosen = options.chosen();
      return chosen == null
          ? home.open(spec, at, split)
          : home.open(spec, at, Split.TRAIN).held(chosen, split);
    }
    return spec.format() == Format.LIST
        ? new ListDataset(spec, at, options).open(split)
        : new FolderDataset(spec, at, options).open(split);
  }

  /**
   * Opens the data for use outside of training: the test split if there are splits, even where a
   * training keeps images of its own, and otherwise all images.
   *
   * @throws IOException when the data is not found, with the places searched, or is damaged
   */
  public OpenDataset whole() throws IOException {
    Path at = place;
    if (at == null || !spec.isOfFiles()) {
      return home.open(spec, at, Split.TEST);
    }
    return spec.format() == Format.LIST
        ? new ListDataset(spec, at, options).whole()
        : new FolderDataset(spec, at, options).whole();
  }

  /**
   * Opens the images that a training kept for its test if this is its data, and otherwise {@link
   * #whole()}. A training on images without splits has one fingerprint for both of its splits.
   *
   * @param training fingerprint of the training images
   * @param test fingerprint of the test images
   */
  public OpenDataset unseen(String training, String test) throws IOException {
    if (spec.isOfFiles() && training.equals(test)) {
      try {
        OpenDataset kept = open(Split.TEST);
        if (kept.fingerprint().equals(test)) {
          return kept;
        }
        kept.close();
      } catch (IOException e) {
        // It is other data, which need not have two images of a class.
      }
    }
    Dataset plain = with(new FileOptions(null, List.of(), options.numbered()));
    OpenDataset all = plain.whole();
    if (options.leftOut().isEmpty() || !all.fingerprint().equals(test)) {
      return all;
    }
    all.close();
    return plain.without(options.leftOut()).whole();
  }

  /** Returns the text that {@link #of(String)} takes. */
  @Override
  public String toString() {
    return place == null ? spec.name() : spec.name() + ":" + place;
  }
}

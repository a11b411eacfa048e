package org.resnet4j.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.support.ForeignText;

/**
 * A list of image files with labels: a CSV or TSV file with the columns path, label and, if it
 * likes, split.
 *
 * <p>Paths are absolute, or relative to the list's folder. Splits are train, val and test, and some
 * synonyms. The first line may name the columns.
 *
 * <p>Images may have several labels, or none, in one of two forms. The labels of an image share a
 * cell, with a bar between them: {@code a.jpg,cat|dog}. An empty cell, or a bar alone, is an image
 * without a label. If no cell has a bar, every image has one label. Or the first line names a
 * column of paths and none of labels: then each other column but the split is a label, with 1 (or
 * true) in the rows of its images and 0, -1 or false in the others:
 *
 * <pre>
 * path,cat,dog
 * a.jpg,1,1
 * b.jpg,0,0
 * </pre>
 */
public final class ImageList {
  private static final int MOST_ROWS = 20_000_000;
  private static final int SHOWN = 3;

  private final Path root;
  private final List<Entry> entries;
  private final List<String> classes;
  private final boolean multiLabel;

  /**
   * A row.
   *
   * @param split train, val, test, or empty if there is no such column
   */
  private record Entry(int line, String path, List<String> labels, String split) {
    /** Returns the labels as a cell has them. */
    String label() {
      return String.join("|", labels);
    }
  }

  private ImageList(Path root, List<Entry> entries, List<String> classes, boolean multiLabel) {
    this.root = root;
    this.entries = entries;
    this.classes = classes;
    this.multiLabel = multiLabel;
  }

  /**
   * Reads a list whose name ends in {@code .tsv} or, with commas or semicolons, in anything else.
   *
   * @throws DataFormatException with the line, when it is no such list; when files are missing; or
   *     when lines differ in the labels of a file
   */
  public static ImageList read(Path list) throws IOException {
    ImageFiles.requireRegular(list);
    Path above = list.toAbsolutePath().getParent();
    Path root = list.getParent() == null ? Path.of("") : list.getParent();
    List<Entry> entries = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(list));
        SeparatedRows rows =
            SeparatedRows.of(list.toString(), in, SeparatedRows.separator(list.toString(), in))) {
      SeparatedRows.Row row = rows.next();
      if (row == null) {
        throw new DataFormatException(
            list + ": expected paths and labels but it is empty; add a line for each image");
      }
      ListColumns columns =
          ListColumns.of(list.toString(), row.cells(), path -> isFile(root, path));
      ListLabels labels = new ListLabels(list.toString(), columns);
      row = columns.header() ? rows.next() : row;
      for (; row != null; row = rows.next()) {
        if (entries.size() == MOST_ROWS) {
          throw new DataFormatException(
              String.format(
                  Locale.ROOT,
                  "%s: expected at most %,d images; divide the list",
                  list,
                  MOST_ROWS));
        }
        entries.add(entry(list, columns, labels, row));
      }
      boolean several = labels.areSeveral();
      requireEqualLabels(list, entries, several);
      requireFiles(list, above == null ? root : above, root, entries);
      List<String> classes = classes(list, entries);
      return new ImageList(
          root,
          entries,
          columns.indicators().isEmpty() ? classes : List.copyOf(columns.indicators().values()),
          several);
    }
  }

  private static Entry entry(
      Path list, ListColumns columns, ListLabels labels, SeparatedRows.Row row)
      throws DataFormatException {
    if (row.cells().size() != columns.count()) {
      throw refused(
          list,
          row,
          "expected %s cells but there are %s; quote cells that contain the separator"
              .formatted(columns.count(), row.cells().size()));
    }
    String path = row.cells().get(columns.path());
    if (path.isEmpty()) {
      throw refused(list, row, ListLabels.EMPTY);
    }
    String split = columns.split() < 0 ? "" : split(list, row, row.cells().get(columns.split()));
    return new Entry(row.line(), path, labels.of(row), split);
  }

  private static String split(Path list, SeparatedRows.Row row, String name)
      throws DataFormatException {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "train", "training" -> "train";
      case "val", "valid", "validation", "dev" -> "val";
      case "test", "testing" -> "test";
      default ->
          throw refused(
              list,
              row,
              "expected the split train, val or test but was \"%s\""
                  .formatted(ForeignText.printable(name)));
    };
  }

  private static void requireEqualLabels(Path list, List<Entry> entries, boolean several)
      throws DataFormatException {
    Map<String, Entry> byPath = new HashMap<>();
    for (Entry entry : entries) {
      Entry other = byPath.putIfAbsent(entry.path, entry);
      if (other != null && !other.labels.equals(entry.labels)) {
        throw new DataFormatException(
            "%s: expected one label for %s but it is %s in line %s and %s in line %s; remove one%s"
                .formatted(
                    list,
                    ForeignText.printable(entry.path),
                    other.label(),
                    other.line,
                    entry.label(),
                    entry.line,
                    several ? " of the lines" : ", or write both in one line with a bar between"));
      }
    }
  }

  private static void requireFiles(Path list, Path shown, Path root, List<Entry> entries)
      throws DataFormatException {
    List<Entry> missing =
        entries.parallelStream().filter(entry -> !isFile(root, entry.path)).toList();
    if (!missing.isEmpty()) {
      throw new DataFormatException(
          String.format(
              Locale.ROOT,
              "%s: expected files, absolute or relative to %s, but %,d of %,d are missing: %s",
              list,
              shown,
              missing.size(),
              entries.size(),
              missing.stream()
                      .limit(SHOWN)
                      .map(
                          entry ->
                              "%s (line %s)"
                                  .formatted(ForeignText.printable(entry.path), entry.line))
                      .collect(Collectors.joining(", "))
                  + (missing.size() > SHOWN ? ", …" : "")));
    }
  }

  private static boolean isFile(Path root, String path) {
    try {
      return Files.isRegularFile(root.resolve(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns the labels in the training rows, or in all rows if none is for training. */
  private static List<String> classes(Path list, List<Entry> entries) throws DataFormatException {
    Set<String> trained = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (Entry entry : entries) {
      all.addAll(entry.labels);
      if (entry.split.equals("train")) {
        trained.addAll(entry.labels);
      }
    }
    for (Entry entry : entries) {
      for (String label : entry.labels) {
        if (!trained.isEmpty() && !trained.contains(label)) {
          throw new DataFormatException(
              "%s: line %s: expected a label that training images have but was %s; add some or remove the line"
                  .formatted(list, entry.line, label));
        }
      }
    }
    if (entries.isEmpty()) {
      throw new DataFormatException(
          list + ": expected at least one image but there are only the names of columns; add some");
    }
    if (all.isEmpty()) {
      throw new DataFormatException(
          list
              + ": expected at least one label but no image has any; write those of an image in its line");
    }
    return ClassOrder.sorted(trained.isEmpty() ? all : trained);
  }

  /** Returns the names of the splits that there are: train, val and test, or none. */
  public Set<String> splits() {
    return entries.stream()
        .map(Entry::split)
        .filter(split -> !split.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns whether images may have several labels, or none. */
  public boolean isMultiLabel() {
    return multiLabel;
  }

  /** Returns the labels, numbered in this order: that of their columns, if each has one. */
  public List<String> classes() {
    return classes;
  }

  /**
   * Returns the images of one split, or of all if {@code split} is empty, by class and in the order
   * of the list; those of several labels in the order of the list alone.
   *
   * @param numbered the classes in the order of their numbers
   */
  public FileSource images(String split, List<String> numbered) {
    List<Entry> chosen =
        entries.stream().filter(entry -> split.isEmpty() || split.equals(entry.split)).toList();
    return multiLabel ? severalEach(chosen, numbered) : oneEach(chosen, numbered);
  }

  private FileSource oneEach(List<Entry> chosen, List<String> numbered) {
    Map<String, List<String>> byClass = new HashMap<>();
    for (Entry entry : chosen) {
      byClass.computeIfAbsent(entry.label(), label -> new ArrayList<>()).add(entry.path);
    }
    FileSource.Builder files = new FileSource.Builder(root, numbered);
    for (int label = 0; label < numbered.size(); label++) {
      for (String path : byClass.getOrDefault(numbered.get(label), List.of())) {
        files.add(label, path);
      }
    }
    return files.build("");
  }

  private FileSource severalEach(List<Entry> chosen, List<String> numbered) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String label : numbered) {
      numbers.put(label, numbers.size());
    }
    FileSource.Builder files = new FileSource.Builder(root, numbered, true);
    for (Entry entry : chosen) {
      files.add(entry.labels.stream().map(numbers::get).sorted().toList(), entry.path);
    }
    return files.build("");
  }

  private static DataFormatException refused(Path list, SeparatedRows.Row row, String finding) {
    return new DataFormatException("%s: line %s: %s".formatted(list, row.line(), finding));
  }
}

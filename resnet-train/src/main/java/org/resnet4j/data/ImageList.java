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
 */
public final class ImageList {
  private static final int MOST_ROWS = 20_000_000;
  private static final int SHOWN = 3;

  private final Path root;
  private final List<Entry> entries;
  private final List<String> classes;

  /**
   * A row.
   *
   * @param split train, val, test, or empty if there is no such column
   */
  private record Entry(int line, String path, String label, String split) {}

  private ImageList(Path root, List<Entry> entries, List<String> classes) {
    this.root = root;
    this.entries = entries;
    this.classes = classes;
  }

  /**
   * Reads a list whose name ends in {@code .tsv} or, with commas or semicolons, in anything else.
   *
   * @throws DataFormatException with the line, when it is no such list; when files are missing; or
   *     when a file has two labels
   */
  public static ImageList read(Path list) throws IOException {
    ImageFiles.requireRegular(list);
    Path above = list.toAbsolutePath().getParent();
    Path root = list.getParent() == null ? Path.of("") : list.getParent();
    List<Entry> entries = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(list));
        SeparatedRows rows = SeparatedRows.of(list.toString(), in, separator(list, in))) {
      SeparatedRows.Row row = rows.next();
      if (row == null) {
        throw new DataFormatException(
            list + ": expected paths and labels but it is empty; add a line for each image");
      }
      ListColumns columns =
          ListColumns.of(list.toString(), row.cells(), path -> isFile(root, path));
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
        entries.add(entry(list, columns, row));
      }
    }
    requireOneLabelEach(list, entries);
    requireFiles(list, above == null ? root : above, root, entries);
    return new ImageList(root, entries, classes(list, entries));
  }

  /** Returns the separator: a tab in a TSV file, else the one that the first line has. */
  private static char separator(Path list, InputStream in) throws IOException {
    if (list.toString().toLowerCase(Locale.ROOT).endsWith(".tsv")) {
      return '\t';
    }
    int most = 1 << 13;
    in.mark(most);
    byte[] start = in.readNBytes(most);
    in.reset();
    boolean quoted = false;
    char separator = ',';
    for (byte next : start) {
      quoted ^= next == '"';
      if (next == '\n' || (next == ',' && !quoted)) {
        return next == ',' ? ',' : separator;
      }
      if ((next == ';' || next == '\t') && !quoted) {
        separator = (char) next;
      }
    }
    return separator;
  }

  private static Entry entry(Path list, ListColumns columns, SeparatedRows.Row row)
      throws DataFormatException {
    if (row.cells().size() != columns.count()) {
      throw refused(
          list,
          row,
          "expected %s cells but there are %s; quote cells that contain the separator"
              .formatted(columns.count(), row.cells().size()));
    }
    String path = row.cells().get(columns.path());
    String label = row.cells().get(columns.label());
    if (path.isEmpty() || label.isEmpty()) {
      throw refused(
          list, row, "expected a path and a label but one is empty; add it or remove the line");
    }
    if (!ForeignText.printable(label).equals(label)) {
      throw refused(
          list,
          row,
          "expected a label without control characters but it is " + ForeignText.printable(label));
    }
    String split = columns.split() < 0 ? "" : split(list, row, row.cells().get(columns.split()));
    return new Entry(row.line(), path, label, split);
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

  private static void requireOneLabelEach(Path list, List<Entry> entries)
      throws DataFormatException {
    Map<String, Entry> byPath = new HashMap<>();
    for (Entry entry : entries) {
      Entry other = byPath.putIfAbsent(entry.path, entry);
      if (other != null && !other.label.equals(entry.label)) {
        throw new DataFormatException(
            "%s: expected one label for %s but it is %s in line %s and %s in line %s; remove one"
                .formatted(
                    list,
                    ForeignText.printable(entry.path),
                    other.label,
                    other.line,
                    entry.label,
                    entry.line));
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

  /** Returns the labels of the training rows, or of all rows if none is for training. */
  private static List<String> classes(Path list, List<Entry> entries) throws DataFormatException {
    Set<String> trained = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (Entry entry : entries) {
      all.add(entry.label);
      if (entry.split.equals("train")) {
        trained.add(entry.label);
      }
    }
    for (Entry entry : entries) {
      if (!trained.isEmpty() && !trained.contains(entry.label)) {
        throw new DataFormatException(
            "%s: line %s: expected a label that training images have but was %s; add some or remove the line"
                .formatted(list, entry.line, entry.label));
      }
    }
    if (all.isEmpty()) {
      throw new DataFormatException(
          list + ": expected at least one image but there are only the names of columns; add some");
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

  /** Returns the labels, numbered in this order. */
  public List<String> classes() {
    return classes;
  }

  /**
   * Returns the images of one split, or of all if {@code split} is empty, by class and in the order
   * of the list.
   *
   * @param numbered the classes in the order of their numbers
   */
  public FileSource images(String split, List<String> numbered) {
    Map<String, List<String>> byClass = new HashMap<>();
    for (Entry entry : entries) {
      if (split.isEmpty() || split.equals(entry.split)) {
        byClass.computeIfAbsent(entry.label, label -> new ArrayList<>()).add(entry.path);
      }
    }
    FileSource.Builder files = new FileSource.Builder(root, numbered);
    for (int label = 0; label < numbered.size(); label++) {
      for (String path : byClass.getOrDefault(numbered.get(label), List.of())) {
        files.add(label, path);
      }
    }
    return files.build("");
  }

  private static DataFormatException refused(Path list, SeparatedRows.Row row, String finding) {
    return new DataFormatException("%s: line %s: %s".formatted(list, row.line(), finding));
  }
}

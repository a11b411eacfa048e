package org.resnet4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.support.ForeignText;

/**
 * The columns of a list of images, counted from 0.
 *
 * @param label -1 if each label has a column
 * @param split -1 if there is none
 * @param count number of cells of every row
 * @param header whether the first row names them
 * @param indicators the columns of 0 and 1 and the label of each, in this order; none if labels
 *     share a column
 */
record ListColumns(
    int path, int label, int split, int count, boolean header, Map<Integer, String> indicators) {
  private static final Set<String> PATHS =
      Set.of(
          "path",
          "paths",
          "file",
          "files",
          "filename",
          "filenames",
          "filepath",
          "filepaths",
          "image",
          "imagepath",
          "imagefile",
          "imagename",
          "img",
          "imgpath",
          "relativepath");

  /** The names of such columns in well-known lists, for lists without the names above. */
  private static final Set<String> OTHER_PATHS = Set.of("imageid", "imageindex");

  private static final Set<String> OTHER_LABELS = Set.of("findinglabels");
  private static final Set<String> LABELS =
      Set.of("label", "labels", "class", "classes", "classname", "category", "target");
  private static final Set<String> SPLITS =
      Set.of("split", "splits", "subset", "set", "dataset", "partition");

  ListColumns {
    indicators = Collections.unmodifiableMap(new LinkedHashMap<>(indicators));
  }

  private ListColumns(int path, int label, int split, int count, boolean header) {
    this(path, label, split, count, header, Map.of());
  }

  /**
   * Returns the columns that the first row names. Without names there are two or three: path and
   * label, in the order in which the first row has an existing file, and split. Where a path is
   * named and no label, each of the other columns is a label.
   */
  static ListColumns of(String where, List<String> first, Predicate<String> isFile)
      throws DataFormatException {
    Optional<Integer> path = named(where, first, PATHS);
    Optional<Integer> label = named(where, first, LABELS);
    if (path.isPresent() && label.isPresent()) {
      return new ListColumns(
          path.get(), label.get(), named(where, first, SPLITS).orElse(-1), first.size(), true);
    }
    int split = first.size() == 3 ? 2 : -1;
    if (first.size() == 2 || first.size() == 3) {
      if (isFile.test(first.get(0))) {
        return new ListColumns(0, 1, split, first.size(), false);
      }
      if (isFile.test(first.get(1))) {
        return new ListColumns(1, 0, split, first.size(), false);
      }
    }
    path = path.or(() -> first(first, OTHER_PATHS));
    label = label.or(() -> first(first, OTHER_LABELS));
    if (path.isPresent() && (label.isPresent() || first.size() > 1)) {
      int named = named(where, first, SPLITS).orElse(-1);
      return label.isPresent()
          ? new ListColumns(path.get(), label.get(), named, first.size(), true)
          : indicators(where, first, path.get(), named);
    }
    throw new DataFormatException(
        "%s: line 1: expected the columns path and label, or a file that exists and its label, but it has %s; name the columns in the first line"
            .formatted(where, first.size() > 8 ? first.subList(0, 8) + " and more" : first));
  }

  private static ListColumns indicators(String where, List<String> names, int path, int split)
      throws DataFormatException {
    Map<Integer, String> indicators = new LinkedHashMap<>();
    for (int column = 0; column < names.size(); column++) {
      String name = names.get(column);
      if (column == path || column == split) {
        continue;
      }
      if (name.isEmpty() || !ForeignText.printable(name).equals(name)) {
        throw new DataFormatException(
            "%s: line 1: expected the name of a label for column %s but was \"%s\"; name it, or remove the column"
                .formatted(where, column + 1, ForeignText.printable(name)));
      }
      if (indicators.containsValue(name)) {
        throw new DataFormatException(
            "%s: line 1: expected one column for the label %s but there are two; remove one"
                .formatted(where, name));
      }
      indicators.put(column, name);
    }
    return new ListColumns(path, -1, split, names.size(), true, indicators);
  }

  /** Returns the first column of such a name. */
  private static Optional<Integer> first(List<String> header, Set<String> names) {
    return IntStream.range(0, header.size())
        .filter(i -> names.contains(plain(header.get(i))))
        .boxed()
        .findFirst();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
  }

  private static Optional<Integer> named(String where, List<String> header, Set<String> names)
      throws DataFormatException {
    List<Integer> found =
        IntStream.range(0, header.size())
            .filter(i -> names.contains(plain(header.get(i))))
            .boxed()
            .toList();
    if (found.size() > 1) {
      throw new DataFormatException(
          "%s: line 1: expected one column such as %s but there are %s and %s; rename one"
              .formatted(
                  where,
                  names.contains("path") ? "path" : names.contains("label") ? "label" : "split",
                  header.get(found.get(0)),
                  header.get(found.get(1))));
    }
    return found.stream().findFirst();
  }
}

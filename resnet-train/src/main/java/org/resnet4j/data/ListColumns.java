package org.resnet4j.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.resnet4j.image.DataFormatException;

/**
 * The columns of a list of images, counted from 0.
 *
 * @param split -1 if there is none
 * @param count number of cells of every row
 * @param header whether the first row names them
 */
record ListColumns(int path, int label, int split, int count, boolean header) {
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
  private static final Set<String> LABELS =
      Set.of("label", "labels", "class", "classes", "classname", "category", "target");
  private static final Set<String> SPLITS =
      Set.of("split", "splits", "subset", "set", "dataset", "partition");

  /**
   * Returns the columns that the first row names. Without names there are two or three: path and
   * label, in the order in which the first row has an existing file, and split.
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
    throw new DataFormatException(
        "%s: line 1: expected the columns path and label, or a file that exists and its label, but it has %s; name the columns in the first line"
            .formatted(where, first.size() > 8 ? first.subList(0, 8) + " and more" : first));
  }

  private static Optional<Integer> named(String where, List<String> header, Set<String> names)
      throws DataFormatException {
    List<Integer> found =
        IntStream.range(0, header.size())
            .filter(
                i -> names.contains(header.get(i).toLowerCase(Locale.ROOT).replaceAll("[ _-]", "")))
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

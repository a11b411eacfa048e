package org.resnet4j.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.support.ForeignText;

/**
 * The labels in the rows of a list: names in one cell, with bars between them, or a column of 0 and
 * 1 for each.
 */
final class ListLabels {
  /** The finding about a row without a path or, where every image has one, without a label. */
  static final String EMPTY =
      "expected a path and a label but one is empty; add it or remove the line";

  private static final String BAR = "|";

  private final String where;
  private final ListColumns columns;
  private final Map<String, List<String>> known = new HashMap<>();
  private boolean hasBar;
  private int emptyLine;
  private int zeroLine;
  private int minusLine;

  ListLabels(String where, ListColumns columns) {
    this.where = where;
    this.columns = columns;
  }

  /** Returns the distinct labels of a row, in one order. Rows with equal cells share a list. */
  List<String> of(SeparatedRows.Row row) throws DataFormatException {
    if (!columns.indicators().isEmpty()) {
      return indicated(row);
    }
    String cell = row.cells().get(columns.label());
    if (!ForeignText.printable(cell).equals(cell)) {
      throw refused(
          row.line(),
          "expected a label without control characters but it is " + ForeignText.printable(cell));
    }
    hasBar |= cell.contains(BAR);
    emptyLine = cell.isEmpty() && emptyLine == 0 ? row.line() : emptyLine;
    return known.computeIfAbsent(cell, ListLabels::split);
  }

  private static List<String> split(String cell) {
    return Arrays.stream(cell.split("\\|", -1))
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  private List<String> indicated(SeparatedRows.Row row) throws DataFormatException {
    StringBuilder set = new StringBuilder();
    for (int column : columns.indicators().keySet()) {
      set.append(isSet(row, column) ? '1' : '0');
    }
    String key = set.toString();
    List<String> names = List.copyOf(columns.indicators().values());
    return known.computeIfAbsent(
        key,
        bits ->
            IntStream.range(0, names.size())
                .filter(i -> bits.charAt(i) == '1')
                .mapToObj(names::get)
                .toList());
  }

  private boolean isSet(SeparatedRows.Row row, int column) throws DataFormatException {
    String cell = row.cells().get(column);
    switch (cell.toLowerCase(Locale.ROOT)) {
      case "1", "1.0", "true" -> {
        return true;
      }
      case "0", "0.0", "false" -> zeroLine = zeroLine == 0 ? row.line() : zeroLine;
      case "-1", "-1.0" -> minusLine = minusLine == 0 ? row.line() : minusLine;
      default ->
          throw refused(
              row.line(),
              "expected 0 or 1 in the column \"%s\" but was \"%s\"; remove columns that are no labels, or name the column of labels \"label\""
                  .formatted(columns.indicators().get(column), ForeignText.printable(cell)));
    }
    if (zeroLine > 0 && minusLine > 0) {
      throw refused(
          row.line(),
          "expected 0 and 1, or -1 and 1, but there is 0 in line %s and -1 in line %s; replace what is uncertain by 0 or 1"
              .formatted(zeroLine, minusLine));
    }
    return false;
  }

  /**
   * Returns whether the images of the rows so far may have several labels, or none.
   *
   * @throws DataFormatException when there is one label an image, and one lacks it
   */
  boolean areSeveral() throws DataFormatException {
    boolean several = hasBar || !columns.indicators().isEmpty();
    if (!several && emptyLine > 0) {
      throw refused(emptyLine, EMPTY);
    }
    return several;
  }

  private DataFormatException refused(int line, String finding) {
    return new DataFormatException("%s: line %s: %s".formatted(where, line, finding));
  }
}

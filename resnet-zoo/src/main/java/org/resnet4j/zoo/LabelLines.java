package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads labels from lines of text, with or without numbers. */
final class LabelLines {
  /** The largest number of characters of a line; ImageNet's longest name has 130. */
  private static final int MOST_CHARACTERS = 1000;

  private static final Pattern NUMBER_FIRST =
      Pattern.compile("([0-9]{1,9})(\\s*+[:,;]\\s*+|\\s++)(\\S.*+)");
  private static final Pattern NUMBER_LAST = Pattern.compile(".*[,;\\t]\\s{0,9}([0-9]{1,9})");

  /**
   * A line with its number.
   *
   * @param clear whether a colon, comma, semicolon or tab separates the two
   */
  private record Numbered(long number, String name, boolean clear) {}

  private LabelLines() {}

  /** Returns the names in the order of their numbers, or else of the lines. */
  static List<String> names(String text) throws LabelException {
    List<String> lines = new ArrayList<>(text.lines().map(String::strip).toList());
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    int blank = lines.indexOf("");
    if (lines.isEmpty()) {
      throw new LabelException("expected a name on each line but the file has none");
    }
    if (blank >= 0) {
      throw new LabelException(
          "line %s: expected a name but it is blank; remove the line, or write the name that is missing"
              .formatted(blank + 1));
    }
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).length() > MOST_CHARACTERS) {
        throw new LabelException(
            "line %s: expected a name of at most %s characters but it has %s; write one name a line"
                .formatted(i + 1, MOST_CHARACTERS, lines.get(i).length()));
      }
    }
    List<String> numbered = numbered(lines, LabelLines::first);
    if (numbered == null) {
      numbered = numbered(lines, LabelLines::last);
    }
    return numbered == null ? List.copyOf(lines) : numbered;
  }

  private static @Nullable Numbered first(String line) {
    Matcher matcher = NUMBER_FIRST.matcher(line);
    return matcher.matches()
        ? new Numbered(
            Long.parseLong(matcher.group(1)),
            unquoted(matcher.group(3)),
            !matcher.group(2).isBlank() || matcher.group(2).contains("\t"))
        : null;
  }

  private static @Nullable Numbered last(String line) {
    Matcher matcher = NUMBER_LAST.matcher(line);
    if (!matcher.matches()) {
      return null;
    }
    String before = line.substring(0, matcher.start(1)).strip();
    String name = before.replaceFirst("[,;]$", "").strip();
    return name.isEmpty()
        ? null
        : new Numbered(Long.parseLong(matcher.group(1)), unquoted(name), false);
  }

  /** Returns a field of CSV without its quotes. */
  private static String unquoted(String name) {
    boolean quoted = name.length() > 2 && name.startsWith("\"") && name.endsWith("\"");
    return quoted ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
  }

  /**
   * Returns the names of lines that all have a number, but for a header; null if these are plain
   * names.
   */
  private static @Nullable List<String> numbered(
      List<String> lines, Function<String, @Nullable Numbered> form) throws LabelException {
    int header = lines.size() > 1 && form.apply(lines.get(0)) == null ? 1 : 0;
    List<Numbered> all = new ArrayList<>();
    for (String line : lines.subList(header, lines.size())) {
      Numbered numbered = form.apply(line);
      if (numbered == null) {
        return null;
      }
      all.add(numbered);
    }
    List<String> names = ordered(all);
    boolean clear = all.size() > 1 && all.stream().allMatch(Numbered::clear);
    if (names == null && clear) {
      throw refused(all);
    }
    // One line alone with its number may follow a name that is no header.
    return header == 1 && !clear && all.size() < 3 ? null : names;
  }

  /** Returns the names by number, or null if the numbers are not 0, 1, 2, … in some order. */
  private static @Nullable List<String> ordered(List<Numbered> all) {
    String[] names = new String[all.size()];
    for (Numbered one : all) {
      if (one.number() >= names.length || names[(int) one.number()] != null) {
        return null;
      }
      names[(int) one.number()] = one.name();
    }
    return List.of(names);
  }

  private static LabelException refused(List<Numbered> all) {
    long least = all.stream().mapToLong(Numbered::number).min().orElse(0);
    long most = all.stream().mapToLong(Numbered::number).max().orElse(0);
    long different = all.stream().mapToLong(Numbered::number).distinct().count();
    return new LabelException(
        "expected lines numbered from 0 to %s, each number once, but %s numbers from %s to %s are there; number them from 0, or remove the numbers"
            .formatted(all.size() - 1, different, least, most));
  }
}

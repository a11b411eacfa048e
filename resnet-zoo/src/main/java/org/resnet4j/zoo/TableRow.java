package org.resnet4j.zoo;

import java.util.Map;
import java.util.Scanner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.resnet4j.fetch.Checksum;

/** A line of a table in the source: blank-separated words, read from left to right. */
final class TableRow {
  /** The pattern by which {@code torch.hub} finds the digits in a file's name. */
  private static final Pattern START = Pattern.compile("-([0-9a-f]{8})\\.");

  private final Scanner words;

  private TableRow(String line) {
    words = new Scanner(line);
  }

  static Stream<TableRow> rows(String table) {
    return table.lines().map(TableRow::new);
  }

  String text() {
    return words.next();
  }

  double number() {
    return Double.parseDouble(words.next());
  }

  int whole() {
    return Integer.parseInt(words.next());
  }

  /** Returns the text that the next word is the key of. */
  String oneOf(Map<String, String> texts) {
    String key = words.next();
    String text = texts.get(key);
    if (text == null) {
      throw new AssertionError("the table has " + key + " but expected one of " + texts.keySet());
    }
    return text;
  }

  /** Returns the digits of the SHA-256 in a published file's name. */
  static Checksum sha256StartIn(String file) {
    Matcher start = START.matcher(file);
    if (!start.find()) {
      throw new AssertionError(file + " does not carry a checksum");
    }
    return Checksum.sha256Start(start.group(1));
  }
}

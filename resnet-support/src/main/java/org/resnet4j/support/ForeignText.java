package org.resnet4j.support;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes text from outside safe to print, such as names of files, classes and tensors, and answers
 * of servers.
 */
public final class ForeignText {
  /** The characters that control terminals, break lines or change the direction of text. */
  private static final String STEERING =
      "\\p{Cc}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

  private static final Pattern IN_A_LINE = Pattern.compile("[" + STEERING + "]");
  private static final Pattern IN_LINES =
      Pattern.compile("[" + STEERING + "&&[^\\r\\n]]|\\r(?!\\n)");

  private ForeignText() {}

  /** Returns the text as one line without control characters, which are written as Java escapes. */
  public static String printable(String text) {
    return escaped(IN_A_LINE, text);
  }

  /**
   * Returns the text as {@link #printable} does; of a long one the start.
   *
   * @param most length of the text, in characters, from which on it is shortened
   */
  public static String start(String text, int most) {
    return printable(text.length() > most ? text.substring(0, most) + "…" : text);
  }

  /** Returns the text without control characters other than line breaks. */
  public static String printableLines(String text) {
    return escaped(IN_LINES, text);
  }

  private static String escaped(Pattern steering, String text) {
    Matcher matcher = steering.matcher(text);
    return matcher.find()
        ? matcher.replaceAll(
            found -> "\\\\u" + Integer.toHexString(0x10000 | found.group().charAt(0)).substring(1))
        : text;
  }
}

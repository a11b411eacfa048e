package org.resnet4j.support;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text that strangers chose, such as names of files, classes and tensors, and what servers answer.
 */
public final class ForeignText {
  /** What terminals obey, what breaks lines, and what turns the direction of text around. */
  private static final String STEERING =
      "\\p{Cc}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

  private static final Pattern IN_A_LINE = Pattern.compile("[" + STEERING + "]");
  private static final Pattern IN_LINES =
      Pattern.compile("[" + STEERING + "&&[^\\r\\n]]|\\r(?!\\n)");

  private ForeignText() {}

  /** The text as one line that steers no terminal: such characters are written as in Java. */
  public static String printable(String text) {
    return escaped(IN_A_LINE, text);
  }

  /** The same for lines that we have broken. */
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

package org.resnet4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Text and numbers as they stand on a page. */
final class Html {
  private Html() {}

  /** Safe in elements and in quoted attributes. */
  static String escape(Object text) {
    return text.toString()
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  static String join(Stream<String> parts) {
    return parts.collect(Collectors.joining("\n"));
  }

  /** Also for style sheets: a point, whatever the machine's language is. */
  static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Four significant digits, without an exponent and without zeros at the end. */
  static String plain(double value) {
    return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  static String percent(double share) {
    return number("%.1f %%", 100 * share);
  }

  /** Rounded to what a person wants to know. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return number("%.1f s", seconds);
    }
    return whole < 3600
        ? number("%d min %d s", whole / 60, whole % 60)
        : number("%d h %d min", whole / 3600, whole % 3600 / 60);
  }

  /** One fact of a table with two columns. */
  static String fact(String name, Object value) {
    return "<tr><th>" + escape(name) + "</th><td>" + escape(value) + "</td></tr>";
  }
}

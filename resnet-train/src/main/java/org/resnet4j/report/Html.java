package org.resnet4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats text and numbers for the page. */
final class Html {
  private Html() {}

  /** Returns the text escaped for elements and for quoted attributes. */
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

  /** Formats with a decimal point in every locale, as style sheets need. */
  static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Returns four significant digits without an exponent and without trailing zeros. */
  static String plain(double value) {
    return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  static String percent(double share) {
    return number("%.1f %%", 100 * share);
  }

  /** Returns the duration rounded for people. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return number("%.1f s", seconds);
    }
    return whole < 3600
        ? number("%d min %d s", whole / 60, whole % 60)
        : number("%d h %d min", whole / 3600, whole % 3600 / 60);
  }

  /** Returns one line of a table of names and values. */
  static String fact(String name, Object value) {
    return "<tr><th>" + escape(name) + "</th><td>" + escape(value) + "</td></tr>";
  }
}

package org.resnet4j.benchmarks.report;

import java.util.Locale;

/** An SVG image, built shape by shape, on a white background. */
final class Svg {
  /** The part of a text at its coordinates. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final StringBuilder shapes = new StringBuilder();

  Svg rectangle(double x, double y, double width, double height, String colour) {
    return format(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
        x, y, width, height, colour);
  }

  Svg line(double x1, double y1, double x2, double y2, String colour, String dashes) {
    return format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"1.5\" stroke-dasharray=\"%s\"/>",
        x1, y1, x2, y2, colour, dashes);
  }

  /** Adds a complete SVG element. */
  Svg add(String element) {
    shapes.append(element).append('\n');
    return this;
  }

  Svg text(double x, double y, Anchor anchor, String style, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" style=\"%s\">%s</text>",
        x,
        y,
        anchor.name().toLowerCase(Locale.ROOT),
        style,
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }

  private Svg format(String format, Object... values) {
    return add(String.format(Locale.ROOT, format, values));
  }

  /** Returns the text of the file. */
  String finish(double width, double height) {
    return String.format(
        Locale.ROOT,
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$.0f %2$.0f" width="%1$.0f" height="%2$.0f" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">
        <rect width="100%%" height="100%%" fill="#fff"/>
        %3$s</svg>
        """,
        width,
        height,
        shapes);
  }
}

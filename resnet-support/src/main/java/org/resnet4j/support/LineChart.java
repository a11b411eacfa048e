package org.resnet4j.support;

import static java.util.stream.Collectors.joining;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A line chart as an SVG element of {@value #WIDTH} × {@value #HEIGHT} units. A style sheet colours
 * it: the lines of the grid have the class {@code grid}.
 */
public final class LineChart {
  /** The width in units of the SVG. */
  public static final int WIDTH = 330;

  /** The height in units of the SVG. */
  public static final int HEIGHT = 220;

  private static final int LEFT = 40;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 40;
  private static final int MOST_DOTS = 40;

  private final String xName;
  private final List<Line> lines;
  private final double[] xTicks;
  private final double[] yTicks;
  private final DoubleFunction<String> xLabel;

  /**
   * A line of the chart.
   *
   * @param style class of the polyline and of its dots in the style sheet
   */
  public record Line(String style, List<Point> points) {}

  /** A point of a line. */
  public record Point(double x, double y) {}

  /**
   * Creates a chart over numbers. The vertical axis starts at {@code yFrom} or below, and ends at
   * the first tick above all points.
   *
   * @param xName name of the horizontal axis, escaped for XML
   */
  public LineChart(String xName, double yFrom, List<Line> lines) {
    this(
        xName,
        yFrom,
        lines,
        ticks(
            values(lines, Point::x).min().orElse(0), values(lines, Point::x).max().orElse(1), 6, 1),
        LineChart::plain);
  }

  private LineChart(
      String xName,
      double yFrom,
      List<Line> lines,
      double[] xTicks,
      DoubleFunction<String> xLabel) {
    this.xName = xName;
    this.lines = lines.stream().filter(line -> !line.points.isEmpty()).toList();
    this.xTicks = xTicks;
    this.xLabel = xLabel;
    yTicks = ticks(yFrom, values(lines, Point::y).max().orElse(1), 5, 0);
  }

  /**
   * Creates a chart over two or more evenly spaced positions 0, 1, 2, … The vertical axis starts at
   * 0.
   *
   * @param xName name of the horizontal axis, escaped for XML
   * @param labels of the positions, escaped for XML
   */
  public static LineChart over(String xName, List<String> labels, List<Line> lines) {
    double[] positions = IntStream.range(0, labels.size()).asDoubleStream().toArray();
    return new LineChart(xName, 0, lines, positions, x -> labels.get((int) x));
  }

  private static DoubleStream values(List<Line> lines, ToDoubleFunction<Point> coordinate) {
    return lines.stream().flatMap(line -> line.points.stream()).mapToDouble(coordinate);
  }

  /** Returns about {@code count} round numbers that cover {@code from} to {@code to}. */
  static double[] ticks(double from, double to, int count, double smallestStep) {
    double span = to > from ? to - from : Math.max(1e-3, Math.abs(to));
    double step = Math.max(smallestStep, roundUp(span / count));
    long first = (long) Math.floor(from / step + 1e-9);
    long last = Math.max(first + 1, (long) Math.ceil(to / step - 1e-9));
    return IntStream.rangeClosed(0, (int) (last - first))
        .mapToDouble(i -> (first + i) * step)
        .toArray();
  }

  /** Rounds up to 1, 2 or 5 times a power of ten. */
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    return DoubleStream.of(1, 2, 5, 10)
        .map(n -> n * power)
        .filter(n -> n >= value * 0.999)
        .findFirst()
        .orElse(10 * power);
  }

  /**
   * Returns the SVG element.
   *
   * @param attributes further attributes of the element, such as {@code role="img"}
   */
  public String svg(String attributes) {
    return svg(attributes, "");
  }

  /** Returns the chart as an SVG file of its own, dark on white. */
  public String file() {
    return svg(
            "xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#222\""
                .formatted(2 * WIDTH, 2 * HEIGHT),
            """
            <style>.grid { stroke: #ddd; } polyline { fill: none; stroke: #2f6fdb; stroke-width: 2; } circle { fill: #2f6fdb; }</style>
            <rect width="100%" height="100%" fill="#fff"/>
            """)
        + "\n";
  }

  private String svg(String attributes, String background) {
    return """
        <svg viewBox="0 0 %s %s" %s>
        %s%s
        <text x="%s" y="%s" text-anchor="middle">%s</text>
        %s
        </svg>"""
        .formatted(
            WIDTH,
            HEIGHT,
            attributes,
            background,
            grid(),
            (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 4,
            xName,
            joined(lines.stream().map(this::line)));
  }

  private String grid() {
    Stream<String> horizontal =
        DoubleStream.of(yTicks)
            .mapToObj(
                y ->
                    text(
                        "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                        LEFT, WIDTH - RIGHT, y(y), y(y), LEFT - 7, y(y) + 4, plain(y)));
    Stream<String> vertical =
        DoubleStream.of(xTicks)
            .mapToObj(
                x ->
                    text(
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                        x(x), HEIGHT - BOTTOM + 18, xLabel.apply(x)));
    return joined(Stream.concat(horizontal, vertical));
  }

  private String line(Line line) {
    String path =
        line.points.stream()
            .map(point -> text("%.1f,%.1f", x(point.x), y(point.y)))
            .collect(joining(" "));
    String dots =
        line.points.size() > MOST_DOTS
            ? ""
            : joined(
                line.points.stream()
                    .map(
                        point ->
                            text(
                                "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\"><title>%s %s: %s</title></circle>",
                                line.style,
                                x(point.x),
                                y(point.y),
                                xName,
                                xLabel.apply(point.x),
                                plain(point.y))));
    return "<polyline class=\"%s\" points=\"%s\"/>\n%s".formatted(line.style, path, dots);
  }

  private static String joined(Stream<String> elements) {
    return elements.collect(joining("\n"));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Returns four significant digits without an exponent and without trailing zeros. */
  private static String plain(double value) {
    return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  private double x(double value) {
    return LEFT + (WIDTH - RIGHT - LEFT) * share(value, xTicks);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share(value, yTicks);
  }

  private static double share(double value, double[] ticks) {
    return (value - ticks[0]) / (ticks[ticks.length - 1] - ticks[0]);
  }
}

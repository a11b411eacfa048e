package org.resnet4j.report;

import static java.util.stream.Collectors.joining;
import static org.resnet4j.report.Html.escape;
import static org.resnet4j.report.Html.number;
import static org.resnet4j.report.Html.plain;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A small chart as SVG. */
final class LineChart {
  /**
   * A line of the chart; {@code style} is a class of the style sheet and the name in the legend.
   */
  record Line(String style, List<Point> points) {}

  record Point(double x, double y) {}

  private static final int WIDTH = 330;
  private static final int HEIGHT = 220;
  private static final int LEFT = 40;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 40;
  private static final int MOST_DOTS = 40;

  private final String title;
  private final String xName;
  private final List<Line> lines;
  private final double[] xTicks;
  private final double[] yTicks;

  /**
   * Creates a chart whose vertical axis begins at {@code yFrom} or below and ends at the first tick
   * above all points.
   */
  LineChart(String title, String xName, double yFrom, List<Line> lines) {
    this.title = title;
    this.xName = xName;
    this.lines = lines.stream().filter(line -> !line.points.isEmpty()).toList();
    double firstX = points().mapToDouble(Point::x).min().orElse(0);
    double lastX = points().mapToDouble(Point::x).max().orElse(1);
    double lastY = points().mapToDouble(Point::y).max().orElse(1);
    xTicks = ticks(firstX, lastX, 6, 1);
    yTicks = ticks(yFrom, lastY, 5, 0);
  }

  private Stream<Point> points() {
    return lines.stream().flatMap(line -> line.points.stream());
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

  /** Returns the next number that is 1, 2 or 5 times a power of ten. */
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    return DoubleStream.of(1, 2, 5, 10)
        .map(n -> n * power)
        .filter(n -> n >= value * 0.999)
        .findFirst()
        .orElse(10 * power);
  }

  String html() {
    String legend =
        lines.size() < 2
            ? ""
            : Html.join(
                lines.stream().map(line -> "<i class=\"%1$s\">%1$s</i>".formatted(line.style)));
    return """
        <figure><figcaption>%s%s</figcaption>
        <svg viewBox="0 0 %s %s" role="img" aria-label="%s">
        %s
        <text x="%s" y="%s" text-anchor="middle">%s</text>
        %s
        </svg></figure>"""
        .formatted(
            escape(title),
            legend,
            WIDTH,
            HEIGHT,
            escape(title),
            grid(),
            (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 4,
            escape(xName),
            Html.join(lines.stream().map(this::line)));
  }

  private String grid() {
    String horizontal =
        Html.join(
            DoubleStream.of(yTicks)
                .mapToObj(
                    y ->
                        number(
                            "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                            LEFT, WIDTH - RIGHT, y(y), y(y), LEFT - 7, y(y) + 4, plain(y))));
    String vertical =
        Html.join(
            DoubleStream.of(xTicks)
                .mapToObj(
                    x ->
                        number(
                            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                            x(x), HEIGHT - BOTTOM + 18, plain(x))));
    return horizontal + "\n" + vertical;
  }

  private String line(Line line) {
    String path =
        line.points.stream()
            .map(point -> number("%.1f,%.1f", x(point.x), y(point.y)))
            .collect(joining(" "));
    String dots =
        line.points.size() > MOST_DOTS
            ? ""
            : Html.join(
                line.points.stream()
                    .map(
                        point ->
                            number(
                                "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\"><title>%s %s: %s</title></circle>",
                                line.style,
                                x(point.x),
                                y(point.y),
                                escape(xName),
                                plain(point.x),
                                plain(point.y))));
    return "<polyline class=\"%s\" points=\"%s\"/>\n%s".formatted(line.style, path, dots);
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

package org.resnet4j.benchmarks.report;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A chart of lines over evenly spaced, named positions; the vertical axis starts at 0. */
record LineChart(String title, List<String> places, List<Line> lines) {
  static final double WIDTH = 420;
  static final double HEIGHT = 300;
  private static final double LEFT = 50;
  private static final double RIGHT = 16;
  private static final double TOP = 60;
  private static final double BOTTOM = 30;
  private static final int GRID_LINES = 4;

  /** A line with one value for each position; NaN where there is none. */
  record Line(String name, String colour, List<Double> values) {}

  /** Draws the chart at {@code x} of an image. */
  void draw(Svg svg, double x) {
    svg.text(x + 8, 22, Svg.Anchor.START, "font-size:14px;font-weight:bold", title);
    double highest =
        lines.stream()
            .flatMap(line -> line.values.stream())
            .filter(value -> !value.isNaN())
            .mapToDouble(value -> value)
            .max()
            .orElse(1);
    double most = GRID_LINES * roundUp(highest / GRID_LINES);
    for (int i = 0; i <= GRID_LINES; i++) {
      double value = most * i / GRID_LINES;
      svg.line(x + LEFT, y(value, most), x + WIDTH - RIGHT, y(value, most), "#ddd", "");
      svg.text(
          x + LEFT - 6,
          y(value, most) + 4,
          Svg.Anchor.END,
          "",
          value == 0 ? "0" : Numbers.of(value));
    }
    for (int i = 0; i < places.size(); i++) {
      svg.text(x + x(i), HEIGHT - 10, Svg.Anchor.MIDDLE, "", places.get(i));
    }
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      svg.text(x + LEFT + 110 * i, 44, Svg.Anchor.START, "fill:" + line.colour, line.name);
      draw(svg, x, line, most);
    }
  }

  private void draw(Svg svg, double x, Line line, double most) {
    List<Integer> known =
        IntStream.range(0, line.values.size())
            .filter(i -> !line.values.get(i).isNaN())
            .boxed()
            .toList();
    svg.polyline(
        known.stream()
            .map(
                i -> String.format(Locale.ROOT, "%.1f,%.1f", x + x(i), y(line.values.get(i), most)))
            .collect(joining(" ")),
        line.colour);
    known.forEach(i -> svg.dot(x + x(i), y(line.values.get(i), most), line.colour));
  }

  /** Rounds up to two digits. */
  private static double roundUp(double value) {
    double unit = Math.pow(10, Math.floor(Math.log10(value)) - 1);
    return Math.ceil(value / unit - 1e-9) * unit;
  }

  private double x(int place) {
    double step = (WIDTH - LEFT - RIGHT - 20) / Math.max(1, places.size() - 1);
    return LEFT + 10 + step * place;
  }

  private static double y(double value, double most) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most;
  }
}

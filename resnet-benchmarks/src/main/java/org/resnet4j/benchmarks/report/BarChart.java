package org.resnet4j.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.resnet4j.benchmarks.baselines.Engine;
import org.resnet4j.benchmarks.baselines.Median;
import org.resnet4j.benchmarks.baselines.Score;
import org.resnet4j.benchmarks.baselines.Workload;
import org.resnet4j.onednn.Precision;

/** A chart with one panel per workload, one bar per engine, and the rooflines as dashed lines. */
final class BarChart {
  private static final double WIDTH = 860;
  private static final double LEFT = 170;
  private static final double RIGHT = 90;
  private static final double BAR = 16;
  private static final double GAP = 4;
  private static final double TITLE = 34;
  private static final double TOP = 64;
  private static final String BOLD = "font-weight:bold";
  private static final String SMALL = "font-size:11px";

  /** A white outline that keeps a number readable where a roofline crosses it. */
  private static final String HALO = ";paint-order:stroke;stroke:#fff;stroke-width:4px";

  private final Svg svg = new Svg();
  private double y = TOP;

  private BarChart() {}

  static String of(List<Score> scores) {
    BarChart chart = new BarChart();
    chart.svg.text(
        16, 24, Svg.Anchor.START, "font-size:16px;font-weight:bold", "Images per second");
    chart.svg.text(
        16,
        44,
        Svg.Anchor.START,
        SMALL,
        "Medians. Blue: fp32, orange: bf16, green: int8; strong: resnet4j. Dashed: roofline, the sum of the fastest oneDNN primitives.");
    Map<Workload, List<Score>> panels = new LinkedHashMap<>();
    for (Score score : scores) {
      panels.computeIfAbsent(score.workload(), workload -> new ArrayList<>()).add(score);
    }
    panels.forEach(chart::panel);
    return chart.svg.finish(WIDTH, chart.y + 8);
  }

  private void panel(Workload workload, List<Score> scores) {
    double most =
        scores.stream().mapToDouble(score -> speed(score)).filter(Double::isFinite).max().orElse(1);
    svg.text(16, y + 14, Svg.Anchor.START, BOLD, workload.title());
    double top = y + TITLE;
    List<Score> bars = of(scores, kind -> kind != Engine.Kind.ROOFLINE);
    double bottom = top + bars.size() * (BAR + GAP);
    for (Score score : of(scores, kind -> kind == Engine.Kind.ROOFLINE)) {
      if (Double.isFinite(speed(score))) {
        roofline(score, most, top, bottom);
      }
    }
    y = top;
    bars.forEach(score -> bar(score, most));
    y += 14;
  }

  private static List<Score> of(List<Score> scores, Predicate<Engine.Kind> kind) {
    return scores.stream().filter(score -> kind.test(score.engine().kind())).toList();
  }

  private void bar(Score score, double most) {
    Engine engine = score.engine();
    String style = engine.kind() == Engine.Kind.OURS ? BOLD : "";
    svg.text(LEFT - 8, y + 12, Svg.Anchor.END, style, engine.name());
    double speed = speed(score);
    if (Double.isFinite(speed)) {
      double end = x(speed, most);
      svg.rectangle(LEFT, y, Math.max(1, end - LEFT), BAR, Palette.of(engine));
      svg.text(end + 5, y + 12, Svg.Anchor.START, SMALL + HALO, Numbers.of(speed));
    } else {
      svg.text(LEFT + 5, y + 12, Svg.Anchor.START, SMALL + ";fill:#888", "skipped");
    }
    y += BAR + GAP;
  }

  private void roofline(Score score, double most, double top, double bottom) {
    double at = x(speed(score), most);
    String colour = Palette.of(score.engine());
    boolean left = score.engine().precision() == Precision.FP32; // keeps the two labels apart
    svg.line(at, top - 4, at, bottom, colour, "5 3");
    svg.text(
        left ? at + 2 : at - 2,
        top - 7,
        left ? Svg.Anchor.END : Svg.Anchor.START,
        "font-size:10px;fill:" + colour,
        "%s %s".formatted(score.engine().precisionName(), Numbers.of(speed(score))));
  }

  private static double speed(Score score) {
    Median speed = score.imagesPerSecond();
    return speed == null ? Double.NaN : speed.value();
  }

  private static double x(double speed, double most) {
    return LEFT + (WIDTH - LEFT - RIGHT) * speed / most;
  }
}

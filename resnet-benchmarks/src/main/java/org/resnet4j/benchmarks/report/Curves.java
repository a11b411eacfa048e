package org.resnet4j.benchmarks.report;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.benchmarks.baselines.Engine;
import org.resnet4j.benchmarks.baselines.Median;
import org.resnet4j.benchmarks.baselines.Score;
import org.resnet4j.benchmarks.baselines.Work;
import org.resnet4j.benchmarks.baselines.Workload;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.LineChart;

/**
 * The throughput of this engine's inference over batch size and over depth, on one thread and
 * beside other work, which would show a sudden drop.
 *
 * @param scores of {@link #WORKLOADS}
 * @param conditions of {@link #CONDITIONED}, each compared with {@code scores}
 */
public record Curves(Machine machine, List<Score> scores, List<Condition> conditions) {
  private static final String NAME = "curves";
  private static final int MARGIN = 8;
  private static final int WIDTH = LineChart.WIDTH + 2 * MARGIN;
  private static final int TOP = 52;
  private static final int LEGEND = 110;
  private static final List<Workload> BATCHES =
      Stream.of(1, 2, 4, 8, 16, 32, 64)
          .map(batch -> new Workload(Work.INFERENCE, "resnet50", batch))
          .toList();
  private static final List<Workload> DEPTHS =
      Stream.of(18, 34, 50, 101, 152)
          .map(depth -> new Workload(Work.INFERENCE, "resnet" + depth, 8))
          .toList();

  /** The workloads of both charts. */
  public static final List<Workload> WORKLOADS =
      Stream.concat(BATCHES.stream(), DEPTHS.stream()).distinct().toList();

  /** The workloads that are also measured under other conditions. */
  public static final List<Workload> CONDITIONED = List.of(BATCHES.get(0), BATCHES.get(3));

  /**
   * The scores under a condition.
   *
   * @param title for example {@code 1 thread}
   */
  public record Condition(String title, List<Score> scores) {}

  /** Writes a page and a chart to {@code folder}, and returns both names. */
  public String write(Path folder) throws IOException {
    Path page = folder.resolve(NAME + ".md");
    Path chart = folder.resolve(NAME + ".svg");
    AtomicFile.write(page, markdown());
    AtomicFile.write(chart, chart());
    return page + " " + chart;
  }

  String markdown() {
    return """
        # Throughput over batch size and depth

        `./resnet bench --curves` writes this page.
        It measures inference of resnet4j; figures are medians as in [benchmarks](benchmarks-avx512.md).

        %s

        ![Images per second over batch size and over depth](%s.svg)

        | | precision | images/s | GMAC/s |
        |---|---|---|---|
        %s
        ## Fewer threads, and other work

        The share is that of the images/s above.
        The busy core runs a loop that never waits; the scheduler of the system divides the cores.

        | | | precision | images/s | share |
        |---|---|---|---|---|
        %s"""
        .formatted(
            machine.line(),
            NAME,
            scores.stream().map(Curves::row).collect(joining()),
            conditions.stream().flatMap(this::rows).collect(joining()));
  }

  private Stream<String> rows(Condition condition) {
    return condition.scores().stream()
        .map(
            score -> {
              Workload workload = score.workload();
              Median speed = score.imagesPerSecond();
              return "| %s, batch %s | %s | %s | %s | %s |\n"
                  .formatted(
                      workload.model(),
                      workload.batch(),
                      condition.title(),
                      score.engine().precisionName(),
                      speed == null ? "skipped: " + score.reason() : Numbers.of(speed.value()),
                      speed == null
                          ? ""
                          : Numbers.of(speed.value() / speed(workload, score.engine())));
            });
  }

  private static String row(Score score) {
    Workload workload = score.workload();
    Median speed = score.imagesPerSecond();
    double gigaMacs = Plan.of(Architectures.byName(workload.model())).macs() / 1e9;
    return "| %s, batch %s | %s | %s | %s |\n"
        .formatted(
            workload.model(),
            workload.batch(),
            score.engine().precisionName(),
            speed == null ? "skipped: " + score.reason() : Numbers.of(speed.value()),
            speed == null ? "" : Numbers.of(speed.value() * gigaMacs));
  }

  String chart() {
    Svg svg = new Svg();
    StringBuilder style =
        new StringBuilder(".grid{stroke:#ddd;stroke-width:1.5}polyline{fill:none;stroke-width:2}");
    for (Engine engine : engines()) {
      style.append(
          "polyline.%1$s{stroke:%2$s}circle.%1$s{fill:%2$s}"
              .formatted(engine.id(), Palette.of(engine)));
    }
    svg.add("<style>" + style + "</style>");
    draw(
        svg,
        0,
        "ResNet-50, images/s over batch size",
        over("batch size", BATCHES, Workload::batch));
    draw(
        svg,
        WIDTH,
        "Batch 8, images/s over depth",
        over("layers", DEPTHS, workload -> workload.model().replace("resnet", "")));
    return svg.finish(2 * WIDTH, TOP + LineChart.HEIGHT);
  }

  private void draw(Svg svg, double x, String title, LineChart chart) {
    svg.text(x + MARGIN, 22, Svg.Anchor.START, "font-size:14px;font-weight:bold", title);
    double legend = x + MARGIN;
    for (Engine engine : engines()) {
      String fill = "fill:" + Palette.of(engine);
      svg.text(legend, 44, Svg.Anchor.START, fill, engine.name());
      legend += LEGEND;
    }
    svg.add(
        chart.svg(
            "x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\""
                .formatted(x, TOP, LineChart.WIDTH, LineChart.HEIGHT)));
  }

  private LineChart over(String name, List<Workload> workloads, Function<Workload, Object> label) {
    return LineChart.over(
        name,
        workloads.stream().map(workload -> label.apply(workload).toString()).toList(),
        engines().stream().map(engine -> line(engine, workloads)).toList());
  }

  private LineChart.Line line(Engine engine, List<Workload> workloads) {
    return new LineChart.Line(
        engine.id(),
        IntStream.range(0, workloads.size())
            .mapToObj(i -> new LineChart.Point(i, speed(workloads.get(i), engine)))
            .filter(point -> !Double.isNaN(point.y()))
            .toList());
  }

  private List<Engine> engines() {
    return scores.stream().map(Score::engine).distinct().toList();
  }

  private double speed(Workload workload, Engine engine) {
    return scores.stream()
        .filter(score -> score.workload().equals(workload))
        .filter(score -> score.engine().equals(engine))
        .map(Score::imagesPerSecond)
        .map(median -> median == null ? Double.NaN : median.value())
        .findFirst()
        .orElse(Double.NaN);
  }
}

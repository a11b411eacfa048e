package org.resnet4j.benchmarks.report;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.benchmarks.peers.Contender;
import org.resnet4j.benchmarks.peers.Median;
import org.resnet4j.benchmarks.peers.Score;
import org.resnet4j.benchmarks.peers.Work;
import org.resnet4j.benchmarks.peers.Workload;
import org.resnet4j.support.AtomicFile;

/**
 * The throughput of this engine's inference over batch size and over depth, which would show a
 * sudden drop.
 */
public record Curves(Machine machine, List<Score> scores) {
  private static final String NAME = "curves";
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
        It measures inference of resnet4j; figures are medians as in [benchmarks](benchmarks.md).

        Machine: %s.

        ![Images per second over batch size and over depth](%s.svg)

        | | precision | images/s | GMAC/s |
        |---|---|---|---|
        %s"""
        .formatted(machine.text(), NAME, scores.stream().map(Curves::row).collect(joining()));
  }

  private static String row(Score score) {
    Workload workload = score.workload();
    Median speed = score.imagesPerSecond();
    double gigaMacs = Plan.of(Architectures.byName(workload.model())).macs() / 1e9;
    return "| %s, batch %s | %s | %s | %s |\n"
        .formatted(
            workload.model(),
            workload.batch(),
            score.contender().precisionName(),
            speed == null ? "skipped: " + score.reason() : Numbers.of(speed.value()),
            speed == null ? "" : Numbers.of(speed.value() * gigaMacs));
  }

  private String chart() {
    Svg svg = new Svg();
    new LineChart(
            "ResNet-50, images/s over batch size",
            BATCHES.stream().map(workload -> workload.batch() + "").toList(),
            lines(BATCHES))
        .draw(svg, 0);
    new LineChart(
            "Batch 8, images/s over depth",
            DEPTHS.stream().map(workload -> workload.model().replace("resnet", "")).toList(),
            lines(DEPTHS))
        .draw(svg, LineChart.WIDTH);
    return svg.finish(2 * LineChart.WIDTH, LineChart.HEIGHT);
  }

  private List<LineChart.Line> lines(List<Workload> places) {
    return scores.stream()
        .map(Score::contender)
        .distinct()
        .map(
            contender ->
                new LineChart.Line(
                    contender.name(),
                    Palette.of(contender),
                    places.stream().map(place -> speed(place, contender)).toList()))
        .toList();
  }

  private double speed(Workload workload, Contender contender) {
    return scores.stream()
        .filter(score -> score.workload().equals(workload))
        .filter(score -> score.contender().equals(contender))
        .map(Score::imagesPerSecond)
        .map(median -> median == null ? Double.NaN : median.value())
        .findFirst()
        .orElse(Double.NaN);
  }
}

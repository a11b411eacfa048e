package org.resnet4j.benchmarks.report;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.benchmarks.baselines.Engine;
import org.resnet4j.benchmarks.baselines.Measurement;
import org.resnet4j.benchmarks.baselines.Median;
import org.resnet4j.benchmarks.baselines.Score;
import org.resnet4j.benchmarks.baselines.Workload;
import org.resnet4j.support.AtomicFile;

/** The comparison as a page with a chart. */
public record Results(
    Machine machine, List<Score> scores, int rounds, double seconds, int threads) {
  /**
   * Writes the page and the chart of this kind of CPU to {@code folder}.
   *
   * @return a sentence with both names, and the machine of the page that was replaced
   */
  public String write(Path folder) throws IOException {
    Path page = folder.resolve(name() + ".md");
    Path chart = folder.resolve(name() + ".svg");
    String before = Machine.replaced(page);
    AtomicFile.write(page, markdown());
    AtomicFile.write(chart, BarChart.of(scores));
    return "wrote " + page + " and " + chart + before;
  }

  /** Returns the name of the files: figures of CPUs with and without AVX-512 are kept apart. */
  private String name() {
    return "benchmarks-" + machine.instructionSet();
  }

  String markdown() {
    Set<Workload> workloads = new LinkedHashSet<>(scores.stream().map(Score::workload).toList());
    return """
        # Benchmarks

        `./resnet bench` writes this page.
        Each engine runs in its own process, and the engines take turns for %s rounds.
        A figure is the median of the rounds, with the least and the greatest in brackets.
        A round gives the median batch in %s s, after half as long a warm-up.
        Each engine gets %s threads.

        The baselines run in their default environment.
        resnet4j and stock Deeplearning4j run with the settings of `./resnet`: waiting threads spin briefly, and large buffers have huge pages.
        Images are random, and in memory before the clock starts.

        All engines run the same network, written from one plan with one set of weights.
        PyTorch's parameters are counted.
        Before the measurement, each engine's logits must equal stock Deeplearning4j's within 1e-3 of the largest (bf16 and int8: 0.1).
        In int8, ONNX Runtime reads a file with QuantizeLinear in which the inputs of sums are integers too, so that it computes sums in integers; resnet4j adds them before they are rounded.

        Training is a whole step: forward, backward, SGD with momentum 0.9 and weight decay; in bf16 with single-precision weights.
        PyTorch is the fastest of eager, autocast and frozen, each in NCHW and channels-last.
        PyTorch in DJL runs a TorchScript archive with batch norm folded, in NCHW or channels-last.
        DJL has no figures for training: PyTorch's training is measured in Python, with the version named below.
        Memory is the peak resident memory of the process, its runtime included.

        *The oneDNN roofline* is the sum of the times of the fastest oneDNN primitives.
        An engine that uses only these primitives can hardly exceed it; resnet4j has other kernels for some convolutions.
        Each convolution is measured alone, repeatedly on the same memory, in the fastest of three layouts.
        In training, each pass of a convolution counts, and batch norm with its ReLU forward and backward; in inference, the classifier counts as well.
        A time is the median of several runs, about 5 %% above the fastest run on a quiet machine.
        A network also needs reorders, pooling, sums, loss and update.

        %s

        Programs: %s.

        ![Images per second of each engine](%s.svg)
        %s"""
        .formatted(
            rounds,
            Numbers.of(seconds),
            threads,
            machine.line(),
            programs(),
            name(),
            workloads.stream().map(this::section).collect(joining()));
  }

  private String programs() {
    return scores.stream()
        .flatMap(score -> score.measurements().stream())
        .map(Measurement::program)
        .distinct()
        .collect(joining(", "));
  }

  private String section(Workload workload) {
    String rows =
        scores.stream()
            .filter(score -> score.workload().equals(workload))
            .map(this::row)
            .collect(joining());
    return """

        ## %s

        | | precision | images/s | speed-up of resnet4j | of the roofline | memory, MB | |
        |---|---|---|---|---|---|---|
        %s"""
        .formatted(workload.title(), rows);
  }

  private String row(Score score) {
    Engine engine = score.engine();
    Median speed = score.imagesPerSecond();
    String title = engine.kind() == Engine.Kind.OURS ? "**%s**" : "%s";
    return "| %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            title.formatted(engine.title()),
            engine.precisionName(),
            speed == null
                ? ""
                : "%s (%s–%s)"
                    .formatted(
                        Numbers.of(speed.value()),
                        Numbers.of(speed.least()),
                        Numbers.of(speed.most())),
            engine.kind() == Engine.Kind.OURS
                ? ""
                : ratio(speedOf(score, Engine.Kind.OURS), speed, " ×"),
            engine.kind() == Engine.Kind.ROOFLINE
                ? ""
                : ratio(speed, speedOf(score, Engine.Kind.ROOFLINE), ""),
            speed == null ? "" : Numbers.of(score.peakMegabytes()),
            remark(score));
  }

  private static String ratio(@Nullable Median one, @Nullable Median other, String unit) {
    return one == null || other == null
        ? ""
        : String.format(Locale.ROOT, "%.2f%s", one.value() / other.value(), unit);
  }

  /**
   * Returns the speed of the first engine of that kind on the same workload in the same precision.
   */
  private @Nullable Median speedOf(Score like, Engine.Kind kind) {
    return scores.stream()
        .filter(score -> score.workload().equals(like.workload()))
        .filter(score -> score.engine().kind() == kind)
        .filter(score -> score.engine().precision() == like.engine().precision())
        .map(Score::imagesPerSecond)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static String remark(Score score) {
    String reason = score.reason();
    String variants =
        score.measurements().stream()
            .map(Measurement::variant)
            .filter(variant -> !variant.isEmpty())
            .distinct()
            .collect(joining("; "));
    return reason == null ? variants : "skipped: " + reason.replace("|", "\\|");
  }
}

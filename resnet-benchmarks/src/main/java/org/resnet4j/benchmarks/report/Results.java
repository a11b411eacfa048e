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
import org.resnet4j.benchmarks.peers.Contender;
import org.resnet4j.benchmarks.peers.Measurement;
import org.resnet4j.benchmarks.peers.Median;
import org.resnet4j.benchmarks.peers.Score;
import org.resnet4j.benchmarks.peers.Workload;
import org.resnet4j.support.AtomicFile;

/** The comparison as a page with a picture. */
public record Results(
    Machine machine, List<Score> scores, int rounds, double seconds, int threads) {
  private static final String NAME = "benchmarks";

  /** Writes both to {@code folder} and names them. */
  public String write(Path folder) throws IOException {
    Path page = folder.resolve(NAME + ".md");
    Path picture = folder.resolve(NAME + ".svg");
    AtomicFile.write(page, markdown());
    AtomicFile.write(picture, BarChart.of(scores));
    return page + " " + picture;
  }

  String markdown() {
    Set<Workload> workloads = new LinkedHashSet<>(scores.stream().map(Score::workload).toList());
    return """
        # Benchmarks

        `./resnet bench` writes this page. Every contender runs in a process of its own, in turn, %s times over; a number is the median of its rounds (in brackets: least and most), a round the median batch of
        %s s after half as long a warm-up. Everyone gets %s threads; the peers' environment is at its defaults; ours and stock Deeplearning4j run as `./resnet` sets it: waiting threads spin briefly, large buffers have huge pages. Images are random and lie in memory before the clock
        starts. All run the same network: it is written from one plan with one set of weights, PyTorch's parameters are counted, and before anything is timed the logits must equal stock Deeplearning4j's within 1e-3 of the largest (bf16: 0.1).

        Training is a whole step: forward, backward, SGD with momentum 0.9 and weight decay, in bf16 with single-precision weights. PyTorch is the fastest of eager, autocast and frozen, plain and channels-last; in DJL a TorchScript archive with
        batch norm folded, plain or channels-last. DJL has no training row: training is measured with Python, on the version of PyTorch named there. Memory is the most resident memory of the process, its runtime included.

        *The oneDNN bound* is what an engine on these primitives alone can hardly pass (ours leaves them for some convolutions): every convolution (in training each of its passes, and batch norm with its ReLU forward and backward; in inference the classifier), alone and again and again on the same memory, the median of its runs (on a quiet machine some five percent above its fastest run) in the fastest of three layouts,
        summed. Reorders, pooling, sums, loss and update come on top in a network.

        Machine: %s.

        Programs: %s.

        ![bars](%s.svg)
        %s"""
        .formatted(
            rounds,
            Numbers.of(seconds),
            threads,
            machine.text(),
            programs(),
            NAME,
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

        | | precision | images/s | resnet4j is | of the bound | memory, MB | |
        |---|---|---|---|---|---|---|
        %s"""
        .formatted(workload.title(), rows);
  }

  private String row(Score score) {
    Contender contender = score.contender();
    Median speed = score.imagesPerSecond();
    String title = contender.kind() == Contender.Kind.OURS ? "**%s**" : "%s";
    return "| %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            title.formatted(contender.title()),
            contender.precisionName(),
            speed == null
                ? ""
                : "%s (%s–%s)"
                    .formatted(
                        Numbers.of(speed.value()),
                        Numbers.of(speed.least()),
                        Numbers.of(speed.most())),
            contender.kind() == Contender.Kind.OURS
                ? ""
                : ratio(speedOf(score, Contender.Kind.OURS), speed, " ×"),
            contender.kind() == Contender.Kind.BOUND
                ? ""
                : ratio(speed, speedOf(score, Contender.Kind.BOUND), ""),
            speed == null ? "" : Numbers.of(score.peakMegabytes()),
            remark(score));
  }

  private static String ratio(@Nullable Median one, @Nullable Median other, String unit) {
    return one == null || other == null
        ? ""
        : String.format(Locale.ROOT, "%.2f%s", one.value() / other.value(), unit);
  }

  /** Of the contender of that kind on the same workload in the same precision. */
  private @Nullable Median speedOf(Score like, Contender.Kind kind) {
    return scores.stream()
        .filter(score -> score.workload().equals(like.workload()))
        .filter(score -> score.contender().kind() == kind)
        .filter(score -> score.contender().precision() == like.contender().precision())
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

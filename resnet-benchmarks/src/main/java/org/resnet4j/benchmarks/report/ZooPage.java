package org.resnet4j.benchmarks.report;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.benchmarks.baselines.Stopwatch;
import org.resnet4j.support.AtomicFile;

/** The times of the networks of {@code deeplearning4j-zoo} as a page with a table. */
public record ZooPage(Machine machine, String program, double seconds, List<Row> rows) {
  /** The lines above the rows. */
  public static final String HEAD =
      """
      | network | batch | inference: stock, ms | engine, ms | ratio | training: stock, ms | engine, ms | ratio |
      |---|---|---|---|---|---|---|---|
      """;

  private static final String NAME = "zoo-speed.md";

  /** The milliseconds of one batch on stock Deeplearning4j and on the engine. */
  public record Times(double stock, double engine) {
    private static String text(@Nullable Times times) {
      return times == null
          ? "– | – | –"
          : "%s | %s | %s"
              .formatted(
                  Numbers.of(times.stock),
                  Numbers.of(times.engine),
                  String.format(Locale.ROOT, "%.2f ×", times.stock / times.engine));
    }
  }

  /**
   * A network's times.
   *
   * @param batch its images and their size
   * @param training null if the network has no loss
   */
  public record Row(String network, String batch, Times inference, @Nullable Times training) {
    /** Returns the line of the table. */
    public String markdown() {
      return "| %s | %s | %s | %s |\n"
          .formatted(network, batch, Times.text(inference), Times.text(training));
    }
  }

  /**
   * Writes the page to {@code folder}.
   *
   * @return a sentence with its name, and the machine of the page that was replaced
   */
  public String write(Path folder) throws IOException {
    Path page = folder.resolve(NAME);
    String before = Machine.replaced(page);
    AtomicFile.write(page, markdown());
    return "wrote " + page + before;
  }

  String markdown() {
    return """
        # The networks of deeplearning4j-zoo

        `./resnet bench --zoo` writes this page.
        It measures the convolutional networks of `deeplearning4j-zoo` on stock Deeplearning4j and on the engine, in one process and in single precision.
        Weights and images are random, and in memory before the clock starts.
        A figure is the time of the median batch in %s s, after a warm-up of half that time or one batch.
        At least three batches are run if they take less than %s s, otherwise one or two.

        Training is a whole step with the network's own updater, `fit` with one batch.
        SimpleCNN has no loss and cannot be trained.
        The zoo's ResNet50 does a quarter of the work of a ResNet-50: its first stage has stride 2.
        Outputs and gradients of both are compared by `ZooParityTest` ([supported graphs](engine.md#supported-graphs)).

        %s

        Program: %s.

        %s%s"""
        .formatted(
            Numbers.of(seconds),
            Numbers.of(Stopwatch.PATIENCE * seconds),
            machine.line(),
            program,
            HEAD,
            rows.stream().map(Row::markdown).collect(joining()));
  }
}

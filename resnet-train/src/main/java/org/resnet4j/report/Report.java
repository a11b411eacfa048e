package org.resnet4j.report;

import static java.util.Comparator.comparingDouble;
import static org.resnet4j.report.Html.escape;
import static org.resnet4j.report.Html.number;
import static org.resnet4j.report.Html.percent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.arch.Plan;
import org.resnet4j.data.ImageSource;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.MultiLabelResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.LineChart;

/**
 * The report of a run as one self-contained HTML page, {@code report.html}.
 *
 * <pre>{@code
 * Report.of(result.record(), result.test(), testImages).write(folder.resolve("report.html"));
 * }</pre>
 */
public final class Report {
  private static final int MISTAKES = 16;
  private static final int SAMPLES = 24;
  private static final int RATE_POINTS = 200;
  private static final double SAME_RATE = 1e-6;

  private final RunRecord record;
  private final RunSetup setup;
  private final EvaluationResult result;
  private final String html;

  private Report(RunRecord record, Predictions test, ImageSource images) throws IOException {
    this.record = record;
    setup = record.setup();
    result = test.result();
    html = page(tiles(test, images));
  }

  /** Returns the report; {@code images} are those classified as {@code test}, in the same order. */
  public static Report of(RunRecord record, Predictions test, ImageSource images)
      throws IOException {
    return new Report(record, test, images);
  }

  /** Writes the page atomically. */
  public void write(Path file) throws IOException {
    AtomicFile.write(file, html);
  }

  private String page(String tiles) throws IOException {
    String title = "%s on %s".formatted(setup.architecture().name(), setup.recipe().dataset());
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%1$s</title>
        <style>
        %2$s</style></head>
        <body><main>
        <h1>%1$s</h1>
        <div class="soft">%3$s</div>
        %4$s
        %10$s
        <section><h2>Training</h2>%5$s</section>
        %6$s
        <section><h2>%11$s</h2>%7$s</section>
        <section><h2>Images</h2>%8$s</section>
        <section><h2>Setup</h2>%9$s</section>
        </main></body></html>
        """
        .formatted(
            escape(title),
            style(),
            escape(subtitle()),
            numbers(),
            charts(),
            confusion(),
            new ClassTable(result).html(),
            tiles,
            new ReportFacts(record).html(),
            Html.join(record.notes().stream().map(note -> "<p>%s</p>".formatted(escape(note)))),
            result.multiLabel() == null ? "Classes" : "Labels");
  }

  /** Returns the section on classes taken for others; labels are independent and have none. */
  private String confusion() {
    return result.multiLabel() == null
        ? "<section><h2>Confusion matrix</h2>%s</section>"
            .formatted(new ConfusionTable(result).html())
        : "";
  }

  private static String style() throws IOException {
    try (InputStream in = Report.class.getResourceAsStream("report.css")) {
      return new String(
          Objects.requireNonNull(in, "report.css is in the jar").readAllBytes(),
          StandardCharsets.UTF_8);
    }
  }

  private String subtitle() {
    return "%s · %s · %s"
        .formatted(
            setup.recipe().name(), record.started().substring(0, 10), setup.training().origin());
  }

  private String numbers() {
    double seconds = record.epochs().stream().mapToDouble(RunRecord.Epoch::seconds).sum();
    int examples = setup.training().examples();
    double speed = seconds == 0 ? 0 : (double) examples * record.epochs().size() / seconds;
    return Html.join(
        Stream.of(
            "<div class=\"numbers\">",
            result.multiLabel() == null ? accuracies() : labelScores(result.multiLabel()),
            card(number("%,d", Plan.of(setup.architecture()).parameterCount()), "parameters"),
            card("" + record.epochs().size(), "epochs of %,d images", examples),
            card(Html.duration(seconds), "of training"),
            speed == 0 ? "" : card(number("%,.0f", speed), "images a second"),
            "</div>"));
  }

  private String accuracies() {
    Double top5 = result.top5();
    return measured(result.accuracy(), "top-1 accuracy")
        + (result.isImbalanced()
            ? card(percent(result.meanRecall()), "mean recall of classes")
            : "")
        + (top5 == null ? "" : card(percent(top5), "top-5 accuracy"));
  }

  private String labelScores(MultiLabelResult some) {
    Double mean = some.meanAveragePrecision();
    return measured(mean == null ? 0 : mean, "mean average precision of labels")
        + card(percent(some.microF1()), "F1 of all labels together (micro)")
        + card(percent(some.macroF1()), "mean F1 of labels (macro)")
        + card(percent(result.accuracy()), "images whose labels are all right");
  }

  private String measured(double share, String what) {
    return card(
        percent(share),
        record.isLastBest()
            ? what + " on %,d test images"
            : what + " on %,d test images after epoch %d, the best",
        result.examples(),
        record.best());
  }

  private static String card(String value, String explanation, Object... values) {
    return "<div class=\"number\"><b>%s</b><span>%s</span></div>"
        .formatted(value, number(explanation, values));
  }

  private String charts() {
    List<RunRecord.Epoch> epochs = record.epochs();
    List<LineChart.Line> losses = List.of(line("training", epochs, RunRecord.Epoch::loss));
    List<RunRecord.Epoch> tested = epochs.stream().filter(epoch -> epoch.score() != null).toList();
    LineChart.Line test = line("test", tested, epoch -> Objects.requireNonNull(epoch.score()));
    boolean multiLabel = setup.multiLabel();
    List<LineChart.Line> accuracies =
        multiLabel
            ? List.of(test)
            : List.of(line("training", epochs, RunRecord.Epoch::accuracy), test);
    double lowest =
        accuracies.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(LineChart.Point::y)
            .min()
            .orElse(0);
    return """
        <div class="charts">%s%s%s</div>
        <p class="soft small">Loss and accuracy of the training images are those of each batch at the time it was trained on, augmentation included.</p>
        """
        .formatted(
            chart("Loss", 0, losses),
            chart(multiLabel ? "Mean average precision" : "Accuracy", lowest, accuracies),
            chart("Learning rate", 0, List.of(rates())));
  }

  /** Returns a chart over epochs, with a legend if there are several lines with points. */
  private static String chart(String title, double from, List<LineChart.Line> lines) {
    List<String> styles =
        lines.stream().filter(line -> !line.points().isEmpty()).map(LineChart.Line::style).toList();
    String legend =
        styles.size() < 2
            ? ""
            : Html.join(
                styles.stream().map(style -> "<i class=\"%1$s\">%1$s</i>".formatted(style)));
    String attributes = "role=\"img\" aria-label=\"%s\"".formatted(escape(title));
    return """
        <figure><figcaption>%s%s</figcaption>
        %s</figure>"""
        .formatted(escape(title), legend, new LineChart("epoch", from, lines).svg(attributes));
  }

  private static LineChart.Line line(
      String style, List<RunRecord.Epoch> epochs, ToDoubleFunction<RunRecord.Epoch> value) {
    return new LineChart.Line(
        style,
        epochs.stream()
            .map(epoch -> new LineChart.Point(epoch.epoch(), value.applyAsDouble(epoch)))
            .toList());
  }

  /**
   * Returns the learning rate over epochs; the first epoch spans 0 to 1 on the axis. It is that of
   * the epochs' last steps if the schedule was changed between them.
   */
  private LineChart.Line rates() {
    Recipe recipe = setup.recipe();
    int batches = recipe.batches(setup.training().examples());
    ISchedule schedule = recipe.rates(batches);
    for (RunRecord.Epoch epoch : record.epochs()) {
      double planned = schedule.valueAt(epoch.epoch() * batches - 1, epoch.epoch() - 1);
      if (Math.abs(planned - epoch.learningRate()) > SAME_RATE * recipe.learningRate()) {
        return line("training", record.epochs(), RunRecord.Epoch::learningRate);
      }
    }
    int steps = batches * recipe.epochs();
    return new LineChart.Line(
        "training",
        IntStream.rangeClosed(0, RATE_POINTS)
            .map(i -> (int) ((long) i * (steps - 1) / RATE_POINTS))
            .distinct()
            .mapToObj(
                step ->
                    new LineChart.Point(
                        step / (double) batches, schedule.valueAt(step, step / batches)))
            .toList());
  }

  private String tiles(Predictions test, ImageSource images) throws IOException {
    int count = test.examples();
    int[] mistakes =
        IntStream.range(0, count)
            .filter(i -> !test.isRight(i))
            .boxed()
            .sorted(comparingDouble(i -> -test.certainty(i)))
            .mapToInt(Integer::intValue)
            .limit(MISTAKES)
            .toArray();
    int samples = Math.min(SAMPLES, count);
    int[] sample =
        IntStream.range(0, samples).map(i -> (int) ((long) i * count / samples)).toArray();
    return grid("A sample, evenly spread over the test data", sample, test, images)
        + grid("Most confident errors", mistakes, test, images);
  }

  private String grid(String title, int[] indices, Predictions test, ImageSource images)
      throws IOException {
    if (indices.length == 0) {
      return "";
    }
    StringBuilder tiles = new StringBuilder();
    for (int i : indices) {
      tiles.append(ImageTile.of(images.read(i), test, i, setup.classes()).html()).append('\n');
    }
    return "<p class=\"soft small\">%s</p><div class=\"tiles\">%s</div>"
        .formatted(escape(title), tiles);
  }
}

package org.resnet4j.report;

import static java.util.stream.Collectors.joining;
import static org.resnet4j.report.Html.escape;
import static org.resnet4j.report.Html.fact;
import static org.resnet4j.report.Html.number;
import static org.resnet4j.report.Html.plain;

import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.arch.Architecture;
import org.resnet4j.recipe.Balance;
import org.resnet4j.recipe.RateSchedule;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.Environment;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;

/** The tables of the report with the facts of the run record. */
final class ReportFacts {
  private final RunRecord record;

  ReportFacts(RunRecord record) {
    this.record = record;
  }

  String html() {
    return Html.join(
        Stream.of("<div class=\"facts\">", network(), recipe(), data(), environment(), "</div>"));
  }

  private static String table(String title, String... rows) {
    return "<div><h3>%s</h3><table class=\"rows small\"><tbody>%s</tbody></table></div>"
        .formatted(escape(title), String.join("\n", rows));
  }

  private String network() {
    Architecture architecture = record.setup().architecture();
    return table(
        "Network",
        fact("architecture", architecture.name()),
        fact("input", architecture.input()),
        fact("stem", architecture.stem()),
        fact(
            "blocks",
            architecture.blocks().describeKinds() + ", " + dashes(architecture.blocks().depths())),
        fact("widths", dashes(architecture.blocks().widths())),
        fact("shortcut", architecture.shortcut().kind()),
        fact("classes", architecture.classes()),
        fact("dropout", plain(architecture.head().dropout())));
  }

  private static String dashes(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(joining("-"));
  }

  private String recipe() {
    Recipe recipe = record.setup().recipe();
    Tuning tuning = record.setup().tuning();
    return table(
        "Recipe",
        fact("recipe", recipe.name()),
        fact("description", recipe.description()),
        fact("epochs", recipe.epochs()),
        fact("batch", recipe.batch() + ", last " + recipe.lastBatch()),
        fact("learning rate", plain(recipe.learningRate()) + ", " + schedule(recipe.schedule())),
        fact("momentum", plain(recipe.momentum())),
        fact("weight decay", plain(recipe.weightDecay())),
        fact("augmentation", recipe.augmentations()),
        fact("images", record.setup().pipeline().describe()),
        tuning == null ? "" : fact("start", tuning.describe()),
        record.setup().multiLabel() ? fact("labels", "several an image, " + recipe.loss()) : "",
        recipe.balance() == Balance.NONE ? "" : fact("balance of classes", balance(recipe)),
        recipe.patience() == 0 ? "" : fact("patience", recipe.patience() + " epochs"),
        fact("precision", recipe.precision()),
        fact("seed", record.setup().seed()));
  }

  private static String balance(Recipe recipe) {
    return recipe.balance()
        + recipe.classWeights().entrySet().stream()
            .map(weight -> weight.getKey() + " " + plain(weight.getValue()))
            .collect(joining(", ", recipe.classWeights().isEmpty() ? "" : ": ", ""));
  }

  private static String schedule(RateSchedule schedule) {
    String decline =
        switch (schedule.kind()) {
          case CONSTANT -> "constant";
          case STEPS ->
              "times " + plain(schedule.factor()) + " from epochs " + schedule.milestones();
          case COSINE -> "cosine to " + plain(schedule.lowest());
          case POLYNOMIAL -> "polynomial to 0, power " + plain(schedule.power());
          case EXPONENTIAL -> "times " + plain(schedule.factor()) + " every epoch";
          case ONE_CYCLE -> "one cycle";
        };
    double warmup = schedule.warmup().epochs();
    return warmup == 0 ? decline : decline + number(", warm-up of %s epochs", plain(warmup));
  }

  private String data() {
    return table(
        "Data",
        dataset("training", record.setup().training()),
        dataset("test", record.setup().test()));
  }

  private static String dataset(String use, RunSetup.Data data) {
    return fact(use, data.name())
        + fact("images", number("%,d", data.examples()))
        + fact("origin", data.origin())
        + fact("fingerprint", data.fingerprint());
  }

  private String environment() {
    Environment here = record.environment();
    return table(
        "Programs and machine",
        fact("started", record.started()),
        fact("resnet4j", here.resnet4j()),
        fact("Deeplearning4j", here.deeplearning4j()),
        fact("Java", here.java()),
        fact("system", here.system()),
        fact("processor", here.cpu()),
        fact("cores", here.cores()),
        fact("memory", number("%.1f GB", here.memoryGigabytes())),
        fact("backend", here.backend()),
        fact("engine", record.engine()));
  }
}

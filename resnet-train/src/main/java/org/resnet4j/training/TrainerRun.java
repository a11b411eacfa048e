package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageCheck;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.ImageSums;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.report.Report;
import org.resnet4j.run.RunSetup;
import org.resnet4j.zoo.Model;

/** A run of a trainer: it opens the data, examines them, trains and writes the report. */
final class TrainerRun {
  /** The folder in which runs without a chosen one have theirs. */
  private static final Path RUNS = Path.of("runs");

  private final TrainerSettings settings;
  private final @Nullable Path chosen;
  private List<String> notes = List.of();
  private ImageSums examined = ImageSums.NONE;

  /**
   * Creates a run.
   *
   * @param chosen folder of the run; null for a new one in {@code runs}
   */
  TrainerRun(TrainerSettings settings, @Nullable Path chosen) {
    this.settings = settings;
    this.chosen = chosen;
  }

  /** The use of a training that is ready to start. */
  private interface Use<T> {
    T of(Training training, RunSetup setup, OpenDataset test) throws IOException;
  }

  /** A measurement of a training that is ready to start. */
  interface Measurement<T> {
    T of(Training training) throws IOException;
  }

  /** Measures the training; images are not examined. */
  <T> T measured(Measurement<T> measurement) throws IOException {
    Dataset set = resumed(settings.data().in(settings.home));
    try (OpenDataset train = set.open(Split.TRAIN);
        OpenDataset test = set.open(Split.TEST)) {
      return prepared(
          set, train, test, false, (training, setup, tested) -> measurement.of(training));
    }
  }

  Training.Result run() throws IOException {
    Dataset set = resumed(settings.data().in(settings.home));
    List<String> unreadable;
    try (OpenDataset train = set.open(Split.TRAIN);
        OpenDataset test = set.open(Split.TEST)) {
      ImageSource images =
          settings.skipsUnreadable
              ? train.source()
              : settings.recipe().trainingImages(train.source());
      unreadable = unreadable(set, images, test.source());
      if (unreadable.isEmpty()) {
        return prepared(set, train, test, true, this::run);
      }
    }
    Dataset readable = set.without(unreadable);
    try (OpenDataset train = readable.open(Split.TRAIN);
        OpenDataset test = readable.open(Split.TEST)) {
      return prepared(readable, train, test, true, this::run);
    }
  }

  private Training.Result run(Training training, RunSetup setup, OpenDataset test)
      throws IOException {
    Path folder =
        chosen == null
            ? RunFolder.next(RUNS, setup.architecture().name() + "-" + test.spec().name())
            : chosen;
    settings.progress.prepared(setup, folder);
    Training.Result result =
        training.start(settings.start).progress(settings.progress).notes(notes).run(folder);
    Report.of(result.record(), result.test(), test.source())
        .write(folder.resolve(RunFolder.REPORT));
    return result;
  }

  /** Returns the dataset with the split, the order of classes and the images of a resumed run. */
  private Dataset resumed(Dataset set) {
    RunSetup before = settings.resumed;
    if (before == null) {
      return set;
    }
    List<String> leftOut =
        Stream.concat(before.training().leftOut().stream(), before.test().leftOut().stream())
            .toList();
    return set.as(before.classes(), before.training().heldOut(), leftOut);
  }

  /**
   * Examines the images before the first step of a run, and returns the files to leave out.
   *
   * @throws IOException when images cannot be trained on
   */
  private List<String> unreadable(Dataset set, ImageSource training, ImageSource test)
      throws IOException {
    if (settings.resumed != null) {
      return List.of(); // examined before
    }
    ImageFindings found = ImageCheck.of(training, test).progress(settings.progress::examined).run();
    if (settings.skipsUnreadable) {
      found.requireClasses();
    } else {
      found.requireUsable();
    }
    settings.progress.found(found);
    notes = found.warnings();
    examined = found.training();
    return found.unreadable().stream().map(set::relative).toList();
  }

  /**
   * Uses a training of what is set.
   *
   * @param sums whether the contents of training images are recorded, which reads all of them
   */
  private <T> T prepared(Dataset set, OpenDataset train, OpenDataset test, boolean sums, Use<T> use)
      throws IOException {
    Recipe suited = settings.recipe(train);
    ImageSource images = suited.trainingImages(train.source());
    Recipe how = suited.weighted(images);
    ChannelStats stats = how.stats(images);
    ImagePipeline own = settings.pipeline();
    ImagePipeline usual =
        own == null
            ? how.pipeline(images.read(0).shape(), stats)
            : own.augmented(how.augmentations().transforms());
    ImagePipeline pipeline = own == null ? settings.pixels.apply(usual) : usual;
    List<String> classes = train.source().classes();
    boolean multiLabel = train.source().isMultiLabel();
    Model model = settings.teacher(multiLabel);
    try (Batches training = how.trainingBatches(images, pipeline, settings.seed).lent().build();
        Batches testing = how.testBatches(test.source(), pipeline).lent().build();
        Teacher teacher = model == null ? null : Teacher.of(model, pipeline, classes)) {
      training.setPreProcessor(teacher);
      requireClassesOfRun(classes);
      Architecture architecture = settings.shaped(training.shape(), classes.size(), how);
      how.requireSidesFor(architecture);
      RunSetup setup =
          new RunSetup(
              architecture,
              how,
              settings.seed,
              described(set, train, images, sums ? sums(images) : ""),
              described(set, test, test.source(), ""),
              classes,
              stats,
              own == null && pipeline.equals(usual) && how.resizing().isStretch()
                  ? null
                  : pipeline.forInference(),
              settings.tuning(how.epochs(), images.size(), classes),
              settings.teaching(model),
              multiLabel);
      return use.of(
          Training.of(setup, EpochBatches.of(training), EpochBatches.of(testing))
              .from(settings.tuning == null ? null : settings.tuning.model())
              .images(images, pipeline)
              .engine(settings.engine(how)),
          setup,
          test);
    }
  }

  private void requireClassesOfRun(List<String> classes) {
    RunSetup before = settings.resumed;
    if (before != null && classes.size() != before.classes().size()) {
      throw new IllegalArgumentException(
          "%s: expected the %s classes of the run that is resumed, %s, but there are %s: %s; resume it with its own data, or begin another run"
              .formatted(
                  settings.data(),
                  before.classes().size(),
                  before.classes(),
                  classes.size(),
                  classes));
    }
  }

  private String sums(ImageSource images) {
    RunSetup before = settings.resumed;
    if (before != null) {
      return before.training().sums();
    }
    // Those of a part of the images that were examined are computed again.
    ImageSums sums = examined.size() == images.size() ? examined : ImageSums.of(images);
    return sums.toString();
  }

  private static RunSetup.Data described(
      Dataset set, OpenDataset opened, ImageSource used, String sums) {
    String origin =
        used.size() == opened.source().size()
            ? opened.origin()
            : String.format(Locale.ROOT, "%s, %,d of them used", opened.origin(), used.size());
    return new RunSetup.Data(
        set.toString(),
        origin,
        opened.fingerprint(),
        used.size(),
        opened.heldOut(),
        opened.leftOut(),
        sums);
  }
}

package org.resnet4j.training;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.data.ImageSums;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a model on labelled images, which its own pipeline prepares: the predictions are those
 * of its classifier.
 *
 * <pre>{@code
 * double accuracy = Evaluation.of(model).on(Dataset.folder(photos)).accuracy();
 * }</pre>
 *
 * <p>The images are the test split, or all of them if there are no splits; of the data that the
 * model was trained on, those that its training kept for the test. Classes are matched by name,
 * WordNet id or number; images of a subset of the model's classes are scored on these classes. The
 * result counts images, byte for byte, that the model was trained on, wherever they lie.
 */
public final class Evaluation {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluation.class);
  private static final int BATCH = 128;
  private static final double HALF = 0.5;

  private final Model model;
  private final Dataset data;
  private final int batch;
  private final boolean mirrors;
  private final IntConsumer progress;

  /** A model whose data are to be named. */
  public static final class Subject {
    private final Model model;

    private Subject(Model model) {
      this.model = model;
    }

    /** Returns the evaluation on a dataset. */
    public Evaluation on(Dataset data) {
      return new Evaluation(model, data, BATCH, false, done -> {});
    }
  }

  private Evaluation(Model model, Dataset data, int batch, boolean mirrors, IntConsumer progress) {
    this.model = model;
    this.data = data;
    this.batch = batch;
    this.mirrors = mirrors;
    this.progress = progress;
  }

  /** Returns a model to evaluate. */
  public static Subject of(Model model) {
    return new Subject(model);
  }

  /** Returns this evaluation in batches of {@code images}; 128 unless set. */
  public Evaluation batch(int images) {
    return new Evaluation(model, data, images, mirrors, progress);
  }

  /**
   * Returns this evaluation with test-time augmentation: the probabilities of an image are the
   * means of its own and of its mirror image's. They suit images that mean the same in a mirror.
   */
  public Evaluation mirrored() {
    return new Evaluation(model, data, batch, true, progress);
  }

  /** Returns this evaluation, which reports the number of images done after every batch. */
  public Evaluation progress(IntConsumer value) {
    return new Evaluation(model, data, batch, mirrors, value);
  }

  /**
   * Returns the share of images whose most probable class is the true one; of images with several
   * labels, whose predicted labels are exactly the true ones. If the model was trained on some of
   * them, the log says so, with the accuracy on the others.
   */
  public double accuracy() throws IOException {
    return result().accuracy();
  }

  /**
   * Returns the mean over labels of the average precision, as scikit-learn defines it, of images
   * with several labels. Labels that no image has are left out.
   *
   * @throws IllegalArgumentException when every image has one label, or none has any
   */
  public double meanAveragePrecision() throws IOException {
    Double mean = result().meanAveragePrecision();
    if (mean == null) {
      throw new IllegalArgumentException(
          "%s: expected images with several labels but each has one, or none has any; ask for the accuracy"
              .formatted(data));
    }
    return mean;
  }

  private EvaluationResult result() throws IOException {
    EvaluationResult result = run().result();
    if (result.trained() > 0) {
      LOG.warn("{}", result.trainedSentence());
    }
    return result;
  }

  /**
   * Returns the predictions, computed in FP32 by the oneDNN engine or, where it is not available,
   * by stock Deeplearning4j. A quantized model is computed in INT8 if that is faster here.
   *
   * @throws IllegalArgumentException when classes of the data are not the model's
   */
  public Predictions run() throws IOException {
    Precision precision = model.quantized() == null ? Precision.FP32 : Precision.AUTO;
    CompileOptions options =
        CompileOptions.inference()
            .precision(precision)
            .maximumBatch(batch)
            .orFallBack()
            .sharingParameters();
    try (OpenDataset images = open();
        CompiledNetwork network = OneDnn.compile(model.network(), model.ranges(options))) {
      return run(images, network::output);
    }
  }

  /** Returns the setup of the run that trained the model; null if it was not trained here. */
  private @Nullable RunSetup setup() throws IOException {
    String run = model.provenance().run();
    return run == null
        ? null
        : RunRecord.parse(model.name(), run.getBytes(StandardCharsets.UTF_8)).setup();
  }

  /** Returns the images that are evaluated. */
  public OpenDataset open() throws IOException {
    RunSetup setup = setup();
    if (setup == null) {
      return data.whole();
    }
    return data.as(setup.classes(), setup.test().heldOut(), setup.test().leftOut())
        .unseen(setup.training().fingerprint(), setup.test().fingerprint());
  }

  /** Returns the predictions that {@code network} makes on what {@link #open} returned. */
  public Predictions run(OpenDataset images, UnaryOperator<INDArray> network) throws IOException {
    int count = images.source().size();
    try (Batches batches =
        Batches.of(images.source())
            .size(Math.min(batch, count))
            .pipeline(model.pipeline())
            .lent()
            .build()) {
      Predictions all =
          predictions(
              mirrors ? input -> mirroredMean(network, input) : network, batches, images, progress);
      RunSetup setup = setup();
      return setup == null
          ? all
          : all.apart(ImageSums.parse(setup.training().sums()).among(images.source()));
    }
  }

  /**
   * Returns the predictions on batches of {@code images}: of several labels each if the images have
   * them, or those that the model was trained on had.
   *
   * @throws IllegalArgumentException when images have several labels and the model predicts one
   */
  Predictions predictions(
      UnaryOperator<INDArray> network, Batches batches, OpenDataset images, IntConsumer done)
      throws IOException {
    List<String> names = images.source().classes();
    RunSetup setup = setup();
    boolean trained = setup != null && setup.multiLabel();
    if (!trained && !images.source().isMultiLabel()) {
      return Predictions.of(network, batches, names, classes(images), done);
    }
    if (!TrainedLoss.areIndependent(model.network())) {
      throw new IllegalArgumentException(
          "%s: expected a model with a probability of its own for each label, because images have several, but its probabilities sum to 1; train it on such images"
              .formatted(model.name()));
    }
    return Predictions.ofLabels(network, batches, names, classes(images), done);
  }

  private static INDArray mirroredMean(UnaryOperator<INDArray> network, INDArray images) {
    INDArray own = network.apply(images).dup(); // the network may use its memory again
    return own.addi(network.apply(mirrored(images))).muli(HALF);
  }

  /** Returns the images {@code [N, C, H, W]} with left and right exchanged. */
  private static INDArray mirrored(INDArray images) {
    INDArray copy = images.dup('c');
    int width = Math.toIntExact(images.size(3));
    FloatBuffer pixels = copy.data().asNioFloat();
    float[] row = new float[width];
    for (int start = 0; start < images.length(); start += width) {
      pixels.get(start, row);
      for (int x = 0; x < width; x++) {
        pixels.put(start + x, row[width - 1 - x]);
      }
    }
    return copy;
  }

  /** Returns the model's output for every class of the images. */
  public ClassMatching classes(OpenDataset images) {
    ClassNames known = model.classes();
    int count = images.source().classes().size();
    return known.names().isEmpty() || known.equals(ClassNames.numbered(count))
        ? ClassMatching.same(count)
        : ClassMatching.of(images.source().classes(), known.names(), known.wordnetIds());
  }
}

package org.resnet4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.train.Accelerated;
import org.resnet4j.train.LogitLoss;

/**
 * Measures loss and accuracy of every batch during training. It stops at the first NaN or Inf in
 * the loss, before a parameter is changed. It also stops after a step that leaves NaN or Inf in
 * parameters or in the updater's state.
 *
 * <p>Deeplearning4j's listeners see the outputs of all layers but the last, whose loss and gradient
 * are computed in one. When {@link #onBackwardPass} is called, the output layer still has its input
 * and labels. Applying that layer again gives the probabilities for one small GEMM instead of a
 * second forward pass. An {@link Accelerated} graph has them already. The network's own {@code
 * score()} is not used, because it includes weight decay.
 */
final class Meter extends BaseTrainingListener {
  /** The lower limit of probabilities, where Deeplearning4j's loss clips them too. */
  private static final double SMALLEST = 1e-10;

  private static final double HALF = 0.5;

  private final ProgressEstimator pace;
  private final TrainingProgress progress;
  private final boolean multiLabel;
  private Map<String, INDArray> activations = Map.of();
  private long examples;
  private long correct;
  private double loss;
  private double learningRate;
  private final List<String> warnings = new ArrayList<>();

  /**
   * Creates a meter.
   *
   * @param multiLabel whether an example may have several labels
   */
  Meter(ProgressEstimator pace, TrainingProgress progress, boolean multiLabel) {
    this.pace = pace;
    this.progress = progress;
    this.multiLabel = multiLabel;
  }

  void epochStarts(int zeroBasedEpoch) {
    pace.epochStarts(zeroBasedEpoch);
    examples = 0;
    correct = 0;
    loss = 0;
  }

  void epochEnds() {
    pace.epochEnds();
  }

  ProgressEstimator pace() {
    return pace;
  }

  /** Returns the record of this epoch, once it has ended and the test is done. */
  RunRecord.Epoch epoch(@Nullable Predictions test) {
    return new RunRecord.Epoch(
        pace.epoch(),
        learningRate,
        loss / examples,
        correct / (double) examples,
        test == null ? null : test.result().accuracy(),
        pace.epochSeconds(),
        pace.testSeconds(),
        pace.now(),
        test == null ? null : test.result().meanAveragePrecision());
  }

  /** Returns the warnings so far. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> outputs) {
    activations = outputs;
  }

  @Override
  public void onBackwardPass(Model model) {
    ComputationGraph graph = (ComputationGraph) model;
    Layer output = graph.getOutputLayer(0);
    INDArray labels = ((IOutputLayer) output).getLabels();
    INDArray known = graph instanceof Accelerated accelerated ? accelerated.outputOfStep() : null;
    INDArray probabilities =
        known == null ? output.activate(true, LayerWorkspaceMgr.noWorkspaces()) : known;
    LogitLoss other = TrainedLoss.of(graph);
    double entropy = add(labels, probabilities);
    double batchLoss = other == null ? entropy : labels.size(0) * withoutDecay(graph);
    int classes = Math.toIntExact(probabilities.size(1));
    if (graph.getIterationCount() == 0 && examples == 0) { // once, where gradients accumulate
      double untrained = other == null ? Math.log(classes) : other.untrained(classes);
      warnings.addAll(
          FirstBatch.warnings(graph.getInput(0), classes, untrained, batchLoss / labels.size(0)));
      warnings.forEach(progress::warned);
    }
    learningRate = graph.getLearningRate(graph.getConfiguration().getNetworkOutputs().get(0));
    if (!Double.isFinite(batchLoss) || !Double.isFinite(graph.score())) {
      throw diverged(graph, "the loss is " + graph.score());
    }
    activations = Map.of();
    loss += batchLoss;
    examples += labels.size(0);
  }

  /** Returns the mean loss of the batch: only cross-entropy follows from probabilities alone. */
  private static double withoutDecay(ComputationGraph graph) {
    return graph.score() - graph.calcRegularizationScore(true);
  }

  /**
   * Counts the correct examples and returns the sum of their cross-entropies. The class of an
   * example is that of its highest label: mixing and smoothing leave it so, and a teacher's labels
   * come after those of the data. Of several labels, all must be on the same side of 0.5 as their
   * probabilities.
   */
  private double add(INDArray labels, INDArray probabilities) {
    int classes = Math.toIntExact(probabilities.size(1));
    int each = Math.toIntExact(labels.size(1));
    double[] truth = labels.dup('c').data().asDouble();
    double[] share = probabilities.dup('c').data().asDouble();
    double sum = 0;
    for (int row = 0; row < probabilities.size(0); row++) {
      int first = row * each;
      int of = row * classes;
      int actual = 0;
      int best = 0;
      boolean allRight = true;
      for (int i = 0; i < classes; i++) {
        if (truth[first + i] != 0) {
          sum -= truth[first + i] * Math.log(Math.max(share[of + i], SMALLEST));
        }
        actual = truth[first + i] > truth[first + actual] ? i : actual;
        best = share[of + i] > share[of + best] ? i : best;
        allRight &= truth[first + i] > HALF == share[of + i] > HALF;
      }
      correct += (multiLabel ? allRight : actual == best) ? 1 : 0;
    }
    return sum;
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    ComputationGraph graph = (ComputationGraph) model;
    Optional<String> broken = Divergence.ofStep(graph);
    if (broken.isPresent()) {
      throw diverged(graph, broken.get());
    }
    pace.batchDone();
    progress.trained(pace.position(loss, correct, examples));
  }

  private TrainingDivergedException diverged(ComputationGraph graph, String what) {
    return new TrainingDivergedException(
        String.format(
            Locale.ROOT,
            "%s (iteration %s): %s; the first numbers that are not finite are %s. Lower the learning rate, which was %.3g, or warm up for longer.%s",
            pace.where(),
            graph.getIterationCount(),
            what,
            Divergence.place(graph, activations),
            learningRate,
            pace.epoch() == 1
                ? ""
                : " The model after %s whole epochs is unharmed.".formatted(pace.epoch() - 1)));
  }
}

package org.resnet4j.examples;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.network.ResNetGraph;

/** The fully connected residual network, on the tutorial's input and then on a table of wines. */
public final class ResidualMlpExample {
  private static final int ROWS = 178;
  private static final int FEATURES = 13;
  private static final int CULTIVARS = 3;
  private static final int EPOCHS = 60;

  private ResidualMlpExample() {}

  public static void main(String[] arguments) throws IOException {
    Architecture tutorial = Architectures.byName("residual_mlp"); // 12 -> 24 -> 8, ten blocks
    INDArray input = Nd4j.arange(1, 13).castTo(DataType.FLOAT).reshape(1, 12);
    ComputationGraph untrained = ResNetGraph.of(tutorial).seed(42).network();
    System.out.printf(
        Locale.ROOT,
        "%s: %d linear layers, %,d parameters%n1, 2, ... 12 -> our initial weights     -> %s%n",
        tutorial.name(),
        2 * tutorial.blocks().depths().get(0) + 2,
        Plan.of(tutorial).parameterCount(),
        logits(untrained, input).toStringFull().strip());
    // The tutorial draws every parameter from N(0, 1): each of the ten blocks multiplies its input
    // by about 17.
    Nd4j.getRandom().setSeed(42);
    untrained.setParams(Nd4j.randn(DataType.FLOAT, 1, untrained.numParams()));
    System.out.printf(
        "1, 2, ... 12 -> standard normal weights -> %s%n%n",
        logits(untrained, input).toStringFull().strip());

    SplitTestAndTrain wines = wines();
    ComputationGraph network =
        ResNetGraph.of(tutorial.with(arch -> arch.input(FEATURES, 1, 1).classes(CULTIVARS)))
            .seed(42)
            .updater(new Adam(1e-3))
            .network();
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      network.fit(wines.getTrain());
      if (epoch % 10 == 0) {
        System.out.printf(Locale.ROOT, "epoch %2d: loss %.4f%n", epoch, network.score());
      }
    }
    Evaluation evaluation = new Evaluation(CULTIVARS);
    evaluation.eval(
        wines.getTest().getLabels(), network.outputSingle(wines.getTest().getFeatures()));
    System.out.printf(
        Locale.ROOT,
        "cultivar of %d unseen wines: accuracy %.3f%n",
        wines.getTest().numExamples(),
        evaluation.accuracy());
  }

  /**
   * Returns the outputs of the last linear layer, before the softmax that the tutorial does not
   * have.
   */
  private static INDArray logits(ComputationGraph network, INDArray input) {
    return Objects.requireNonNull(network.feedForward(input, false).get("stage0.block9.relu"))
        .mmul(network.getParam("head.fc_W"))
        .addiRowVector(network.getParam("head.fc_b"));
  }

  /**
   * Returns the table with 75 % of its examples for training; both splits are standardised by the
   * training split's statistics.
   */
  private static SplitTestAndTrain wines() throws IOException {
    CSVRecordReader reader = new CSVRecordReader();
    try (var in = ResidualMlpExample.class.getResourceAsStream("wine.csv")) {
      reader.initialize(new InputStreamInputSplit(in));
      DataSet table = new RecordReaderDataSetIterator(reader, ROWS, FEATURES, CULTIVARS).next();
      table.shuffle(42);
      SplitTestAndTrain split = table.splitTestAndTrain(0.75);
      NormalizerStandardize normalizer = new NormalizerStandardize();
      normalizer.fit(split.getTrain());
      normalizer.transform(split.getTrain());
      normalizer.transform(split.getTest());
      return split;
    } catch (InterruptedException e) {
      throw new AssertionError("a resource does not block", e);
    }
  }
}

package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * A comparison of a network's gradients in double precision with central differences of its loss.
 * Deeplearning4j's {@code GradientCheckUtil} skips the weight after each tensor that it is told to
 * leave out, as running statistics must be, hence this one.
 */
final class CentralDifferences {
  /**
   * The step of the differences, so small that no ReLU passes its kink with the formula's numbers.
   */
  static final double EPSILON = 1e-6;

  /** The tolerance relative to the tensor's largest gradient. */
  private static final double TOLERANCE = 1e-6;

  /** The limit below which a tensor's gradients are compared with the largest of the network. */
  private static final double VANISHING = 1e-12;

  private final ComputationGraph network;
  private final DataSet batch;

  private CentralDifferences(ComputationGraph network, DataSet batch) {
    this.network = network;
    this.batch = batch;
  }

  /**
   * Compares {@code most} values of every tensor, or all if there are fewer.
   *
   * @return the largest relative error
   */
  static double check(String name, ComputationGraph network, DataSet batch, int most) {
    return new CentralDifferences(network, batch).check(name, most);
  }

  private double check(String name, int most) {
    Map<String, INDArray> gradients = gradients();
    double largest =
        gradients.values().stream().mapToDouble(CentralDifferences::largest).max().orElseThrow();
    double worst = 0;
    for (Map.Entry<String, INDArray> entry : gradients.entrySet()) {
      INDArray gradient = entry.getValue();
      double scale = largest(gradient) < VANISHING ? largest : largest(gradient);
      double error = largestDifference(entry.getKey(), gradient, most) / scale;
      assertThat(error)
          .as("%s: relative error of the gradient of %s", name, entry.getKey())
          .isLessThan(TOLERANCE);
      worst = Math.max(worst, error);
    }
    return worst;
  }

  private Map<String, INDArray> gradients() {
    network.setInput(0, batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    Map<String, INDArray> gradients = new TreeMap<>();
    network
        .gradient()
        .gradientForVariable()
        .forEach(
            (name, gradient) -> {
              if (!Parity.isStatistic(name)) {
                gradients.put(name, gradient.div(batch.numExamples()));
              }
            });
    return gradients;
  }

  private double largestDifference(String name, INDArray gradient, int most) {
    INDArray parameter = network.getParam(name);
    double largest = 0;
    long step = Math.max(1, parameter.length() / most);
    for (long i = 0; i < parameter.length(); i += step) {
      double value = parameter.getDouble(i);
      parameter.putScalar(i, value + EPSILON);
      double above = network.score(batch, true);
      parameter.putScalar(i, value - EPSILON);
      double below = network.score(batch, true);
      parameter.putScalar(i, value);
      double difference = (above - below) / (2 * EPSILON);
      largest = Math.max(largest, Math.abs(difference - gradient.getDouble(i)));
    }
    return largest;
  }

  private static double largest(INDArray gradient) {
    return gradient.amaxNumber().doubleValue();
  }
}

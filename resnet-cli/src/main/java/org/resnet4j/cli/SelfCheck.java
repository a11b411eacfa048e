package org.resnet4j.cli;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;
import org.resnet4j.zoo.Models;

/**
 * A computation whose result is known.
 *
 * @param error largest difference, relative to the largest value
 */
record SelfCheck(String what, double error, double tolerance, boolean passed) {
  private static final int SIZE = 96;

  /** Returns the checks of ND4J and Deeplearning4j. */
  static List<SelfCheck> all() {
    return List.of(matrixProduct(), convolution());
  }

  static SelfCheck of(String what, double error, double tolerance) {
    return new SelfCheck(what, error, tolerance, error <= tolerance);
  }

  /** Checks the BLAS against three loops in double precision. */
  private static SelfCheck matrixProduct() {
    SplittableRandom random = new SplittableRandom(1);
    double[] a = random.doubles(SIZE * SIZE, -1, 1).toArray();
    double[] b = random.doubles(SIZE * SIZE, -1, 1).toArray();
    INDArray product = floats(a).mmul(floats(b));
    double error = 0;
    double largest = 0;
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        double expected = 0;
        for (int k = 0; k < SIZE; k++) {
          expected += a[row * SIZE + k] * b[k * SIZE + column];
        }
        largest = Math.max(largest, Math.abs(expected));
        error = Math.max(error, Math.abs(expected - product.getDouble(row, column)));
      }
    }
    return of("matmul against loops in double precision", error / largest, 1e-5);
  }

  /** Returns a small network with initial weights. */
  static ComputationGraph network() {
    return Models.create(
            Architectures.byName("resnet20_cifar").with(arch -> arch.input(3, 16, 16)), 1)
        .network();
  }

  private static INDArray floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return Nd4j.create(floats, new long[] {SIZE, SIZE}, 'c');
  }

  /**
   * Checks a 3×3 convolution with stride 2 and padding 1 in a network against loops in double
   * precision.
   */
  private static SelfCheck convolution() {
    ComputationGraph network = network();
    INDArray images = Nd4j.rand(2, 3, 16, 16);
    Map<String, INDArray> activations = network.feedForward(images, false);
    INDArray in = requireNonNull(activations.get("stage0.block2.relu"));
    INDArray out = requireNonNull(activations.get("stage1.block0.conv1"));
    INDArray weights = network.getParam("stage1.block0.conv1_W");
    double error = 0;
    for (long n = 0; n < out.size(0); n++) {
      for (long filter = 0; filter < out.size(1); filter++) {
        for (long y = 0; y < out.size(2); y++) {
          for (long x = 0; x < out.size(3); x++) {
            double expected = window(in, weights, n, filter, 2 * y - 1, 2 * x - 1);
            error = Math.max(error, Math.abs(expected - out.getDouble(n, filter, y, x)));
          }
        }
      }
    }
    double largest = out.amaxNumber().doubleValue();
    return of("convolution 3x3 /2 against loops in double precision", error / largest, 1e-5);
  }

  private static double window(
      INDArray in, INDArray weights, long n, long filter, long top, long left) {
    double sum = 0;
    for (long channel = 0; channel < in.size(1); channel++) {
      for (long i = 0; i < 3; i++) {
        for (long j = 0; j < 3; j++) {
          if (top + i >= 0 && top + i < in.size(2) && left + j >= 0 && left + j < in.size(3)) {
            sum +=
                in.getDouble(n, channel, top + i, left + j)
                    * weights.getDouble(filter, channel, i, j);
          }
        }
      }
    }
    return sum;
  }
}

package org.resnet4j.cli;

import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.zoo.Zoo;

/**
 * A computation whose result is known.
 *
 * @param error largest difference, relative to the largest value
 */
record SelfCheck(String what, double error, double tolerance, boolean passed) {
  private static final int SIZE = 96;

  static List<SelfCheck> all() {
    return List.of(matrixProduct(), convolution());
  }

  private static SelfCheck of(String what, double error, double tolerance) {
    return new SelfCheck(what, error, tolerance, error <= tolerance);
  }

  /** The BLAS against three loops in double precision. */
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
    return of("matrix product against loops in double precision", error / largest, 1e-5);
  }

  private static INDArray floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return Nd4j.create(floats, new long[] {SIZE, SIZE}, 'c');
  }

  /** Images of a batch do not see one another: one by one they give what they give together. */
  private static SelfCheck convolution() {
    ComputationGraph network = Zoo.create("resnet20_cifar", row -> row.input(3, 16, 16), 1);
    INDArray images =
        Nd4j.linspace(-1, 1, 4L * 3 * 16 * 16)
            .castTo(network.params().dataType())
            .reshape(4, 3, 16, 16);
    INDArray together = network.outputSingle(images);
    double error = 0;
    for (int i = 0; i < 4; i++) {
      INDArray alone = network.outputSingle(images.slice(i).reshape(1, 3, 16, 16));
      error = Math.max(error, together.getRow(i).sub(alone.getRow(0)).amaxNumber().doubleValue());
    }
    return of("residual network, batch against single images", error, 1e-5);
  }
}

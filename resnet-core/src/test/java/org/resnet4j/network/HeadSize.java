package org.resnet4j.network;

import java.util.function.Function;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.resnet4j.arch.Shape;

/** A check that a network has the same parameters at every image size. */
final class HeadSize {
  private HeadSize() {}

  /** Throws an {@link AssertionError} unless both sizes give the same number of parameters. */
  static void check(
      Function<Shape, ComputationGraphConfiguration> network, Shape small, Shape large) {
    long expected = parameters(network.apply(small));
    long actual = parameters(network.apply(large));
    if (expected != actual) {
      throw new AssertionError(
          "parameters: expected those of input %s, %s, for input %s too but was %s"
              .formatted(small, expected, large, actual));
    }
  }

  private static long parameters(ComputationGraphConfiguration configuration) {
    return configuration.getVertices().values().stream()
        .mapToLong((GraphVertex vertex) -> vertex.numParams(true))
        .sum();
  }
}

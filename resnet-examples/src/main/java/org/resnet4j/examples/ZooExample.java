package org.resnet4j.examples;

import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/** An example that builds a network by name, prints Deeplearning4j's summary, and runs it. */
public final class ZooExample {
  private ZooExample() {}

  public static void main(String[] arguments) {
    String name = arguments.length > 0 ? arguments[0] : "resnet50";
    Model model = Models.create(name);
    ComputationGraph network = model.network();
    System.out.println(network.summary());

    Shape input = model.pipeline().output();
    INDArray images =
        input.isVector()
            ? Nd4j.rand(2, input.channels())
            : Nd4j.rand(2, input.channels(), input.height(), input.width());
    INDArray probabilities = network.outputSingle(images);
    System.out.printf(
        "%s: %s -> %s, most probable classes %s%n",
        name,
        Arrays.toString(images.shape()),
        Arrays.toString(probabilities.shape()),
        probabilities.argMax(1));
  }
}

package org.resnet4j.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.resnet4j.arch.Shape;

/** The output shapes of stages, as Deeplearning4j derives them from a configuration. */
final class StageShapes {
  private StageShapes() {}

  /** Throws an {@link AssertionError} unless the output of the stages is {@code published}. */
  static void check(
      ComputationGraphConfiguration configuration, Shape input, List<Shape> published) {
    List<Shape> actual = of(configuration, input);
    if (!actual.equals(published)) {
      throw new AssertionError(
          "stage shapes for input %s: expected %s but was %s".formatted(input, published, actual));
    }
  }

  static List<Shape> of(ComputationGraphConfiguration configuration, Shape input) {
    Map<String, InputType> types = configuration.getLayerActivationTypes(true, inputType(input));
    Set<String> vertices = configuration.getVertices().keySet();
    List<Shape> shapes = new ArrayList<>();
    for (int stage = 0; vertices.contains(end(vertices, stage, 0)); stage++) {
      int last = 0;
      while (vertices.contains(end(vertices, stage, last + 1))) {
        last++;
      }
      shapes.add(shape(requireNonNull(types.get(end(vertices, stage, last)))));
    }
    return shapes;
  }

  /** Returns the vertex that ends a block: its sum, or in a plain network its activation. */
  private static String end(Set<String> vertices, int stage, int block) {
    String prefix = "stage%s.block%s.".formatted(stage, block);
    return prefix + (vertices.contains(prefix + "add") ? "add" : "relu");
  }

  static InputType inputType(Shape shape) {
    return shape.isVector()
        ? InputType.feedForward(shape.channels())
        : InputType.convolutional(shape.height(), shape.width(), shape.channels());
  }

  private static Shape shape(InputType type) {
    if (type instanceof InputType.InputTypeConvolutional image) {
      return new Shape((int) image.getChannels(), (int) image.getHeight(), (int) image.getWidth());
    }
    return Shape.vector((int) type.arrayElementsPerExample());
  }
}

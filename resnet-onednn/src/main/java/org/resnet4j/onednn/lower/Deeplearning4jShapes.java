package org.resnet4j.onednn.lower;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Value;

/**
 * The outputs of vertices that the engine does not support, as Deeplearning4j infers their shapes.
 * The vertices after them are then read as if all were supported.
 */
final class Deeplearning4jShapes {
  private Deeplearning4jShapes() {}

  /** Returns the output of a vertex; null if Deeplearning4j infers no image or vector. */
  static @Nullable Value output(
      String name, GraphVertex vertex, List<Value> inputs, CNN2DFormat format) {
    if (vertex instanceof MergeVertex || inputs.isEmpty()) {
      return null; // Deeplearning4j ignores the axis of a merge
    }
    InputType[] types = inputs.stream().map(input -> type(input, format)).toArray(InputType[]::new);
    try {
      // Some layers change when they are asked for their output.
      return value(name, inputs.get(0).size(0), vertex.clone().getOutputType(0, types));
    } catch (RuntimeException e) {
      return null; // whatever a layer, perhaps a user's, throws for shapes that do not fit it
    }
  }

  private static InputType type(Value value, CNN2DFormat format) {
    return value.rank() == 4
        ? InputType.convolutional(value.size(2), value.size(3), value.size(1), format)
        : InputType.feedForward(value.size(1));
  }

  private static @Nullable Value value(String name, long images, InputType type) {
    if (type instanceof InputType.InputTypeConvolutional image) {
      return new Value(name, images, image.getChannels(), image.getHeight(), image.getWidth());
    }
    if (type instanceof InputType.InputTypeConvolutionalFlat flat) {
      return new Value(name, images, flat.getFlattenedSize());
    }
    return type instanceof InputType.InputTypeFeedForward vector
        ? new Value(name, images, vector.getSize())
        : null;
  }
}

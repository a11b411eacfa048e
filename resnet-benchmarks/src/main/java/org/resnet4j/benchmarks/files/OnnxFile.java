package org.resnet4j.benchmarks.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;

/**
 * A plan with its weights as ONNX, operator set 17: images {@code [N, C, H, W]} named {@code input}
 * in, logits {@code [N, classes]} named {@code output} out, N free.
 *
 * <p>The numbers of fields and enums are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxFile {
  static final String INPUT = "input";
  static final String OUTPUT = "output";

  /** The name of the first dimension. */
  static final String BATCH = "N";

  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 17;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private OnnxFile() {}

  static void write(Plan plan, Weights weights, Path file) throws IOException {
    Message graph = new Message().text(2, plan.architecture().name());
    OnnxNodes nodes = new OnnxNodes(plan, weights, graph);
    for (Node node : plan.nodes()) {
      node.accept(nodes);
    }
    nodes.finish();
    weights.all().forEach(tensor -> graph.nested(5, tensor(tensor)));
    graph.nested(11, value(INPUT, plan.architecture().input()));
    graph.nested(12, value(OUTPUT, plan.last().output()));
    Message model =
        new Message()
            .integer(1, IR_VERSION)
            .text(2, "resnet4j")
            .nested(7, graph)
            .nested(8, new Message().text(1, "").integer(2, OPERATOR_SET));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      model.writeTo(out);
    }
  }

  private static Message tensor(Tensor tensor) {
    ByteBuffer data =
        ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(tensor.values());
    Message message = new Message();
    for (int size : tensor.shape()) {
      message.integer(1, size);
    }
    return message
        .integer(2, FLOAT)
        .text(8, tensor.name())
        .bytes(9, UnsafeByteOperations.unsafeWrap(data));
  }

  /** A one-dimensional tensor of whole numbers. */
  static Message tensor(String name, List<Integer> values) {
    ByteBuffer data = ByteBuffer.allocate(8 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(value -> data.putLong(value));
    return new Message()
        .integer(1, values.size())
        .integer(2, INT64)
        .text(8, name)
        .bytes(9, ByteString.copyFrom(data.array()));
  }

  private static Message value(String name, Shape shape) {
    Message dimensions = new Message().nested(1, new Message().text(2, BATCH));
    List<Integer> sizes =
        shape.isVector()
            ? List.of(shape.channels())
            : List.of(shape.channels(), shape.height(), shape.width());
    sizes.forEach(size -> dimensions.nested(1, new Message().integer(1, size)));
    Message tensorType = new Message().integer(1, FLOAT).nested(2, dimensions);
    return new Message().text(1, name).nested(2, new Message().nested(1, tensorType));
  }
}

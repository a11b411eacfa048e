package org.resnet4j.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.weightfile.onnx.ProtoMessage;
import org.resnet4j.weights.NetworkTensors;

/**
 * An export of networks as ONNX files, operator set 17. The input is {@code input}, images {@code
 * [N, C, H, W]} with N free. The output is {@code logits} {@code [N, classes]} without softmax, or
 * {@code features} for a network without a classifier.
 *
 * <p>The numbers of fields and enums are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto">onnx.proto</a>.
 */
public final class OnnxExport {
  /** The treatment of batch norm in the file. */
  public enum BatchNorm {
    /** The batch norms stay separate operators, so that the file can be trained further. */
    KEPT,
    /**
     * The batch norms are folded into the weights of the convolution before them, where there is
     * one; this is the fastest form.
     */
    FOLDED
  }

  /** The name of the graph's input. */
  public static final String INPUT = "input";

  /** The name of the input's first dimension. */
  private static final String BATCH = "N";

  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 17;
  private static final int FLOAT = 1;

  private OnnxExport() {}

  /**
   * Writes {@code file} atomically.
   *
   * @param plan the plan that {@code network} was made from
   * @throws IllegalArgumentException when the network was not made from the plan, or is above 2 GiB
   */
  public static void write(Plan plan, ComputationGraph network, BatchNorm batchNorm, Path file)
      throws IOException {
    write(model(plan, NetworkTensors.of(network, plan), batchNorm, Map.of()), file);
  }

  /**
   * Writes {@code file} atomically, with QuantizeLinear and DequantizeLinear operators and folded
   * batch norms.
   *
   * @param plan the plan that {@code network} was made from
   * @param ranges largest magnitudes of the activations in 8-bit integers, by vertex
   * @throws IllegalArgumentException when the network was not made from the plan, is above 2 GiB,
   *     or lacks one of the vertices
   */
  public static void writeInt8(
      Plan plan, ComputationGraph network, Map<String, Float> ranges, Path file)
      throws IOException {
    write(model(plan, NetworkTensors.of(network, plan), BatchNorm.FOLDED, ranges), file);
  }

  private static void write(ProtoMessage model, Path file) throws IOException {
    AtomicFile.write(
        file,
        temporary -> {
          try (OutputStream out = Files.newOutputStream(temporary)) {
            model.writeTo(out);
          }
        });
  }

  /** Returns the name of the output of {@code plan}. */
  public static String output(Plan plan) {
    return plan.architecture().head().kind() == HeadKind.CLASSIFIER ? "logits" : "features";
  }

  private static ProtoMessage model(
      Plan plan, NetworkTensors tensors, BatchNorm batchNorm, Map<String, Float> ranges) {
    ProtoMessage graph = new ProtoMessage();
    Map<LayerPath, Node.Norm> absorbed =
        batchNorm == BatchNorm.FOLDED ? Folding.absorbed(plan) : Map.of();
    OnnxIntegers integers = new OnnxIntegers(plan, ranges, graph);
    OnnxNodes nodes =
        new OnnxNodes(
            tensors,
            absorbed,
            new OnnxGraph(plan, tensors, graph, output(plan), integers),
            integers);
    for (Node node : plan.nodes()) {
      node.accept(nodes);
    }
    graph
        .text(2, plan.architecture().name())
        .nested(11, value(INPUT, plan.architecture().input()))
        .nested(12, value(output(plan), plan.last().output()));
    return new ProtoMessage()
        .integer(1, IR_VERSION)
        .text(2, "resnet4j")
        .nested(7, graph)
        .nested(8, new ProtoMessage().text(1, "").integer(2, OPERATOR_SET));
  }

  private static ProtoMessage value(String name, Shape shape) {
    ProtoMessage dimensions = new ProtoMessage().nested(1, new ProtoMessage().text(2, BATCH));
    List<Integer> sizes =
        shape.isVector()
            ? List.of(shape.channels())
            : List.of(shape.channels(), shape.height(), shape.width());
    sizes.forEach(size -> dimensions.nested(1, new ProtoMessage().integer(1, size)));
    ProtoMessage tensorType = new ProtoMessage().integer(1, FLOAT).nested(2, dimensions);
    return new ProtoMessage().text(1, name).nested(2, new ProtoMessage().nested(1, tensorType));
  }
}

package org.resnet4j.export;

import static org.resnet4j.export.OnnxAttributes.integer;
import static org.resnet4j.export.OnnxAttributes.number;
import static org.resnet4j.export.OnnxAttributes.text;
import static org.resnet4j.export.OnnxAttributes.window;

import java.util.Arrays;
import java.util.List;
import org.resnet4j.arch.Node;
import org.resnet4j.graph.BlurPoolVertex;
import org.resnet4j.weightfile.onnx.ProtoMessage;
import org.resnet4j.weights.NetworkTensors;

/** Adds nodes for which operator set 17 has no operator of its own, as several. */
final class OnnxComposites {
  private final NetworkTensors tensors;
  private final OnnxGraph to;

  OnnxComposites(NetworkTensors tensors, OnnxGraph to) {
    this.tensors = tensors;
    this.to = to;
  }

  /** Adds x·(1 + erf(x/√2))/2. */
  ProtoMessage gelu(Node.Activate node) {
    String root = to.constant(node, "root", Math.sqrt(0.5));
    String scaled = to.between(node, "scaled", "Mul", to.name(node.input()), root);
    String erf = to.between(node, "erf", "Erf", scaled);
    String shifted = to.between(node, "shifted", "Add", erf, to.constant(node, "one", 1));
    String gate = to.between(node, "gate", "Mul", shifted, to.constant(node, "half", 0.5));
    return to.add(node, "Mul", to.with(node, gate), List.of());
  }

  /** Adds a padding that reflects edges, and a convolution of each channel with the filter. */
  ProtoMessage blur(Node.Blur node) {
    String pads = node.path().vertex() + ".pads";
    to.initializer(OnnxTensor.integers(pads, 0, 0, 1, 1, 0, 0, 1, 1));
    String padded =
        to.between(
            node, "padded", "Pad", List.of(text("mode", "reflect")), to.name(node.input()), pads);
    String filter = node.path().vertex() + ".filter";
    int channels = node.output().channels();
    to.initializer(
        OnnxTensor.floats(
            filter, new long[] {channels, 1, 3, 3}, () -> BlurPoolVertex.filters(channels)));
    List<ProtoMessage> attributes = window(3, 2, 0);
    attributes.add(integer("group", channels));
    return to.add(node, "Conv", List.of(padded, filter), attributes);
  }

  /** Adds an instance norm of images whose channels are the groups, then scale and shift. */
  ProtoMessage groupNorm(Node.Norm node) {
    String vertex = node.path().vertex();
    int groups = node.options().groups();
    to.initializer(OnnxTensor.integers(vertex + ".grouped", 0, groups, -1));
    to.initializer(OnnxTensor.integers(vertex + ".axes", 1, 2));
    float[] ones = new float[groups];
    Arrays.fill(ones, 1);
    to.initializer(OnnxTensor.floats(vertex + ".ones", new long[] {groups}, () -> ones));
    to.initializer(
        OnnxTensor.floats(vertex + ".zeros", new long[] {groups}, () -> new float[groups]));
    String input = to.name(node.input());
    String rows = to.between(node, "rows", "Reshape", input, vertex + ".grouped");
    float epsilon = (float) tensors.epsilon(node.path());
    String normed =
        to.between(
            node,
            "normed",
            "InstanceNormalization",
            List.of(number("epsilon", epsilon)),
            rows,
            vertex + ".ones",
            vertex + ".zeros");
    String shape = to.between(node, "shape", "Shape", input);
    String images = to.between(node, "images", "Reshape", normed, shape);
    String scaled =
        to.between(node, "scaled", "Mul", images, ofChannels(node, "weight", vertex + ".axes"));
    return to.add(
        node, "Add", List.of(scaled, ofChannels(node, "bias", vertex + ".axes")), List.of());
  }

  private String ofChannels(Node.Norm node, String parameter, String axes) {
    return to.between(
        node, "images of " + parameter, "Unsqueeze", to.parameter(node, parameter), axes);
  }
}

package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Operator.Kind;
import org.resnet4j.tensors.Operator.Role;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.onnx.OnnxInitializers;
import org.resnet4j.weightfile.onnx.ProtoMessage;

/** The nodes of an ONNX model become operators, and malformed nodes are refused. */
class OnnxGraphTest {
  @TempDir Path folder;

  private static ProtoMessage node(String type, String output, String... inputs) {
    ProtoMessage node = new ProtoMessage();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, "the " + output).text(4, type);
  }

  private static ProtoMessage integers(String name, long... values) {
    ProtoMessage attribute = new ProtoMessage().text(1, name);
    for (long value : values) {
      attribute.integer(8, value);
    }
    return attribute.integer(20, 7);
  }

  /** Returns an attribute with its integers in one field, as newer writers have them. */
  private static ProtoMessage packed(String name, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new ProtoMessage().text(1, name).bytes(8, bytes.length, out -> out.write(bytes));
  }

  private static ProtoMessage tensor(String name, int type, int bytes, long... shape) {
    ProtoMessage tensor = new ProtoMessage();
    for (long size : shape) {
      tensor.integer(1, size);
    }
    return tensor.integer(2, type).text(8, name).bytes(9, bytes, out -> out.write(new byte[bytes]));
  }

  /** Returns a graph with a convolution of the initialiser {@code w}. */
  private static ProtoMessage graph(ProtoMessage... nodes) {
    ProtoMessage graph = new ProtoMessage();
    for (ProtoMessage node : nodes) {
      graph.nested(1, node);
    }
    return graph
        .nested(1, node("Conv", "last", "x", "w"))
        .nested(5, tensor("w", 1, 4, 1, 1, 1, 1))
        .nested(12, new ProtoMessage().text(1, "last"));
  }

  private static byte[] model(ProtoMessage graph) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new ProtoMessage().integer(1, 8).nested(7, graph).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private FileGraph read(ProtoMessage graph) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), model(graph));
    try (Tensors tensors = OnnxInitializers.open(file)) {
      FileGraph read = tensors.graph();
      assertThat(read).isNotNull();
      return read;
    }
  }

  private Operator first(ProtoMessage node, ProtoMessage... more) throws IOException {
    ProtoMessage graph = graph(node);
    for (ProtoMessage next : more) {
      graph.nested(1, next);
    }
    return read(graph).operators().get(0);
  }

  @Test
  void attributesAreReadInBothFormsOfLists() throws Exception {
    ProtoMessage conv =
        node("Conv", "y", "x", "w")
            .nested(5, integers("strides", 2, 1))
            .nested(5, packed("pads", 3, 2, 1, 0))
            .nested(5, new ProtoMessage().text(1, "group").integer(3, 4))
            .nested(5, new ProtoMessage().text(1, "auto_pad").text(4, "SAME_LOWER"));
    Operator operator = first(conv);
    assertThat(operator.name()).isEqualTo("Conv \"the y\"");
    assertThat(operator.kind()).isEqualTo(Kind.CONV);
    assertThat(operator.inputs()).containsExactly("x");
    assertThat(operator.parameters()).isEqualTo(Map.of(Role.WEIGHT, "w"));
    assertThat(operator.attributes())
        .containsEntry("strides", List.of(2.0, 1.0))
        .containsEntry("pads", List.of(3.0, 2.0, 1.0, 0.0))
        .containsEntry("same", List.of(-1.0));
    assertThat(operator.number("group", 1)).isEqualTo(4);
    assertThat(operator.number("dilations", 1)).isEqualTo(1);
  }

  /** 1e-3 is stored in single precision, and the decimal number is meant. */
  @Test
  void epsilonIsTheDecimalNumber() throws Exception {
    ProtoMessage norm =
        node("BatchNormalization", "y", "x", "w", "w", "w", "w")
            .nested(5, new ProtoMessage().text(1, "epsilon").number(2, 1e-3f));
    assertThat(first(norm).number("epsilon", 1)).isEqualTo(1e-3);
  }

  @Test
  void parametersAreFollowedThroughIdentitiesToConstants() throws Exception {
    ProtoMessage constant =
        node("Constant", "c")
            .nested(5, new ProtoMessage().text(1, "value").nested(5, tensor("", 1, 4, 1, 1, 1, 1)));
    Operator operator = first(node("Conv", "y", "x", "i"), node("Identity", "i", "c"), constant);
    assertThat(operator.parameters()).isEqualTo(Map.of(Role.WEIGHT, "c"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void stepsThatCannotBeKnownAreOthers(ProtoMessage node) throws Exception {
    assertThat(first(node).kind()).isEqualTo(Kind.OTHER);
  }

  static Stream<ProtoMessage> others() {
    return Stream.of(
        node("LeakyRelu", "y", "x"),
        node("Relu", "y", "x").text(7, "com.microsoft"),
        node("Relu", "y"),
        node("Conv", "y", "x", "computed"),
        node("Conv", "y", "x", "w", "computed"),
        node("Gemm", "y", "x"),
        node("Mul", "y", "x", "w"),
        node("Sum", "y", "x", "a", "b"),
        node("BatchNormalization", "y", "x", "w"),
        node("ReduceMean", "y", "x").nested(5, integers("axes", 1, 2)),
        node("Pad", "y", "x", "computed"),
        node("Pad", "y", "x").nested(5, new ProtoMessage().text(1, "mode").text(4, "edge")),
        node("Slice", "y", "x", "computed", "computed"));
  }

  /** A circle of identities is followed a few steps. */
  @Test
  void circlesOfIdentitiesAreNoParameters() throws Exception {
    assertThat(
            first(
                    node("Conv", "y", "x", "a"),
                    node("Identity", "a", "b"),
                    node("Identity", "b", "a"))
                .kind())
        .isEqualTo(Kind.OTHER);
  }

  @Test
  void longListsAreCut() throws Exception {
    Operator operator = first(node("MaxPool", "y", "x").nested(5, integers("pads", new long[999])));
    assertThat(operator.numbers("pads", List.of())).hasSize(16);
  }

  /** The files that must be refused. */
  static Stream<Hostile> malformed() {
    ProtoMessage many = graph();
    for (int i = 0; i < FileGraph.MOST; i++) {
      many.nested(1, new ProtoMessage());
    }
    ProtoMessage badText =
        new ProtoMessage().bytes(4, 1, out -> out.write(new byte[] {(byte) 0xff}));
    ProtoMessage cutList =
        new ProtoMessage()
            .text(1, "pads")
            .bytes(8, 2, out -> out.write(new byte[] {(byte) 0x80, (byte) 0x80}));
    ProtoMessage oddFloats =
        new ProtoMessage().text(1, "f").bytes(7, 3, out -> out.write(new byte[3]));
    ProtoMessage type = new ProtoMessage().text(1, "value").nested(5, tensor("c", 8, 4, 1));
    ProtoMessage size = new ProtoMessage().text(1, "value").nested(5, tensor("c", 1, 4, 2));
    ProtoMessage outside =
        new ProtoMessage()
            .text(1, "value")
            .nested(
                5,
                new ProtoMessage()
                    .integer(2, 1)
                    .text(8, "c")
                    .nested(13, new ProtoMessage().text(1, "location").text(2, "../secret"))
                    .integer(14, 1));
    return Stream.of(
        new Hostile("nodes", model(many), "expected at most 50000 nodes but there are more"),
        new Hostile("text", model(graph(badText)), "expected an ONNX model but: "),
        new Hostile("list", attribute(cutList), "expected an ONNX model but: "),
        new Hostile("floats", attribute(oddFloats), "expected an ONNX model but: "),
        new Hostile("type", constant(type), "but its data type is number 8"),
        new Hostile(
            "size", constant(size), "expected F32 of shape [2] but its values have 4 bytes"),
        new Hostile("outside", constant(outside), "expected data in the folder of the model"),
        new Hostile(
            "pads of another type",
            model(graph(node("Pad", "y", "x", "w2")).nested(5, early())),
            "expected 9 values but: "));
  }

  /** Returns nine integers of which the last is cut off. */
  private static ProtoMessage early() {
    return new ProtoMessage()
        .integer(1, 9)
        .integer(2, 6)
        .text(8, "w2")
        .bytes(5, 9, out -> out.write(new byte[] {1, 1, 1, 1, 1, 1, 1, 1, -1}));
  }

  private static byte[] attribute(ProtoMessage attribute) {
    return model(graph(node("Conv", "y", "x", "w").nested(5, attribute)));
  }

  private static byte[] constant(ProtoMessage attribute) {
    return model(graph(node("Constant", "y").nested(5, attribute)));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedNodesAreRefused(Hostile hostile) throws Exception {
    hostile.assertRefused(folder);
  }

  @Test
  void nodesLongerThanTheirGraphAreRefused() throws Exception {
    byte[] bytes = model(graph(node("Relu", "needle", "x")));
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("needle") - 1;
    bytes[at] = 127;
    Path file = Files.write(folder.resolve("long.onnx"), bytes);
    assertThatThrownBy(() -> OnnxInitializers.open(file))
        .isInstanceOf(WeightFileException.class)
        .hasMessageContaining("expected an ONNX model but: ");
  }

  /** Returns models for the fuzz test. */
  static Stream<byte[]> models() {
    return Stream.concat(
        others().map(node -> model(graph(node))),
        malformed().map(Hostile::bytes).filter(bytes -> bytes.length < 1 << 12));
  }
}

package org.resnet4j.weightfile.onnx;

import static com.google.protobuf.WireFormat.WIRETYPE_FIXED32;
import static com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED;
import static com.google.protobuf.WireFormat.WIRETYPE_VARINT;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.FileBytes;

/**
 * The parsed fields of a {@code NodeProto}. Subgraphs are skipped.
 *
 * <p>The numbers of fields are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxNode {
  /** The number of inputs and of numbers in a list that are kept; operators here have fewer. */
  private static final int MOST_KEPT = 16;

  private final Map<String, List<Double>> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final List<String> inputs = new ArrayList<>();
  private String output = "";
  private String name = "";
  private String type = "";
  private String domain = "";
  private int inputCount;
  private int outputCount;
  private @Nullable OnnxTensorProto constant;

  private OnnxNode() {}

  /** Reads a node up to the limit of {@code in}. */
  static OnnxNode read(CodedInputStream in, FileBytes file) throws IOException {
    OnnxNode node = new OnnxNode();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | WIRETYPE_LENGTH_DELIMITED -> node.addInput(in.readStringRequireUtf8());
        case 2 << 3 | WIRETYPE_LENGTH_DELIMITED -> {
          String next = in.readStringRequireUtf8();
          node.output = node.outputCount++ == 0 ? next : node.output;
        }
        case 3 << 3 | WIRETYPE_LENGTH_DELIMITED -> node.name = in.readStringRequireUtf8();
        case 4 << 3 | WIRETYPE_LENGTH_DELIMITED -> node.type = in.readStringRequireUtf8();
        case 5 << 3 | WIRETYPE_LENGTH_DELIMITED -> {
          int outer = in.pushLimit(in.readRawVarint32());
          node.attribute(in, file);
          in.popLimit(outer);
        }
        case 7 << 3 | WIRETYPE_LENGTH_DELIMITED -> node.domain = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return node;
  }

  private void addInput(String value) {
    if (inputCount++ < MOST_KEPT) {
      inputs.add(value);
    }
  }

  private void attribute(CodedInputStream in, FileBytes file) throws IOException {
    String key = "";
    String text = "";
    List<Double> values = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | WIRETYPE_LENGTH_DELIMITED -> key = in.readStringRequireUtf8();
        case 2 << 3 | WIRETYPE_FIXED32, 7 << 3 | WIRETYPE_FIXED32 ->
            keep(values, exactly(in.readFloat()));
        case 3 << 3 | WIRETYPE_VARINT, 8 << 3 | WIRETYPE_VARINT ->
            keep(values, (double) in.readInt64());
        case 4 << 3 | WIRETYPE_LENGTH_DELIMITED -> text = in.readBytes().toStringUtf8();
        case 5 << 3 | WIRETYPE_LENGTH_DELIMITED -> {
          int outer = in.pushLimit(in.readRawVarint32());
          constant = OnnxTensorProto.read(in, file);
          in.popLimit(outer);
        }
        case 7 << 3 | WIRETYPE_LENGTH_DELIMITED -> {
          int outer = in.pushLimit(in.readRawVarint32());
          while (in.getBytesUntilLimit() > 0) {
            keep(values, exactly(in.readFloat()));
          }
          in.popLimit(outer);
        }
        case 8 << 3 | WIRETYPE_LENGTH_DELIMITED -> {
          int outer = in.pushLimit(in.readRawVarint32());
          while (in.getBytesUntilLimit() > 0) {
            keep(values, (double) in.readInt64());
          }
          in.popLimit(outer);
        }
        default -> in.skipField(tag);
      }
    }
    numbers.put(key, values);
    texts.put(key, text);
  }

  private static void keep(List<Double> values, double value) {
    if (values.size() < MOST_KEPT) {
      values.add(value);
    }
  }

  /** Returns the decimal number that a file means by {@code value}: 1e-5, not 9.99999975e-6. */
  private static double exactly(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  /** Returns the type, with its domain unless that is ONNX's own. */
  String type() {
    return domain.isEmpty() || domain.equals("ai.onnx") ? type : domain + "." + type;
  }

  /** Returns the type and the name, for messages. */
  String title() {
    return name.isEmpty() ? "%s of \"%s\"".formatted(type(), output) : type() + " \"" + name + "\"";
  }

  List<String> inputs() {
    return inputs;
  }

  /** Returns the name of input {@code i}; empty when it is left out. */
  String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  int inputCount() {
    return inputCount;
  }

  /** Returns the name of the first output. */
  String output() {
    return output;
  }

  Map<String, List<Double>> numbers() {
    return numbers;
  }

  /** Returns an attribute; empty when it is left out. */
  String text(String key) {
    return texts.getOrDefault(key, "");
  }

  /** Returns the tensor of an attribute, which a Constant has; null for none. */
  @Nullable OnnxTensorProto constant() {
    return constant;
  }
}

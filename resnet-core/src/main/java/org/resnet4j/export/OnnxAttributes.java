package org.resnet4j.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.weightfile.onnx.ProtoMessage;

/** The attributes of operators, as messages of ONNX. */
final class OnnxAttributes {
  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int INTS = 7;

  private OnnxAttributes() {}

  /**
   * Returns the attributes of a window; {@code pads} is left out without padding. ONNX Runtime
   * (seen in 1.29) moves the zeros of a Pad into a MaxPool that has the attribute, where they
   * become minus infinity.
   */
  static List<ProtoMessage> window(int kernel, int stride, int padding) {
    List<ProtoMessage> attributes = new ArrayList<>();
    attributes.add(integers("kernel_shape", kernel, kernel));
    attributes.add(integers("strides", stride, stride));
    if (padding > 0) {
      attributes.add(integers("pads", padding, padding, padding, padding));
    }
    return attributes;
  }

  static ProtoMessage text(String name, String value) {
    return new ProtoMessage().text(1, name).text(4, value).integer(20, STRING);
  }

  static ProtoMessage number(String name, float value) {
    return new ProtoMessage().text(1, name).number(2, value).integer(20, FLOAT);
  }

  static ProtoMessage integer(String name, long value) {
    return new ProtoMessage().text(1, name).integer(3, value).integer(20, INT);
  }

  static ProtoMessage integers(String name, long... values) {
    ProtoMessage message = new ProtoMessage().text(1, name);
    Arrays.stream(values).forEach(value -> message.integer(8, value));
    return message.integer(20, INTS);
  }
}

package org.resnet4j.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.support.JsonFields;

/** The parts that the JSON forms of pipelines and of their transforms share. */
final class JsonTree {
  static final String KIND = "kind";
  static final String INTERPOLATION = "interpolation";

  private JsonTree() {}

  static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  static List<Number> numbers(List<Double> values) {
    return values.stream().map(JsonTree::number).toList();
  }

  /** Returns whole numbers without a decimal point. */
  static Number number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1 << 30;
    return whole && Double.compare(value, -0.0) != 0 ? (Number) (int) value : (Number) value;
  }

  static Interpolation filter(JsonFields fields) {
    return fields.constant(INTERPOLATION, Interpolation.class);
  }
}

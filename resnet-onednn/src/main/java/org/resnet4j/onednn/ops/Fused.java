package org.resnet4j.onednn.ops;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Norm;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;

/**
 * The operations fused into another one, in this order.
 *
 * @param norm folded into weights and bias
 * @param addend added to the result, which overwrites it
 * @param activation applied last
 */
public record Fused(@Nullable Norm norm, @Nullable Value addend, Nonlinearity activation) {
  /** The absence of fused operations. */
  public static final Fused NOTHING = new Fused(null, null, Nonlinearity.IDENTITY);

  List<Value> inputs(Value... own) {
    return Stream.concat(Stream.of(own), Stream.ofNullable(addend)).toList();
  }

  /** Returns whether nothing is fused. */
  public boolean isNothing() {
    return equals(NOTHING);
  }

  /** Checks the fused operations against the {@code output}. */
  void check(String layer, Value output) {
    if (norm != null) {
      norm.check(layer, output.size(1));
    }
    if (addend != null) {
      Shapes.equal(layer, addend, output);
    }
  }
}

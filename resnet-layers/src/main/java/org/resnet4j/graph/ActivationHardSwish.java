package org.resnet4j.graph;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;

/**
 * The function x·min(max(x + 3, 0), 6) / 6 (Howard et al., 2019, section 5.2), as {@code
 * torch.nn.Hardswish()} computes it.
 */
public final class ActivationHardSwish extends BaseActivationFunction {
  private static final long serialVersionUID = 1;

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    INDArray gate = in.add(3);
    BooleanIndexing.replaceWhere(gate, 0, Conditions.lessThan(0));
    BooleanIndexing.replaceWhere(gate, 6, Conditions.greaterThan(6));
    return in.muli(gate.divi(6));
  }

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    assertShape(in, epsilon);
    INDArray slope = in.div(3).addi(0.5);
    BooleanIndexing.replaceWhere(slope, 0, Conditions.lessThan(-0.5));
    BooleanIndexing.replaceWhere(slope, 1, Conditions.greaterThan(1.5));
    return new Pair<>(slope.muli(epsilon), null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ActivationHardSwish;
  }

  @Override
  public int hashCode() {
    return ActivationHardSwish.class.hashCode();
  }

  @Override
  public String toString() {
    return "hard swish";
  }
}

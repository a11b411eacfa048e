package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.onednn.exec.SquaredNorm;

/** The terms that L1, L2 and weight decay add to the score. */
final class RegularizationScore {
  private record Square(INDArray parameter, ISchedule coefficient) {}

  private record Other(INDArray parameter, Regularization regularization) {}

  private final List<Square> squares = new ArrayList<>();
  private final List<Other> others = new ArrayList<>();

  RegularizationScore(Layer... layers) {
    for (Layer layer : layers) {
      if (layer instanceof FrozenLayer
          || layer instanceof FrozenLayerWithBackprop
          || !(layer.conf().getLayer() instanceof BaseLayer configuration)) {
        continue;
      }
      for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
        List<Regularization> all = configuration.getRegularizationByParam(entry.getKey());
        for (Regularization one : all == null ? List.<Regularization>of() : all) {
          if (one instanceof L2Regularization two
              && entry.getValue().length() <= Integer.MAX_VALUE / Float.BYTES) {
            squares.add(new Square(entry.getValue(), two.getL2()));
          } else {
            others.add(new Other(entry.getValue(), one));
          }
        }
      }
    }
  }

  double at(int iteration, int epoch) {
    double sum = 0;
    for (Square square : squares) {
      sum += 0.5 * square.coefficient.valueAt(iteration, epoch) * SquaredNorm.of(square.parameter);
    }
    for (Other other : others) {
      sum += other.regularization.score(other.parameter, iteration, epoch);
    }
    return sum;
  }
}

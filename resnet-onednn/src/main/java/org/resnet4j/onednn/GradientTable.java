package org.resnet4j.onednn;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Creates views of the gradients of all parameters. */
final class GradientTable {
  private GradientTable() {}

  /**
   * Returns views of {@code gradients} by the names of the parameters.
   *
   * @param gradients of all layers, which hold views of it
   */
  static Gradient of(INDArray gradients, Layer... layers) {
    Gradient table = new DefaultGradient(gradients);
    for (Layer layer : layers) {
      INDArray all = layer.getGradientsViewArray();
      if (all == null || layer.numParams() == 0) {
        continue;
      }
      INDArray flat = all.reshape(all.length());
      for (Map.Entry<String, INDArray> parameter : layer.paramTable(true).entrySet()) {
        INDArray value = parameter.getValue();
        long start = value.offset() - layer.params().offset();
        table.setGradientFor(
            layer.conf().getLayer().getLayerName() + "_" + parameter.getKey(),
            flat.get(NDArrayIndex.interval(start, start + value.length()))
                .reshape(value.ordering(), value.shape()),
            value.ordering());
      }
    }
    return table;
  }
}

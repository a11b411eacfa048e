package org.resnet4j.graph;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The last steps of {@code instantiate}, which are the same in every layer of Deeplearning4j. */
final class NewLayer {
  private NewLayer() {}

  /**
   * Returns {@code layer} with its place in a network, its listeners and its parameters.
   *
   * @param parameters of the layer, as a vector
   * @param table views of the same parameters by name
   */
  static Layer in(
      NeuralNetConfiguration configuration,
      Layer layer,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      Map<String, INDArray> table) {
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(table);
    layer.setConf(configuration);
    return layer;
  }
}

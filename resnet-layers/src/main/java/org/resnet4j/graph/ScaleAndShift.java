package org.resnet4j.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The parameters γ and β of a group norm, {@code [1, C]} each, under the names of a batch norm. */
final class ScaleAndShift implements ParamInitializer {
  static final String SCALE = BatchNormalizationParamInitializer.GAMMA;
  static final String SHIFT = BatchNormalizationParamInitializer.BETA;

  private final double scale;

  /** Creates an initialiser that sets every γ to {@code scale} and every β to 0. */
  ScaleAndShift(double scale) {
    this.scale = scale;
  }

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return 2 * ((FeedForwardLayer) layer).getNOut();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(SCALE, SHIFT);
  }

  /** Returns no names, so that γ is not regularised as weights are. */
  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return false;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration configuration, INDArray parameters, boolean initialise) {
    Map<String, INDArray> views = views(configuration, parameters);
    views.keySet().forEach(configuration::addVariable);
    if (initialise) {
      views.forEach((name, view) -> view.assign(name.equals(SCALE) ? scale : 0));
    }
    return views;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray gradients) {
    return views(configuration, gradients);
  }

  private static Map<String, INDArray> views(NeuralNetConfiguration configuration, INDArray flat) {
    long channels = ((FeedForwardLayer) configuration.getLayer()).getNOut();
    INDArray vector = flat.reshape(flat.length());
    Map<String, INDArray> views = new LinkedHashMap<>();
    views.put(SCALE, row(vector, 0, channels));
    views.put(SHIFT, row(vector, channels, channels));
    return views;
  }

  private static INDArray row(INDArray vector, long from, long length) {
    return vector.get(NDArrayIndex.interval(from, from + length)).reshape(1, length);
  }
}

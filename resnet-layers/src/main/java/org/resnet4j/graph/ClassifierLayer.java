package org.resnet4j.graph;

import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An {@link OutputLayer} whose bias is initialised as in {@code torch.nn.Linear}: uniform in
 * ±1/√fan-in. Deeplearning4j offers only a constant.
 */
public final class ClassifierLayer extends OutputLayer {
  private static final long serialVersionUID = 1;

  /** Creates an empty layer for Jackson. */
  @SuppressWarnings("unused")
  private ClassifierLayer() {
    super(new OutputLayer.Builder());
  }

  public ClassifierLayer(OutputLayer.Builder builder) {
    super(builder);
  }

  @Override
  public ParamInitializer initializer() {
    return UniformBias.INSTANCE;
  }

  private static final class UniformBias extends DefaultParamInitializer {
    static final UniformBias INSTANCE = new UniformBias();

    @Override
    protected INDArray createBias(
        NeuralNetConfiguration configuration, INDArray bias, boolean initialise) {
      if (initialise) {
        FeedForwardLayer layer = (FeedForwardLayer) configuration.getLayer();
        StatelessInit.uniform(bias, UniformFanIn.bound((double) layer.getNIn()));
      }
      return bias;
    }
  }
}

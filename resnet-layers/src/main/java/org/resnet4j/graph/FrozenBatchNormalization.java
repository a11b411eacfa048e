package org.resnet4j.graph;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A batch norm whose statistics, γ and β are constants: in training, too, it is the same linear
 * function of each channel as at inference, and no step changes it ({@code
 * torchvision.ops.FrozenBatchNorm2d}). Unlike a layer in a {@code FrozenLayer}, it passes gradients
 * on to the layers before it.
 */
public final class FrozenBatchNormalization extends BatchNormalization {
  private static final long serialVersionUID = 1;

  /** Creates a layer with the defaults for Jackson. */
  @SuppressWarnings("unused")
  private FrozenBatchNormalization() {}

  /**
   * Creates a layer that stores variances themselves.
   *
   * @param epsilon value that is added to the variance
   * @param scale γ of every channel before weights are loaded
   */
  public FrozenBatchNormalization(long channels, double epsilon, double scale) {
    setNIn(channels);
    setNOut(channels);
    setEps(epsilon);
    setGamma(scale);
    setUseLogStd(false);
    setGradientNormalization(GradientNormalization.None);
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType dataType) {
    return NewLayer.in(
        configuration,
        new Constant(configuration, dataType),
        listeners,
        index,
        parameters,
        initializer().init(configuration, parameters, initialise));
  }

  /** Returns an updater that changes nothing. */
  @Override
  public IUpdater getUpdaterByParam(String paramName) {
    return new NoOp();
  }

  /** The implementation of the layer. */
  private static final class Constant
      extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {
    private static final long serialVersionUID = 1;

    Constant(NeuralNetConfiguration configuration, DataType dataType) {
      super(configuration, dataType);
    }

    @Override
    public INDArray preOutput(INDArray x, TrainingMode training, LayerWorkspaceMgr workspaces) {
      return super.preOutput(x, TrainingMode.TEST, workspaces);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      INDArray std =
          Transforms.sqrt(
              getParam(BatchNormalizationParamInitializer.GLOBAL_VAR).add(layerConf().getEps()),
              false);
      INDArray factors = getParam(BatchNormalizationParamInitializer.GAMMA).div(std);
      INDArray below =
          workspaces.createUninitialized(
              ArrayType.ACTIVATION_GRAD, epsilon.dataType(), epsilon.shape(), 'c');
      Nd4j.exec(new BroadcastMulOp(epsilon, factors.reshape(factors.length()), below, 1));
      Gradient zeros = new DefaultGradient();
      gradientViews.forEach((key, view) -> zeros.setGradientFor(key, view.assign(0)));
      return new Pair<>(zeros, below);
    }
  }
}

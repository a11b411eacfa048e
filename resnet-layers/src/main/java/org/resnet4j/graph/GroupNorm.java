package org.resnet4j.graph;

import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The implementation of {@link GroupNormLayer}. */
final class GroupNorm extends BaseLayer<GroupNormLayer> {
  private static final long serialVersionUID = 1;

  GroupNorm(NeuralNetConfiguration configuration, DataType dataType) {
    super(configuration, dataType);
  }

  /**
   * The normalised input and what it was divided by.
   *
   * @param values {@code [N·groups, values of a group]}
   * @param factors one divided by the standard deviations, {@code [N·groups]}
   */
  private record Normed(INDArray values, INDArray factors) {}

  private Normed normed() {
    INDArray rows = rows(input.castTo(dataType).dup('c'));
    rows.subiColumnVector(rows.mean(true, 1));
    INDArray variances = rows.mul(rows).mean(true, 1);
    INDArray factors = Transforms.pow(variances.addi(layerConf().getEpsilon()), -0.5, false);
    return new Normed(rows.muliColumnVector(factors), factors);
  }

  /** Returns contiguous images as one row for each group of each image. */
  private INDArray rows(INDArray images) {
    long rows = images.size(0) * layerConf().getGroups();
    return images.reshape('c', rows, images.length() / rows);
  }

  /** Returns images as {@code [N, C, H·W]}. */
  private INDArray maps(INDArray values) {
    return values.reshape('c', input.size(0), input.size(1), input.size(2) * input.size(3));
  }

  private INDArray parameter(String key) {
    return getParam(key).reshape(input.size(1));
  }

  private INDArray gradientView(String key) {
    return Objects.requireNonNull(gradientViews.get(key), key);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray out =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, input.shape(), 'c');
    INDArray result = maps(out);
    Nd4j.exec(new BroadcastMulOp(maps(normed().values), parameter(ScaleAndShift.SCALE), result, 1));
    Nd4j.exec(new BroadcastAddOp(result, parameter(ScaleAndShift.SHIFT), result, 1));
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray above = maps(epsilon.castTo(dataType).dup('c'));
    Normed normed = normed();
    INDArray values = maps(normed.values);
    INDArray ofScale = gradientView(ScaleAndShift.SCALE);
    INDArray ofShift = gradientView(ScaleAndShift.SHIFT);
    ofScale.assign(above.mul(values).sum(0, 2).reshape(ofScale.shape()));
    ofShift.assign(above.sum(0, 2).reshape(ofShift.shape()));
    Nd4j.exec(new BroadcastMulOp(above, parameter(ScaleAndShift.SCALE), above, 1));
    INDArray below =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
    write(rows(above), normed, rows(below));
    Gradient gradient = new DefaultGradient();
    gradient.setGradientFor(ScaleAndShift.SCALE, ofScale);
    gradient.setGradientFor(ScaleAndShift.SHIFT, ofShift);
    return new Pair<>(gradient, below);
  }

  /** Writes the gradient of the input, given that of the normalised values. */
  private static void write(INDArray above, Normed normed, INDArray below) {
    INDArray along = above.mul(normed.values).mean(true, 1);
    below.assign(above);
    below.subiColumnVector(above.mean(true, 1));
    below.subi(normed.values.mulColumnVector(along));
    below.muliColumnVector(normed.factors);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}

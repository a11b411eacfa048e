package org.resnet4j.onednn.read;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/** The layer vertex that is read. */
public final class LayerReading extends VertexReading {
  private final Layer layer;
  private final boolean frozen;

  /**
   * Creates the reading of a layer.
   *
   * @param outer the layer, or a wrapper that freezes it
   */
  public LayerReading(String name, Layer outer, Reading graph) {
    super(name, graph);
    frozen = outer instanceof FrozenLayer || outer instanceof FrozenLayerWithBackprop;
    layer =
        outer instanceof FrozenLayer wrapper
            ? wrapper.getInsideLayer()
            : outer instanceof FrozenLayerWithBackprop wrapper ? wrapper.getInsideLayer() : outer;
  }

  /** Returns the configuration of the layer, without a wrapper. */
  public org.deeplearning4j.nn.conf.layers.Layer configuration() {
    return layer.conf().getLayer();
  }

  /** Returns whether the parameters are not trained. */
  public boolean isFrozen() {
    return frozen;
  }

  /** Returns a parameter without its gradient, for one that training does not change. */
  public Parameter constant(String key) {
    return new Parameter(parameter(key).value(), null);
  }

  /** Returns a parameter, and its gradient if it is trained. */
  public Parameter parameter(String key) {
    INDArray value = layer.getParam(key);
    if (value == null) {
      throw mismatch("expected a parameter \"" + key + "\" but there is none");
    }
    INDArray gradients = layer.getGradientsViewArray();
    if (!isTraining() || frozen || gradients == null) {
      return new Parameter(value, null);
    }
    long start = value.offset() - layer.params().offset();
    INDArray gradient =
        gradients
            .reshape(gradients.length())
            .get(NDArrayIndex.interval(start, start + value.length()));
    return new Parameter(value, gradient);
  }

  /** Refuses an input without images, or with images of another {@code format}. */
  public void expectImages(Value in, CNN2DFormat format) {
    if (in.rank() != 4) {
      throw unsupported("a layer for images whose input is " + in);
    }
    expectFormat(format);
  }

  /** Refuses an input with another number of channels or features. */
  public void expectSize(String what, long expected, Value in) {
    if (in.size(1) != expected) {
      throw mismatch("expected " + expected + " " + what + " but its input is " + in);
    }
  }
}

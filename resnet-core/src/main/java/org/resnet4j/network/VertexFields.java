package org.resnet4j.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.resnet4j.arch.Shape;
import org.resnet4j.graph.ClassifierLayer;
import org.resnet4j.graph.DecayedBatchNormalization;
import org.resnet4j.graph.FrozenBatchNormalization;
import org.resnet4j.graph.GroupNormLayer;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.train.BinaryCrossEntropy;

/**
 * Describes a vertex of a configuration by the fields that inference depends on. Fields of training
 * alone and wrappers that freeze a layer are left out.
 */
final class VertexFields {
  private static final String PADDING = "padding";
  private static final String ACTIVATION = "activation";

  /** The fields, each a number, a text, or a list of them, by their names in messages. */
  private final Map<String, Object> fields = new LinkedHashMap<>();

  /** The shape of the vertex's first input. */
  private final Shape in;

  private VertexFields(Shape in) {
    this.in = in;
  }

  /**
   * Returns the fields in the order in which they are compared.
   *
   * @param in shape of the first input, by which paddings are computed
   */
  static Map<String, Object> of(GraphVertex vertex, Shape in) {
    VertexFields of = new VertexFields(in);
    of.vertex(vertex instanceof FrozenVertex frozen ? frozen.getUnderlying() : vertex);
    return of.fields;
  }

  /** Returns the ε of a batch norm; empty for other vertices. */
  static Optional<Double> epsilon(GraphVertex vertex) {
    return vertex instanceof LayerVertex layer
            && thawed(layer.getLayerConf().getLayer()) instanceof BatchNormalization norm
        ? Optional.of(norm.getEps())
        : Optional.empty();
  }

  private void vertex(GraphVertex vertex) {
    if (vertex instanceof LayerVertex layer) {
      layer(thawed(layer.getLayerConf().getLayer()));
      put(
          "preprocessor",
          layer.getPreProcessor() == null
              ? "none"
              : layer.getPreProcessor().getClass().getSimpleName());
      return;
    }
    put("type", vertex.getClass().getSimpleName());
    if (vertex instanceof ElementWiseVertex elements) {
      put("operation", String.valueOf(elements.getOp()));
    } else if (vertex instanceof PadChannelsVertex pad) {
      put("channels of zeros", List.of(pad.before(), pad.after()));
    }
  }

  private static Layer thawed(Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return thawed(frozen.getLayer());
    }
    return layer instanceof FrozenLayerWithBackprop frozen ? thawed(frozen.getUnderlying()) : layer;
  }

  private void layer(Layer layer) {
    put("type", type(layer));
    if (layer instanceof FeedForwardLayer sized) {
      put("inputs", sized.getNIn());
      put("outputs", sized.getNOut());
    }
    if (layer instanceof ConvolutionLayer conv) {
      conv(conv);
    } else if (layer instanceof SubsamplingLayer pool) {
      pool(pool);
    } else if (layer instanceof BatchNormalization norm) {
      norm(norm);
    } else if (layer instanceof GroupNormLayer norm) {
      put("ε", norm.getEpsilon());
      put("groups", norm.getGroups());
    } else if (layer instanceof GlobalPoolingLayer pool) {
      put("pooling", String.valueOf(pool.getPoolingType()));
      put("axes", list(pool.getPoolingDimensions()));
      put("collapsed axes", pool.isCollapseDimensions());
    } else if (layer instanceof ZeroPaddingLayer pad) {
      put(PADDING, list(pad.getPadding()));
      format(pad.getDataFormat());
    } else if (layer instanceof OutputLayer output) {
      put("bias", output.hasBias());
    } else if (layer instanceof DenseLayer dense) {
      put("bias", dense.hasBias());
      put("layer normalisation", dense.isHasLayerNorm());
    }
    // The equality of functions covers slopes and thresholds, which their texts leave out.
    if (layer instanceof BaseLayer base) {
      put(ACTIVATION, isBinary(base) ? new ActivationSoftmax() : base.getActivationFn());
    } else if (layer instanceof ActivationLayer activation) {
      put(ACTIVATION, activation.getActivationFn());
    }
  }

  /**
   * Returns whether a classifier gives every class a probability of its own. Its logits, and thus
   * its predictions, are those of the same classifier with softmax.
   */
  private static boolean isBinary(BaseLayer layer) {
    return layer instanceof ClassifierLayer classifier
        && classifier.getLossFn() instanceof BinaryCrossEntropy loss
        && classifier.getActivationFn().equals(loss.activation().getActivationFunction());
  }

  /** Returns the class, except for those that differ in initial weights or weight decay alone. */
  private static String type(Layer layer) {
    Class<?> type = layer.getClass();
    if (type == ClassifierLayer.class) {
      type = OutputLayer.class;
    } else if (type == GroupedConvolutionLayer.class) {
      type = ConvolutionLayer.class;
    } else if (type == DecayedBatchNormalization.class || type == FrozenBatchNormalization.class) {
      type = BatchNormalization.class;
    }
    return type.getSimpleName();
  }

  private void conv(ConvolutionLayer conv) {
    put("groups", conv instanceof GroupedConvolutionLayer some ? some.groups() : 1);
    window(conv.getKernelSize(), conv.getStride(), conv.getDilation());
    padding(
        conv.getConvolutionMode(),
        conv.getPadding(),
        new int[][] {conv.getKernelSize(), conv.getStride(), conv.getDilation()});
    put("bias", conv.hasBias());
    format(conv.getCnn2dDataFormat());
  }

  private void pool(SubsamplingLayer pool) {
    put("pooling", String.valueOf(pool.getPoolingType()));
    window(pool.getKernelSize(), pool.getStride(), pool.getDilation());
    boolean isPadded =
        padding(
            pool.getConvolutionMode(),
            pool.getPadding(),
            new int[][] {pool.getKernelSize(), pool.getStride(), pool.getDilation()});
    if (isPadded && pool.getPoolingType() == PoolingType.AVG) {
      put("padding in averages", pool.isAvgPoolIncludePadInDivisor());
    }
    format(pool.getCnn2dDataFormat());
  }

  private void norm(BatchNormalization norm) {
    put("ε", norm.getEps());
    put("logarithm of std", norm.isUseLogStd());
    put("constant scale", norm.isLockGammaBeta() ? norm.getGamma() : "none");
    put("constant shift", norm.isLockGammaBeta() ? norm.getBeta() : "none");
    format(norm.getCnn2DFormat());
  }

  private void window(int[] kernel, int[] stride, int[] dilation) {
    put("kernel", list(kernel));
    put("stride", list(stride));
    put("dilation", list(dilation));
  }

  /**
   * Adds the padding before the image and the number of windows. Both together are the same when a
   * mode's own padding equals that of another mode.
   *
   * @param window kernel, stride and dilation
   * @return whether a window reads padding
   */
  private boolean padding(@Nullable ConvolutionMode mode, int[] padding, int[][] window) {
    boolean isPair = padding.length == 2;
    for (int[] sides : window) {
      isPair &= sides.length == 2 && sides[0] > 0 && sides[1] > 0;
    }
    if (!isPair || mode == null || mode == ConvolutionMode.Causal) {
      put(PADDING, list(padding));
      put("mode", String.valueOf(mode));
      return true;
    }
    long[] before = new long[2];
    long[] counts = new long[2];
    boolean isPadded = false;
    for (int axis = 0; axis < 2; axis++) {
      long size = axis == 0 ? in.height() : in.width();
      long stride = window[1][axis];
      long reach = (window[0][axis] - 1L) * window[2][axis] + 1;
      if (mode == ConvolutionMode.Same) {
        counts[axis] = (size + stride - 1) / stride;
        before[axis] = Math.max(0, (counts[axis] - 1) * stride + reach - size) / 2;
      } else {
        before[axis] = padding[axis];
        counts[axis] = Math.floorDiv(size + 2 * before[axis] - reach, stride) + 1;
      }
      isPadded |= before[axis] > 0 || (counts[axis] - 1) * stride + reach > size;
    }
    put(PADDING, Arrays.stream(before).boxed().toList());
    put("size of the output", Arrays.stream(counts).boxed().toList());
    return isPadded;
  }

  private void format(@Nullable CNN2DFormat format) {
    put("data format", String.valueOf(format));
  }

  private void put(String field, @Nullable Object value) {
    fields.put(field, value == null ? "none" : value);
  }

  private static List<Long> list(int @Nullable [] values) {
    return values == null ? List.of() : Arrays.stream(values).mapToLong(i -> i).boxed().toList();
  }
}

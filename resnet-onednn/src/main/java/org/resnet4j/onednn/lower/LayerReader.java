package org.resnet4j.onednn.lower;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;

/** Reads one layer vertex: its layer, dropout before it and activation after it. */
final class LayerReader {
  private final String name;
  private final Layer outer;
  private final Layer layer;
  private final boolean frozen;
  private final boolean training;
  private final List<Op> ops;

  LayerReader(String name, Layer outer, boolean training, List<Op> ops) {
    this.name = name;
    this.outer = outer;
    this.training = training;
    this.ops = ops;
    frozen = outer instanceof FrozenLayer || outer instanceof FrozenLayerWithBackprop;
    layer =
        outer instanceof FrozenLayer wrapper
            ? wrapper.getInsideLayer()
            : outer instanceof FrozenLayerWithBackprop wrapper ? wrapper.getInsideLayer() : outer;
  }

  /** Returns the layer without a wrapper that freezes it. */
  Layer layer() {
    return layer;
  }

  Value read(Value input) {
    org.deeplearning4j.nn.conf.layers.Layer configuration = layer.conf().getLayer();
    Value in = dropped(input, configuration.getIDropout());
    Value out = of(configuration, in);
    if (configuration instanceof BaseLayer base) {
      checkTrainable(base);
    }
    return out;
  }

  /** Returns an output layer's result before its activation and loss. */
  Value readHead(Value input) {
    BaseLayer configuration = (BaseLayer) layer.conf().getLayer();
    checkTrainable(configuration);
    return configuration instanceof OutputLayer output
        ? dense(output.getNOut(), output.hasBias(), dropped(input, output.getIDropout()))
        : input;
  }

  private Value of(org.deeplearning4j.nn.conf.layers.Layer configuration, Value in) {
    Class<?> type = configuration.getClass();
    if (type == ConvolutionLayer.class || type == GroupedConvolutionLayer.class) {
      return conv((ConvolutionLayer) configuration, in);
    } else if (type == BatchNormalization.class) {
      return batchNorm((BatchNormalization) configuration, in);
    } else if (type == ActivationLayer.class) {
      return activated(in, ((ActivationLayer) configuration).getActivationFn());
    } else if (type == SubsamplingLayer.class) {
      return pool((SubsamplingLayer) configuration, in);
    } else if (type == GlobalPoolingLayer.class) {
      return globalPool((GlobalPoolingLayer) configuration, in);
    } else if (type == ZeroPaddingLayer.class) {
      return pad((ZeroPaddingLayer) configuration, in);
    } else if (type == DropoutLayer.class) {
      return in;
    } else if (type == DenseLayer.class) {
      DenseLayer dense = (DenseLayer) configuration;
      if (dense.isHasLayerNorm()) {
        throw unsupported("DenseLayer with layer normalisation");
      }
      return activated(dense(dense.getNOut(), dense.isHasBias(), in), dense.getActivationFn());
    } else if (configuration instanceof OutputLayer output) {
      return activated(dense(output.getNOut(), output.hasBias(), in), output.getActivationFn());
    } else if (type == LossLayer.class) {
      return activated(in, ((LossLayer) configuration).getActivationFn());
    }
    throw unsupported(type.getSimpleName());
  }

  private void checkTrainable(BaseLayer configuration) {
    if (training && configuration.getWeightNoise() != null) {
      throw unsupported("weight noise (" + configuration.getWeightNoise() + ")");
    }
  }

  private Value conv(ConvolutionLayer configuration, Value in) {
    expectImages(in, configuration.getCnn2dDataFormat());
    expectSize("channels", configuration.getNIn(), in);
    Window window = new WindowReader(name, in).conv(configuration);
    Parameter weights = parameter("W");
    int groups = configuration instanceof GroupedConvolutionLayer some ? some.groups() : 1;
    if (weights.value().rank() != 4 || weights.value().size(1) * groups != in.size(1)) {
      throw Mismatch.at(
          name,
          "expected weights for "
              + in.size(1)
              + " channels in "
              + groups
              + " groups but their shape is "
              + Arrays.toString(weights.value().shape()));
    }
    Value out = new Value(name, window.outputShape(in, configuration.getNOut()));
    ops.add(
        new Op.Conv(
            name,
            in,
            out,
            window,
            weights,
            configuration.hasBias() ? parameter("b") : null,
            Op.Fused.NOTHING));
    return activated(out, configuration.getActivationFn());
  }

  private Value dense(long outputs, boolean bias, Value in) {
    if (in.rank() != 2) {
      throw unsupported("a dense layer whose input " + in + " is not [N, F]");
    }
    Value out = new Value(name, in.size(0), outputs);
    Parameter weights = parameter("W");
    expectSize("features", weights.value().size(0), in);
    ops.add(new Op.Dense(name, in, out, weights, bias ? parameter("b") : null, Op.Fused.NOTHING));
    return out;
  }

  private Value batchNorm(BatchNormalization configuration, Value in) {
    if (in.rank() == 4) {
      expectImages(in, configuration.getCnn2DFormat());
    }
    expectSize("channels", configuration.getNOut(), in);
    boolean locked = configuration.isLockGammaBeta();
    if (locked && (configuration.getGamma() != 1 || configuration.getBeta() != 0)) {
      throw unsupported(
          "BatchNormalization with gamma and beta locked to other values than 1 and 0");
    }
    boolean log = configuration.isUseLogStd();
    Value out = new Value(name, in.shape());
    ops.add(
        new Op.BatchNorm(
            name,
            in,
            out,
            locked ? null : parameter("gamma"),
            locked ? null : parameter("beta"),
            parameter("mean"),
            parameter(log ? "log10stdev" : "var"),
            log,
            configuration.getEps(),
            configuration.getDecay(),
            frozen,
            Nonlinearity.IDENTITY));
    // Deeplearning4j ignores an activation of its batch normalisation, and so does this reader.
    return out;
  }

  private Value pool(SubsamplingLayer configuration, Value in) {
    expectImages(in, configuration.getCnn2dDataFormat());
    Window window = new WindowReader(name, in).pool(configuration);
    Op.Pooling kind =
        switch (configuration.getPoolingType()) {
          case MAX -> Op.Pooling.MAXIMUM;
          case AVG ->
              configuration.isAvgPoolIncludePadInDivisor()
                  ? Op.Pooling.AVERAGE_WITH_PADDING
                  : Op.Pooling.AVERAGE;
          default -> throw unsupported("PoolingType." + configuration.getPoolingType());
        };
    Value out = new Value(name, window.outputShape(in, in.size(1)));
    ops.add(new Op.Pool(name, in, out, window, kind));
    return out;
  }

  private Value globalPool(GlobalPoolingLayer configuration, Value in) {
    if (in.rank() != 4) {
      throw unsupported("global pooling of " + in);
    }
    int[] axes = configuration.getPoolingDimensions();
    if (axes != null && !Arrays.equals(axes, new int[] {2, 3})) {
      throw unsupported("global pooling over the axes " + Arrays.toString(axes));
    }
    PoolingType type = configuration.getPoolingType();
    if (type != PoolingType.AVG && type != PoolingType.MAX) {
      throw unsupported("PoolingType." + type);
    }
    long[] shape =
        configuration.isCollapseDimensions()
            ? new long[] {in.size(0), in.size(1)}
            : new long[] {in.size(0), in.size(1), 1, 1};
    Value out = new Value(name, shape);
    ops.add(
        new Op.Pool(
            name,
            in,
            out,
            Window.global(in),
            type == PoolingType.AVG ? Op.Pooling.AVERAGE : Op.Pooling.MAXIMUM));
    return out;
  }

  private Value pad(ZeroPaddingLayer configuration, Value in) {
    expectImages(in, configuration.getDataFormat());
    int[] padding = configuration.getPadding(); // top, bottom, left, right
    if (padding.length != 4 || Arrays.stream(padding).anyMatch(size -> size < 0)) {
      throw Mismatch.at(
          name,
          "expected padding of 0 or more on four sides but it is " + Arrays.toString(padding));
    }
    Value out =
        new Value(
            name,
            in.size(0),
            in.size(1),
            padding[0] + in.size(2) + padding[1],
            padding[2] + in.size(3) + padding[3]);
    ops.add(new Op.Pad(name, in, out, new long[] {0, 0, padding[0], padding[2]}));
    return out;
  }

  private Value dropped(Value input, @Nullable IDropout dropout) {
    if (dropout == null || !training || frozen) {
      return input;
    }
    if (!(dropout instanceof org.deeplearning4j.nn.conf.dropout.Dropout plain)
        || plain.getPSchedule() != null) {
      throw unsupported("dropout of the kind " + dropout);
    }
    Value out = new Value(name, input.shape());
    ops.add(new Op.Dropout(name, input, out, plain.getP()));
    return out;
  }

  private Value activated(Value in, IActivation function) {
    Nonlinearity activation = nonlinearity(function);
    if (activation == Nonlinearity.IDENTITY) {
      return in;
    }
    if (activation == Nonlinearity.SOFTMAX && (training || in.rank() != 2)) {
      throw unsupported("softmax of " + in + ", outside of an output layer,");
    }
    Value out = new Value(name, in.shape());
    ops.add(new Op.Activate(name, in, out, activation));
    return out;
  }

  private Nonlinearity nonlinearity(IActivation function) {
    Class<?> type = function.getClass();
    if (type == ActivationIdentity.class) {
      return Nonlinearity.IDENTITY;
    } else if (type == ActivationReLU.class && function.equals(new ActivationReLU())) {
      return Nonlinearity.RELU;
    } else if (type == ActivationReLU6.class) {
      return Nonlinearity.RELU6;
    } else if (type == ActivationSigmoid.class) {
      return Nonlinearity.SIGMOID;
    } else if (type == ActivationTanH.class) {
      return Nonlinearity.TANH;
    } else if (type == ActivationSoftmax.class) {
      return Nonlinearity.SOFTMAX;
    }
    throw unsupported("the activation " + function);
  }

  private Parameter parameter(String key) {
    INDArray value = layer.getParam(key);
    if (value == null) {
      throw Mismatch.at(name, "expected a parameter \"" + key + "\" but there is none");
    }
    INDArray gradients = layer.getGradientsViewArray();
    if (!training || frozen || gradients == null) {
      return new Parameter(value, null);
    }
    long start = value.offset() - layer.params().offset();
    INDArray gradient =
        gradients
            .reshape(gradients.length())
            .get(NDArrayIndex.interval(start, start + value.length()));
    return new Parameter(value, gradient);
  }

  private void expectImages(Value in, CNN2DFormat format) {
    if (in.rank() != 4) {
      throw unsupported("a layer for images whose input is " + in);
    }
    if (format != CNN2DFormat.NCHW) {
      throw unsupported("the format " + format);
    }
  }

  private void expectSize(String what, long expected, Value in) {
    if (in.size(1) != expected) {
      throw Mismatch.at(name, "expected " + expected + " " + what + " but its input is " + in);
    }
  }

  private UnsupportedGraphException unsupported(String what) {
    return new UnsupportedGraphException(name, what);
  }

  @Override
  public String toString() {
    return name + ": " + outer.getClass().getSimpleName();
  }
}

package org.resnet4j.onednn.ops;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.resnet4j.graph.ActivationExactGelu;
import org.resnet4j.graph.ActivationHardSwish;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.read.VertexReading;

/** The activation functions of Deeplearning4j that the engine computes. */
final class Activations {
  /** The factor with which x·sigmoid(factor·x) approximates a GELU. */
  private static final double GELU = 1.702;

  private Activations() {}

  /** Returns the engine's form of {@code function}. */
  static Nonlinearity of(IActivation function, VertexReading from) {
    if (function instanceof ActivationReLU relu && relu.getClass() == ActivationReLU.class) {
      return relu(relu, from);
    } else if (function instanceof ActivationLReLU leaky) {
      return Nonlinearity.leakyRelu(leaky.getAlpha());
    } else if (function instanceof ActivationELU elu) {
      return elu(elu, from);
    } else if (function instanceof ActivationGELU gelu && !gelu.isPrecise()) {
      return Nonlinearity.swish(GELU);
    }
    return plain(function, from);
  }

  private static Nonlinearity plain(IActivation function, VertexReading from) {
    Class<?> type = function.getClass();
    if (type == ActivationIdentity.class) {
      return Nonlinearity.IDENTITY;
    } else if (type == ActivationReLU6.class) {
      return Nonlinearity.RELU6;
    } else if (type == ActivationSigmoid.class) {
      return Nonlinearity.SIGMOID;
    } else if (type == ActivationTanH.class) {
      return Nonlinearity.TANH;
    } else if (type == ActivationSoftmax.class) {
      return Nonlinearity.SOFTMAX;
    } else if (type == ActivationSwish.class) {
      return Nonlinearity.swish(1);
    } else if (type == ActivationExactGelu.class) {
      return Nonlinearity.GELU;
    } else if (type == ActivationHardSwish.class) {
      return Nonlinearity.HARD_SWISH;
    } else if (type == ActivationHardSigmoid.class) {
      return Nonlinearity.HARD_SIGMOID;
    } else if (type == ActivationHardTanH.class) {
      return Nonlinearity.clip(-1, 1);
    } else if (type == ActivationSoftPlus.class) {
      return Nonlinearity.SOFTPLUS;
    }
    throw from.unsupported("the activation " + function);
  }

  /**
   * Reads a ReLU with optional bounds. With a threshold of 0 or a slope, Deeplearning4j's gradient
   * at 0 is 1; without both, it is 0.
   */
  private static Nonlinearity relu(ActivationReLU relu, VertexReading from) {
    Double most = relu.getMax();
    double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
    double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
    boolean leaky = relu.getThreshold() != null || relu.getNegativeSlope() != null;
    if (most == null && threshold == 0) {
      return leaky ? Nonlinearity.leakyRelu(slope) : Nonlinearity.RELU;
    }
    boolean clips = most != null && most > 0 && threshold == 0 && slope == 0;
    if (!clips || (leaky && from.isTraining())) {
      throw from.unsupported(
          "a ReLU with the maximum "
              + most
              + ", the threshold "
              + threshold
              + " and the slope "
              + slope);
    }
    return Nonlinearity.clip(0, most);
  }

  /** Reads an ELU. Deeplearning4j's gradient ignores alpha. */
  private static Nonlinearity elu(ActivationELU elu, VertexReading from) {
    if (from.isTraining() && elu.getAlpha() != 1) {
      throw from.unsupported(
          "training " + elu + ", whose gradient Deeplearning4j computes with alpha 1,");
    }
    return Nonlinearity.elu(elu.getAlpha());
  }
}

package org.resnet4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * A weight decay and the parameters that it is for.
 *
 * <p>Deeplearning4j's {@code NeuralNetConfiguration.Builder.weightDecay(λ)} decays twice: {@code
 * build} adds every regularisation but L1 and L2 to a layer a second time. This one replaces those
 * of each layer after {@code build}.
 *
 * @param rule decay, or several; none for no decay
 * @param scope parameters that decay
 */
public record ParameterDecay(List<Regularization> rule, Scope scope) {
  /** The absence of weight decay. */
  public static final ParameterDecay NONE = new ParameterDecay(List.of(), Scope.WEIGHTS);

  /** The parameters that decay. */
  public enum Scope {
    /** Weights of convolutions and dense layers, without biases and batch norm. */
    WEIGHTS,
    /** The same and biases, without batch norm. */
    ALL_BUT_NORMS,
    /**
     * All parameters, with biases, and γ and β of {@link
     * org.resnet4j.graph.DecayedBatchNormalization}.
     */
    ALL
  }

  public ParameterDecay {
    rule = List.copyOf(rule);
  }

  /**
   * Returns the decay that is added to the gradient, as in PyTorch's {@code SGD(weight_decay=λ)}.
   */
  public static ParameterDecay coupled(double decay, Scope scope) {
    return of("weight decay", decay, () -> new L2Regularization(decay), scope);
  }

  /**
   * Returns the decay of {@code lr·λ·p} beside the update, as in PyTorch's {@code
   * AdamW(weight_decay=λ)}.
   */
  public static ParameterDecay decoupled(double decay, Scope scope) {
    return of("decoupled weight decay", decay, () -> new WeightDecay(decay, true), scope);
  }

  /** Returns decay and trust ratio of LAMB. */
  public static ParameterDecay lamb(double decay, Scope scope) {
    return of("weight decay of LAMB", decay, () -> new LambScaling(decay), scope);
  }

  /**
   * Returns decay and local learning rates of LARS.
   *
   * @param trust η of the paper, greater than 0; timm's default is 0.02
   */
  public static ParameterDecay lars(double decay, double trust, Scope scope) {
    return of("weight decay of LARS", decay, () -> new LarsScaling(decay, trust), scope);
  }

  private static ParameterDecay of(
      String name, double decay, Supplier<Regularization> rule, Scope scope) {
    if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + ": expected 0 or more but was " + decay);
    }
    return new ParameterDecay(decay == 0 ? List.of() : List.of(rule.get()), scope);
  }

  /** Returns whether γ and β of batch norm decay. */
  public boolean includesNorms() {
    return scope == Scope.ALL && !rule.isEmpty();
  }

  /**
   * Replaces the regularisation of all layers.
   *
   * @throws IllegalArgumentException when batch norm has to decay but is Deeplearning4j's own
   */
  public void applyTo(ComputationGraphConfiguration configuration) {
    configuration
        .getVertices()
        .forEach(
            (name, vertex) -> {
              if (vertex instanceof LayerVertex layer
                  && layer.getLayerConf().getLayer() instanceof BaseLayer base) {
                applyTo(name, base);
              }
            });
  }

  private void applyTo(String name, BaseLayer layer) {
    if (layer.getClass() == BatchNormalization.class && includesNorms()) {
      throw new IllegalArgumentException(
          "%s: expected DecayedBatchNormalization, whose γ and β decay, but was BatchNormalization"
              .formatted(name));
    }
    layer.setRegularization(copies());
    layer.setRegularizationBias(scope != Scope.WEIGHTS ? copies() : new ArrayList<>());
  }

  private List<Regularization> copies() {
    return new ArrayList<>(rule.stream().map(Regularization::clone).toList());
  }
}

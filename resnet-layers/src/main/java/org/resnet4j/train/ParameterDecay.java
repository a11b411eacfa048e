package org.resnet4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.resnet4j.graph.GroupedConvolutionLayer;

/**
 * A weight decay and the parameters that it is for, and what else becomes of updates.
 *
 * <p>Deeplearning4j's {@code NeuralNetConfiguration.Builder.weightDecay(λ)} decays twice: {@code
 * build} adds every regularisation but L1 and L2 to a layer a second time. This one replaces those
 * of each layer after {@code build}.
 *
 * @param rule decay, or several; none for no decay
 * @param scope parameters that decay
 * @param filters what becomes of the updates of convolutions' filters
 */
public record ParameterDecay(List<Regularization> rule, Scope scope, Filters filters) {
  /** The absence of weight decay. */
  public static final ParameterDecay NONE =
      new ParameterDecay(List.of(), Scope.WEIGHTS, Filters.UPDATED);

  /** The choices for the updates of convolutions' filters. */
  public enum Filters {
    /** They are those of the updater. */
    UPDATED,
    /**
     * {@link Orthogonalization} changes them. As in timm, convolutions with one filter or with one
     * input channel for each filter are excluded, such as depthwise ones.
     */
    ORTHOGONALIZED
  }

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

  /**
   * Returns the orthogonal updates of filters and the decoupled decay of Muon.
   *
   * <p>The updater is {@link SgdMomentum} with Nesterov's momentum, which alone updates all other
   * parameters, as in airbench (Jordan, arXiv:2404.00498).
   */
  public static ParameterDecay muon(double decay, Scope scope) {
    ParameterDecay decoupled = decoupled(decay, scope);
    return new ParameterDecay(decoupled.rule, scope, Filters.ORTHOGONALIZED);
  }

  private static ParameterDecay of(
      String name, double decay, Supplier<Regularization> rule, Scope scope) {
    if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + ": expected 0 or more but was " + decay);
    }
    return new ParameterDecay(decay == 0 ? List.of() : List.of(rule.get()), scope, Filters.UPDATED);
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
    layer.setRegularization(ofWeights(layer));
    layer.setRegularizationBias(scope != Scope.WEIGHTS ? copies() : new ArrayList<>());
  }

  private List<Regularization> ofWeights(BaseLayer layer) {
    List<Regularization> all = copies();
    if (filters == Filters.ORTHOGONALIZED && hasMatrix(layer)) {
      all.add(0, new Orthogonalization(((ConvolutionLayer) layer).getNOut()));
    }
    return all;
  }

  private static boolean hasMatrix(BaseLayer layer) {
    if (layer instanceof GroupedConvolutionLayer grouped) {
      return grouped.getNOut() > 1 && grouped.getNIn() > grouped.groups();
    }
    return layer.getClass() == ConvolutionLayer.class
        && ((ConvolutionLayer) layer).getNOut() > 1
        && ((ConvolutionLayer) layer).getNIn() > 1;
  }

  private List<Regularization> copies() {
    return new ArrayList<>(rule.stream().map(Regularization::clone).toList());
  }
}

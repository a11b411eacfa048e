package org.resnet4j.zoo;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.network.Freezing;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.train.LogitLoss;
import org.resnet4j.train.ParameterDecay;
import org.resnet4j.train.ScaledRate;
import org.resnet4j.train.SgdMomentum;

/**
 * Builds a network for new classes on pretrained weights. The classifier is initialised anew.
 * Frozen layers keep their parameters and batch-norm statistics, and no gradient is computed for
 * them.
 *
 * <pre>{@code
 * ComputationGraph network =
 *     Transfer.of(Models.pretrained("resnet50.tv_in1k_v2"))
 *         .classes(5)
 *         .freezeThrough(StageName.C3)
 *         .rate(StageName.C4, 0.1)
 *         .updater(new SgdMomentum(0.01, 0.9))
 *         .network();
 * }</pre>
 *
 * <p>The result is a plain graph that trains with {@code fit}, also on the engine. Its zip keeps
 * frozen layers frozen.
 */
public final class Transfer {
  private final ComputationGraph source;
  private final Map<StageName, Double> rates = new EnumMap<>(StageName.class);
  private Architecture architecture;
  private @Nullable StageName frozen;
  private IUpdater updater = new SgdMomentum(0.01, 0.9);
  private ParameterDecay decay = ParameterDecay.NONE;
  private long seed = LoadOptions.SEED;
  private boolean keepsClassifier;
  private List<Double> lossWeights = List.of();
  private @Nullable LogitLoss loss;

  private Transfer(Architecture architecture, ComputationGraph source) {
    StageName.requireAllNamed(architecture);
    this.architecture = architecture.with(next -> next.head(HeadKind.CLASSIFIER));
    this.source = source;
  }

  /**
   * Returns a builder from a model's parameters.
   *
   * @throws IllegalArgumentException when the model's file does not name its architecture
   */
  public static Transfer of(Model model) {
    return new Transfer(model.requireArchitecture(), model.network());
  }

  /** Sets the number of classes of the new classifier; unless set, it is that of the source. */
  public Transfer classes(int value) {
    return architecture(next -> next.classes(value));
  }

  /** Changes settings that weights do not depend on, such as image size and dropout. */
  public Transfer architecture(UnaryOperator<ArchitectureBuilder> change) {
    architecture = architecture.with(change);
    return this;
  }

  /**
   * Changes all settings to those of {@code target}, whose layers must be the source's but for the
   * classifier.
   */
  public Transfer to(Architecture target) {
    architecture = target;
    return this;
  }

  /** Returns the architecture of the network, with all changes. */
  public Architecture architecture() {
    return architecture;
  }

  /**
   * Freezes all layers up to and including {@code last}; none is frozen unless set.
   *
   * @throws IllegalArgumentException when nothing is left to train, or there is no such stage
   */
  public Transfer freezeThrough(StageName last) {
    last.requireIn(architecture);
    if (last == StageName.HEAD) {
      throw new IllegalArgumentException(
          architecture.name()
              + ": expected to freeze STEM or a stage but was HEAD, which leaves nothing");
    }
    frozen = last;
    return this;
  }

  /**
   * Trains {@code part} at {@code factor} times the updater's learning rate, schedules included.
   */
  public Transfer rate(StageName part, double factor) {
    part.requireIn(architecture);
    rates.put(part, factor);
    return this;
  }

  /** Sets the updater; SGD with rate 0.01 and momentum 0.9 unless set. */
  public Transfer updater(IUpdater value) {
    updater = value;
    return this;
  }

  /**
   * Sets the weight decay of layers that are not frozen, as {@link ResNetGraph#weightDecay} does; 0
   * unless set.
   */
  public Transfer weightDecay(double value) {
    return decay(ParameterDecay.coupled(value, ParameterDecay.Scope.WEIGHTS));
  }

  /** Sets the weight decay of layers that are not frozen, as {@link ResNetGraph#decay} does. */
  public Transfer decay(ParameterDecay value) {
    decay = value;
    return this;
  }

  /** Keeps the classifier of the source instead of a fresh one; the classes must be the same. */
  public Transfer keepClassifier() {
    keepsClassifier = true;
    return this;
  }

  /** Sets the weight of each class in the loss, as {@link ResNetGraph#lossWeights} does. */
  public Transfer lossWeights(List<Double> values) {
    lossWeights = List.copyOf(values);
    return this;
  }

  /** Sets another loss than cross-entropy, as {@link ResNetGraph#loss} does. */
  public Transfer loss(@Nullable LogitLoss value) {
    loss = value;
    return this;
  }

  /** Sets the seed of the new classifier and of dropout. */
  public Transfer seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Returns the network, ready for {@code fit}; its parameters are copies.
   *
   * @throws IllegalArgumentException when a rate is for a frozen part or not greater than 0, or the
   *     source's parameters differ in shape from the architecture's
   */
  public ComputationGraph network() {
    requireTrained(rates);
    Plan plan = Plan.of(architecture);
    ComputationGraphConfiguration configuration =
        ResNetGraph.of(architecture)
            .seed(seed)
            .updater(updater)
            .decay(decay)
            .lossWeights(lossWeights)
            .loss(loss)
            .configuration();
    for (Node node : plan.nodes()) {
      configuration.getVertices().computeIfPresent(node.path().vertex(), (n, v) -> set(node, v));
    }
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    plan.nodes().stream()
        .filter(node -> keepsClassifier || !isFresh(node))
        .forEach(node -> copy(node, network));
    return network;
  }

  private void requireTrained(Map<StageName, Double> parts) {
    for (StageName part : parts.keySet()) {
      if (isFrozen(part)) {
        throw new IllegalArgumentException(
            "%s: expected learning rates of parts behind %s, through which it is frozen, but there is one of %s"
                .formatted(architecture.name(), frozen, part));
      }
    }
  }

  private boolean isFrozen(StageName part) {
    return frozen != null && part.compareTo(frozen) <= 0;
  }

  private GraphVertex set(Node node, GraphVertex vertex) {
    StageName part = StageName.of(node.path());
    if (!(vertex instanceof LayerVertex layer)) {
      return isFrozen(part) ? new FrozenVertex(vertex) : vertex;
    }
    if (isFrozen(part)) {
      Freezing.freeze(layer);
    } else if (layer.getLayerConf().getLayer() instanceof BaseLayer base
        && rates.containsKey(part)) {
      base.setIUpdater(ScaledRate.of(updater, rates.get(part)));
    }
    return vertex;
  }

  private static boolean isFresh(Node node) {
    return node instanceof Node.Dense dense && dense.kind() == Node.DenseKind.CLASSIFIER;
  }

  private void copy(Node node, ComputationGraph network) {
    String vertex = node.path().vertex();
    Layer layer = network.getLayer(vertex);
    if (layer == null || layer.numParams() == 0) {
      return;
    }
    Layer from = source.getLayer(vertex);
    layer
        .paramTable()
        .forEach(
            (key, value) ->
                value.assign(
                    requireSame(vertex, key, value, from == null ? null : from.getParam(key))));
  }

  private INDArray requireSame(
      String vertex, String key, INDArray value, @Nullable INDArray found) {
    if (found == null || !Arrays.equals(found.shape(), value.shape())) {
      throw new IllegalArgumentException(
          "%s: parameter \"%s\" of %s: expected %s but the weights have %s; name the architecture that they are of, with its number of input channels"
              .formatted(
                  architecture.name(),
                  key,
                  vertex,
                  Arrays.toString(value.shape()),
                  found == null ? "none" : Arrays.toString(found.shape())));
    }
    return found;
  }
}

package org.resnet4j.network;

import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.Nd4jNatives;
import org.resnet4j.train.LogitLoss;
import org.resnet4j.train.ParameterDecay;

/**
 * Builds an architecture as a plain Deeplearning4j graph. The input is images {@code [N, C, H, W]},
 * the output probabilities {@code [N, classes]}.
 *
 * <pre>{@code
 * ComputationGraph network =
 *     ResNetGraph.of(Architectures.byName("resnet18")).seed(42).updater(new Adam(1e-3)).network();
 * }</pre>
 */
public final class ResNetGraph {
  private final Plan plan;
  private long seed = 42;
  private IUpdater updater = new Sgd(0.1);
  private ParameterDecay decay = ParameterDecay.NONE;
  private List<Double> lossWeights = List.of();
  private @Nullable LogitLoss loss;
  private DataType dataType = DataType.FLOAT;

  private ResNetGraph(Plan plan) {
    this.plan = plan;
  }

  /**
   * Returns a builder for {@code architecture} with seed 42, plain SGD with learning rate 0.1 and
   * no weight decay.
   */
  public static ResNetGraph of(Architecture architecture) {
    return new ResNetGraph(Plan.of(architecture));
  }

  /** Sets the seed of the initial weights and of dropout. */
  public ResNetGraph seed(long value) {
    seed = value;
    return this;
  }

  public ResNetGraph updater(IUpdater value) {
    updater = value;
    return this;
  }

  /**
   * Sets the weight decay: {@code value} × weight is added to the gradient of convolution and dense
   * weights, as in {@code torch.optim.SGD(weight_decay)}. Biases and batch norm are excluded.
   */
  public ResNetGraph weightDecay(double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException("weight decay: expected 0 or more but was " + value);
    }
    return decay(ParameterDecay.coupled(value, ParameterDecay.Scope.WEIGHTS));
  }

  /**
   * Sets the weight decay and the parameters that it is for. AdamW needs {@link
   * ParameterDecay#decoupled}; LAMB, LARS and Muon have their own.
   */
  public ResNetGraph decay(ParameterDecay value) {
    decay = value;
    return this;
  }

  /**
   * Multiplies the cross-entropy of an example by the weight of its class, as {@code
   * torch.nn.CrossEntropyLoss(weight, reduction="none")} does. The loss of a batch is their mean.
   *
   * @param ofClasses one for each class, or none for equal ones
   */
  public ResNetGraph lossWeights(List<Double> ofClasses) {
    if (!ofClasses.isEmpty() && ofClasses.size() != plan.last().output().channels()) {
      throw new IllegalArgumentException(
          "weights of the loss: expected one for each of %s classes but they were %s"
              .formatted(plan.last().output().channels(), ofClasses));
    }
    lossWeights = List.copyOf(ofClasses);
    return this;
  }

  /**
   * Sets another loss than cross-entropy, or null for that. The probabilities are then by {@link
   * LogitLoss#activation}. It cannot be combined with {@link #lossWeights}.
   */
  public ResNetGraph loss(@Nullable LogitLoss value) {
    loss = value;
    return this;
  }

  /** Sets the data type. {@code FLOAT} is the default; {@code DOUBLE} is for gradient checks. */
  public ResNetGraph dataType(DataType value) {
    dataType = value;
    return this;
  }

  /** Returns the configuration; vertices have the names of the plan's layers. */
  public ComputationGraphConfiguration configuration() {
    NeuralNetConfiguration.Builder base =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(dataType)
            .updater(updater.clone())
            .activation(Activation.IDENTITY)
            .trainingWorkspaceMode(WorkspaceMode.ENABLED)
            .inferenceWorkspaceMode(WorkspaceMode.ENABLED);
    GraphBuilder graph = base.graphBuilder();
    PlanEmitter emitter =
        new PlanEmitter(graph, loss(), decay.includesNorms(), plan.architecture().init());
    for (Node node : plan.nodes()) {
      node.accept(emitter);
    }
    ComputationGraphConfiguration configuration =
        graph.setOutputs(plan.last().path().vertex()).build();
    configuration.getVertices().values().forEach(ResNetGraph::declareVariance);
    decay.applyTo(configuration);
    return configuration;
  }

  /**
   * Returns the first field by which {@code actual} computes something else at inference than this
   * graph, as a clause such as {@code stage0.block0.conv1: expected stride [1, 1] but was [2, 2]}.
   * Initial values, dropout, loss, updaters, regularisation and frozen layers are not compared. A
   * classifier that was trained with {@link org.resnet4j.train.BinaryCrossEntropy} has sigmoids of
   * the same logits.
   */
  public Optional<String> difference(ComputationGraphConfiguration actual) {
    return GraphDifference.of(plan, configuration(), actual);
  }

  /** Returns the ε of the first batch norm whose ε is in (0, 1]; empty when there is none. */
  public static Optional<Double> epsilon(ComputationGraphConfiguration configuration) {
    return configuration.getVertices().values().stream()
        .flatMap(vertex -> VertexFields.epsilon(vertex).stream())
        .filter(epsilon -> epsilon > 0 && epsilon <= 1)
        .findFirst();
  }

  private ILossFunction loss() {
    if (loss != null && !lossWeights.isEmpty()) {
      throw new IllegalArgumentException(
          "weights of the loss: expected none with %s but they were %s; draw classes equally often instead"
              .formatted(loss, lossWeights));
    }
    if (loss != null) {
      return loss;
    }
    return lossWeights.isEmpty()
        ? new LossMCXENT()
        : new LossMCXENT(Nd4j.createFromArray(lossWeights.toArray(Double[]::new)).castTo(dataType));
  }

  /**
   * Sets the names of a batch norm's parameters before {@code init()} does. Without them,
   * Deeplearning4j always reads {@code useLogStd} back from JSON as true.
   */
  private static void declareVariance(GraphVertex vertex) {
    if (vertex instanceof LayerVertex layer
        && layer.getLayerConf().getLayer() instanceof BatchNormalization norm) {
      norm.initializer().paramKeys(norm).forEach(layer.getLayerConf()::addVariable);
    }
  }

  /** Returns the network with zeros for parameters, for parameters that are read afterwards. */
  public ComputationGraph blank() {
    Nd4jNatives.require();
    ComputationGraph network = new ComputationGraph(configuration());
    network.init(Nd4j.zeros(dataType, 1, plan.dl4jParameterCount()), false);
    return network;
  }

  /** Returns the network with its initial weights; equal seeds give equal weights. */
  public ComputationGraph network() {
    Nd4jNatives.require();
    ComputationGraph network = new ComputationGraph(configuration());
    network.init();
    return network;
  }
}

package org.resnet4j.arch;

import java.util.List;

/**
 * The layers of an architecture, in an order in which they can be computed. Graphs, counts,
 * summaries and the names in other frameworks are derived from it.
 */
public final class Plan {
  private final Architecture architecture;
  private final List<Node> nodes;
  private final Shape stemShape;
  private final List<Shape> stageShapes;

  Plan(Architecture architecture, List<Node> nodes, Shape stemShape, List<Shape> stageShapes) {
    this.architecture = architecture;
    this.nodes = List.copyOf(nodes);
    this.stemShape = stemShape;
    this.stageShapes = List.copyOf(stageShapes);
  }

  /** Returns the layers of {@code architecture}. */
  public static Plan of(Architecture architecture) {
    return new PlanBuilder(architecture).build();
  }

  /** Returns the architecture that this plan was made from. */
  public Architecture architecture() {
    return architecture;
  }

  /** Returns all layers; every layer follows those it reads. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Returns the last layer. */
  public Node last() {
    return nodes.get(nodes.size() - 1);
  }

  /** Returns the shape of the stem's output. */
  public Shape stemShape() {
    return stemShape;
  }

  /** Returns the output shapes of the stages, first to last. */
  public List<Shape> stageShapes() {
    return stageShapes;
  }

  /**
   * Returns the number of trainable parameters, including batch-norm scale and shift. Torchvision
   * publishes this number.
   */
  public long parameterCount() {
    return nodes.stream().mapToLong(Node::parameterCount).sum();
  }

  /**
   * Returns the number that {@code ComputationGraph.numParams()} returns. Deeplearning4j counts the
   * running mean and variance of batch norm as parameters too.
   */
  public long dl4jParameterCount() {
    return nodes.stream().mapToLong(Node::storedCount).sum();
  }

  /** Returns the total number of channels of all norms. */
  long normChannels() {
    return nodes.stream()
        .filter(Node.Norm.class::isInstance)
        .mapToLong(norm -> norm.output().channels())
        .sum();
  }

  /** Returns the multiply-accumulates for one example. */
  public long macs() {
    return nodes.stream().mapToLong(Node::macs).sum();
  }

  /** Returns the number of convolutions, including those of the shortcuts. */
  public long convolutionCount() {
    return nodes.stream().filter(Node.Conv.class::isInstance).count();
  }
}

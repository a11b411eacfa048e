package org.resnet4j.arch;

import java.util.List;

/**
 * The layers that a row implies, in an order in which they can be computed. Graphs, counts,
 * summaries and foreign names are folds over it.
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

  /** The layers of {@code architecture}. */
  public static Plan of(Architecture architecture) {
    return new PlanBuilder(architecture).build();
  }

  /** The row that this plan was made from. */
  public Architecture architecture() {
    return architecture;
  }

  /** All layers; every one comes after those it reads. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The last layer. */
  public Node last() {
    return nodes.get(nodes.size() - 1);
  }

  /** Shape that the stem hands to the first block. */
  public Shape stemShape() {
    return stemShape;
  }

  /** Shapes that the stages put out, first to last. */
  public List<Shape> stageShapes() {
    return stageShapes;
  }

  /** Trainable parameters, batch-norm scale and shift included: what torchvision publishes. */
  public long parameterCount() {
    return nodes.stream().mapToLong(Node::parameterCount).sum();
  }

  /**
   * What {@code ComputationGraph.numParams()} answers: Deeplearning4j counts the running mean and
   * variance of batch norm as parameters too.
   */
  public long dl4jParameterCount() {
    return parameterCount() + 2 * normChannels();
  }

  /** Channels of all batch norms together. */
  long normChannels() {
    return nodes.stream()
        .filter(Node.Norm.class::isInstance)
        .mapToLong(norm -> norm.output().channels())
        .sum();
  }

  /** Multiply-accumulates for one example. */
  public long macs() {
    return nodes.stream().mapToLong(Node::macs).sum();
  }

  /** Number of convolutions, those of the shortcuts included. */
  public long convolutionCount() {
    return nodes.stream().filter(Node.Conv.class::isInstance).count();
  }
}

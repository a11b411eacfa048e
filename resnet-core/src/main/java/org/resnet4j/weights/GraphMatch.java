package org.resnet4j.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Operator.Kind;
import org.resnet4j.tensors.Operator.Role;

/**
 * Matches the operators of a file's graph to the layers of a plan, from the output to the input.
 * Names and attributes play no part in it. A batch norm may be missing after a convolution, into
 * which it was folded.
 */
final class GraphMatch {
  /** The number of layers after which two branches of a sum are taken for the same. */
  private static final int LOOKAHEAD = 16;

  /** The usual operators of layers; pooling has several. */
  private static final Map<Class<?>, Kind> KINDS =
      Map.ofEntries(
          Map.entry(Node.Conv.class, Kind.CONV),
          Map.entry(Node.Norm.class, Kind.NORM),
          Map.entry(Node.Activate.class, Kind.RELU),
          Map.entry(Node.Sigmoid.class, Kind.SIGMOID),
          Map.entry(Node.Blur.class, Kind.CONV),
          Map.entry(Node.GlobalPool.class, Kind.GLOBAL_POOL),
          Map.entry(Node.PadChannels.class, Kind.PAD),
          Map.entry(Node.PadEdges.class, Kind.PAD),
          Map.entry(Node.Add.class, Kind.ADD),
          Map.entry(Node.ScaleChannels.class, Kind.MULTIPLY),
          Map.entry(Node.Dense.class, Kind.DENSE));

  /**
   * The operators that compute a layer.
   *
   * @param before paddings and slices that belong to it
   * @param bias tensor that is added to its output; null for none
   */
  record Match(Operator operator, List<Operator> before, @Nullable String bias) {}

  private final Plan plan;
  private final Map<LayerPath, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Operator> producers = new HashMap<>();
  private final Map<LayerPath, String> values = new HashMap<>();
  private final Map<LayerPath, Match> matches = new HashMap<>();
  private final Set<LayerPath> folded = new LinkedHashSet<>();
  private @Nullable String problem;

  private GraphMatch(Plan plan, FileGraph graph) {
    this.plan = plan;
    plan.nodes().forEach(node -> nodes.put(node.path(), node));
    graph.operators().forEach(operator -> producers.put(operator.output(), operator));
  }

  /** Matches each output in turn until one fits. */
  static GraphMatch of(Plan plan, FileGraph graph) {
    GraphMatch first = new GraphMatch(plan, graph);
    if (graph.outputs().isEmpty()) {
      first.problem = "it has no output";
      return first;
    }
    for (int i = 0; i < graph.outputs().size(); i++) {
      GraphMatch match = i == 0 ? first : new GraphMatch(plan, graph);
      match.match(graph.outputs().get(i));
      if (match.problem == null) {
        return match;
      }
    }
    return first;
  }

  /** Returns the first difference in structure as a clause; null when the graph fits. */
  @Nullable String problem() {
    return problem;
  }

  /** Returns the layer at {@code path}. */
  Node node(LayerPath path) {
    Node node = nodes.get(path);
    if (node == null) {
      throw new AssertionError("a layer of another plan: " + path);
    }
    return node;
  }

  /** Returns the operators of a layer; null for the input, dropout and folded batch norms. */
  @Nullable Match match(LayerPath path) {
    return matches.get(path);
  }

  /** Returns the batch norms that are folded into the convolution before them. */
  Set<LayerPath> folded() {
    return folded;
  }

  private void match(String output) {
    assign(plan.last().path(), start(output));
    List<Node> all = plan.nodes();
    for (int i = all.size() - 1; i >= 0 && problem == null; i--) {
      match(all.get(i));
    }
  }

  /** Returns the value that the plan's last layer computes. */
  private String start(String output) {
    HeadKind head = plan.architecture().head().kind();
    String value = resolved(output);
    boolean passedClassifier = false;
    for (Operator next = producers.get(value); next != null; next = producers.get(value)) {
      boolean skip =
          switch (next.kind()) {
            case SOFTMAX -> true;
            case DENSE, BIAS -> head != HeadKind.CLASSIFIER && !passedClassifier;
            case GLOBAL_POOL -> head == HeadKind.NONE;
            default -> false;
          };
      if (!skip) {
        return value;
      }
      passedClassifier |= next.kind() == Kind.DENSE;
      value = resolved(next.inputs().get(0));
    }
    return value;
  }

  private void match(Node node) {
    String value = values.get(node.path());
    if (value == null) {
      throw new AssertionError("a layer that nothing reads: " + node.path());
    }
    if (node instanceof Node.Dropout
        || node instanceof Node.StochasticDepth
        || node instanceof Node.DropBlock) {
      assign(node.inputs().get(0), value);
      return;
    }
    Operator producer = producers.get(value);
    if (node instanceof Node.Input) {
      requireInput(producer);
      return;
    }
    if (node instanceof Node.Norm norm && isFolded(norm, producer)) {
      folded.add(norm.path());
      assign(norm.input(), value);
      return;
    }
    Operator operator = biased(node, producer);
    if (operator == null || !fits(node, operator)) {
      mismatch(node, producer);
      return;
    }
    if (node.inputs().size() == 2) {
      matches.put(node.path(), new Match(operator, List.of(), null));
      assignBoth(node, operator);
      return;
    }
    List<Operator> before = before(node, operator);
    String bias = operator.equals(producer) ? null : bias(producer);
    matches.put(node.path(), new Match(operator, before, bias));
    Operator first = before.isEmpty() ? operator : before.get(before.size() - 1);
    assign(node.inputs().get(0), first.inputs().get(0));
  }

  private static @Nullable String bias(@Nullable Operator operator) {
    return operator == null ? null : operator.parameters().get(Role.BIAS);
  }

  private void requireInput(@Nullable Operator producer) {
    if (producer != null) {
      problem = "the images go through %s before the first layer".formatted(producer.name());
    }
  }

  private boolean isFolded(Node.Norm norm, @Nullable Operator producer) {
    Node before = node(norm.input());
    Operator operator = biased(before, producer);
    return norm.hasStatistics()
        && before instanceof Node.Conv
        && operator != null
        && operator.kind() == Kind.CONV;
  }

  /** Returns the operator before the addition of a bias, where the layer can have one. */
  private @Nullable Operator biased(Node node, @Nullable Operator operator) {
    boolean canHave = node instanceof Node.Conv || node instanceof Node.Dense;
    if (!canHave || operator == null || operator.kind() != Kind.BIAS) {
      return operator;
    }
    Operator before = producer(operator.inputs().get(0));
    return before == null || before.parameters().containsKey(Role.BIAS) ? operator : before;
  }

  /** Returns the padding before a window, or the other slices of a subsampling, nearest first. */
  private List<Operator> before(Node node, Operator operator) {
    List<Operator> before = new ArrayList<>();
    Operator next = producer(operator.inputs().get(0));
    if (operator.kind() == Kind.SLICE) {
      while (next != null && next.kind() == Kind.SLICE && before.size() < LOOKAHEAD) {
        before.add(next);
        next = producer(next.inputs().get(0));
      }
    } else if (padsItself(node) && next != null && next.kind() == Kind.PAD) {
      before.add(next);
    }
    return before;
  }

  /** Returns whether a padding before {@code node} is no layer of its own in the plan. */
  private boolean padsItself(Node node) {
    return (node instanceof Node.Conv || node instanceof Node.Pool || node instanceof Node.Blur)
        && !(node(node.inputs().get(0)) instanceof Node.PadEdges);
  }

  private void assignBoth(Node node, Operator operator) {
    LayerPath one = node.inputs().get(0);
    LayerPath other = node.inputs().get(1);
    String first = operator.inputs().get(0);
    String second = operator.inputs().get(1);
    boolean swapped =
        !(agrees(one, first, LOOKAHEAD) && agrees(other, second, LOOKAHEAD))
            && agrees(one, second, LOOKAHEAD)
            && agrees(other, first, LOOKAHEAD);
    assign(one, swapped ? second : first);
    assign(other, swapped ? first : second);
  }

  /** Returns whether the kinds of layers before {@code path} and {@code value} are the same. */
  private boolean agrees(LayerPath path, String value, int depth) {
    Node node = node(path);
    Operator operator = biased(node, producer(value));
    if (depth == 0) {
      return true;
    }
    if (node instanceof Node.Norm norm && isFolded(norm, producer(value))) {
      return agrees(norm.input(), value, depth - 1);
    }
    if (node instanceof Node.Input) {
      return operator == null;
    }
    if (operator == null || !fits(node, operator)) {
      return false;
    }
    if (node.inputs().size() == 2) {
      return true;
    }
    List<Operator> before = before(node, operator);
    Operator first = before.isEmpty() ? operator : before.get(before.size() - 1);
    return agrees(node.inputs().get(0), first.inputs().get(0), depth - 1);
  }

  private static boolean fits(Node node, Operator operator) {
    Kind kind = operator.kind();
    if (operator.inputs().size() < node.inputs().size()) {
      return false;
    }
    if (node instanceof Node.Pool pool) {
      return pool.kind() != Node.PoolKind.MAX
          ? kind == Kind.AVERAGE_POOL
          : kind == Kind.MAX_POOL || (pool.kernel() == 1 && kind == Kind.SLICE);
    }
    if (node instanceof Node.Activate activate && activate.function() != Activation.RELU) {
      return false;
    } else if (node instanceof Node.Norm norm && !norm.hasStatistics()) {
      return false;
    } else if (node instanceof Node.GlobalPool pool && pool.kind() == Node.PoolKind.MAX) {
      return false;
    }
    boolean isPointwise = node instanceof Node.Dense dense && dense.kind() != Node.DenseKind.LINEAR;
    return kind == KINDS.get(node.getClass())
        || (kind == Kind.CONV && isPointwise)
        || (kind == Kind.AVERAGE_POOL && node instanceof Node.GlobalPool);
  }

  private void mismatch(Node node, @Nullable Operator actual) {
    problem =
        "expected %s for %s but it has %s"
            .formatted(kind(node), node.path(), actual == null ? "its input" : actual.name());
  }

  private static String kind(Node node) {
    return node instanceof Node.Activate activate
        ? activate.function() == Activation.RELU ? "Relu" : activate.function().toString()
        : node.getClass().getSimpleName();
  }

  private void assign(LayerPath path, String value) {
    String resolved = resolved(value);
    String known = values.put(path, resolved);
    if (known != null && !known.equals(resolved) && problem == null) {
      problem =
          "two layers read %s in the architecture but \"%s\" and \"%s\" in the file"
              .formatted(path, known, resolved);
    }
  }

  private @Nullable Operator producer(String value) {
    return producers.get(resolved(value));
  }

  /** Returns the value before the steps that change nothing. */
  private String resolved(String value) {
    String resolved = value;
    // A graph may go round in circles.
    for (int i = 0; i < producers.size(); i++) {
      Operator operator = producers.get(resolved);
      if (operator == null || operator.kind() != Kind.IDENTITY) {
        break;
      }
      resolved = operator.inputs().get(0);
    }
    return resolved;
  }
}

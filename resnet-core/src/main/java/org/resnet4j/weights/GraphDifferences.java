package org.resnet4j.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Operator.Kind;

/** Compares the attributes of a matched graph with the layers of its plan. */
final class GraphDifferences {
  /** A value that is zero for every purpose; our exports have one above zero, see OnnxNodes. */
  private static final double ZERO = 1e-30;

  /** The axes of height and width in {@code [N, C, H, W]}. */
  private static final int[] IMAGE_AXES = {2, 3};

  private final GraphMatch match;
  private final List<String> differences = new ArrayList<>();
  private Operator operator;
  private LayerPath path;

  private GraphDifferences(GraphMatch match, Operator operator, LayerPath path) {
    this.match = match;
    this.operator = operator;
    this.path = path;
  }

  /**
   * Returns one clause for each attribute by which the file computes something else; ε is left out.
   */
  static List<String> of(Plan plan, GraphMatch match) {
    List<String> all = new ArrayList<>();
    for (Node node : plan.nodes()) {
      GraphMatch.Match matched = match.match(node.path());
      if (matched != null) {
        GraphDifferences of = new GraphDifferences(match, matched.operator(), node.path());
        of.compare(node, matched);
        all.addAll(of.differences);
      }
    }
    return all;
  }

  private void compare(Node node, GraphMatch.Match matched) {
    if (node instanceof Node.Conv conv) {
      require("group", conv.groups(), operator.number("group", 1));
      window(
          matched,
          shape(conv.input()),
          conv.output(),
          new Window(conv.kernel(), conv.stride(), conv.padding(), conv.dilation()));
    } else if (node instanceof Node.Norm) {
      double epsilon = operator.number("epsilon", Architecture.TORCH_EPSILON);
      if (!(epsilon > 0 && epsilon <= 1)) {
        differ("epsilon", "a number above 0 and at most 1", epsilon);
      }
    } else if (node instanceof Node.Pool pool && operator.kind() != Kind.SLICE) {
      pool(matched, pool);
    } else if (node instanceof Node.Pool pool) {
      slices(matched, pool.stride());
    } else if (node instanceof Node.GlobalPool pool && operator.kind() == Kind.AVERAGE_POOL) {
      globalPool(shape(pool.input()));
    } else if (node instanceof Node.PadChannels pad) {
      pad(operator, List.of(0, pad.before(), 0, 0, 0, pad.after(), 0, 0));
    } else if (node instanceof Node.PadEdges pad) {
      int edge = pad.edge();
      pad(operator, List.of(0, 0, edge, edge, 0, 0, edge, edge));
    } else if (node instanceof Node.Dense && operator.kind() == Kind.DENSE) {
      require("alpha", 1, operator.number("alpha", 1));
      require("beta", 1, operator.number("beta", 1));
      require("transA", 0, operator.number("transA", 0));
    } else if (node instanceof Node.Dense) {
      require("group", 1, operator.number("group", 1));
    }
  }

  private Shape shape(LayerPath path) {
    return match.node(path).output();
  }

  private void pool(GraphMatch.Match matched, Node.Pool pool) {
    List<Double> kernel = operator.numbers("kernel_shape", List.of());
    if (!kernel.equals(List.of((double) pool.kernel(), (double) pool.kernel()))) {
      differ("kernel_shape", List.of(pool.kernel(), pool.kernel()), kernel);
      return;
    }
    if (pool.kind() == Node.PoolKind.AVERAGE_OF_PADDED) {
      require("count_include_pad", 1, operator.number("count_include_pad", 0));
    } else if (pool.kind() == Node.PoolKind.AVERAGE) {
      boolean padded = sum(operator.numbers("pads", List.of())) > 0 || !matched.before().isEmpty();
      boolean hangsOver = operator.number("ceil_mode", 0) == 1;
      if (padded || hangsOver) {
        require("count_include_pad", 0, operator.number("count_include_pad", 0));
      }
    } else if (!matched.before().isEmpty()
        && !(match.node(pool.input()) instanceof Node.Activate)) {
      // Zeros are no maximum of what may be below zero.
      differ("padding before it", "none", matched.before().get(0).name());
    }
    window(
        matched,
        pool.inputShape(),
        pool.output(),
        new Window(pool.kernel(), pool.stride(), pool.padding(), 1));
  }

  private static double sum(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** A window of a layer of the plan, the same along both axes. */
  private record Window(int kernel, int stride, int padding, int dilation) {
    /** Returns the number of pixels from the first value to the last, both included. */
    int reach() {
      return dilation * (kernel - 1) + 1;
    }
  }

  /**
   * Compares the positions of windows. They are the same when strides, the padding before and the
   * number of windows are; the padding after has then no effect.
   */
  private void window(GraphMatch.Match matched, Shape in, Shape out, Window window) {
    double stride = window.stride();
    if (!requirePair("strides", stride)
        || (window.kernel() > 1 && !requirePair("dilations", window.dilation()))) {
      return;
    }
    List<Double> before = new ArrayList<>();
    for (Operator pad : matched.before()) {
      before = pad.numbers("pads", List.of());
      if (before.size() != 8
          || before.get(0) + before.get(1) + before.get(4) + before.get(5) != 0
          || !isZero(pad)) {
        differ("padding before it", "zeros around the image", pad.name() + " of " + before);
        return;
      }
    }
    List<Double> pads = operator.numbers("pads", List.of(0.0, 0.0, 0.0, 0.0));
    if (pads.size() != 4) {
      differ("pads", 4 + " numbers", pads);
      return;
    }
    double same = operator.number("same", 0);
    boolean equal = true;
    List<Double> actual = new ArrayList<>(List.of(0.0, 0.0, 0.0, 0.0));
    for (int axis = 0; axis < 2; axis++) {
      double more = before.isEmpty() ? 0 : before.get(IMAGE_AXES[axis]);
      double after = before.isEmpty() ? 0 : before.get(4 + IMAGE_AXES[axis]);
      double size = (axis == 0 ? in.height() : in.width()) + more + after;
      double windows;
      if (same == 0) {
        actual.set(axis, pads.get(axis) + more);
        actual.set(2 + axis, pads.get(2 + axis) + after);
        double span = size + pads.get(axis) + pads.get(2 + axis) - window.reach();
        windows =
            1
                + (operator.number("ceil_mode", 0) == 1
                    ? Math.ceil(span / stride)
                    : Math.floor(span / stride));
      } else {
        windows = Math.ceil(size / stride);
        double total = Math.max(0, (windows - 1) * stride + window.reach() - size);
        double first = same > 0 ? Math.floor(total / 2) : Math.ceil(total / 2);
        actual.set(axis, first + more);
        actual.set(2 + axis, total - first + after);
      }
      equal &= actual.get(axis) == window.padding();
      equal &= windows == (axis == 0 ? out.height() : out.width());
    }
    if (!equal) {
      int padding = window.padding();
      differ("pads", List.of(padding, padding, padding, padding), actual);
    }
  }

  private boolean requirePair(String attribute, double expected) {
    List<Double> actual = operator.numbers(attribute, List.of(1.0, 1.0));
    if (actual.equals(List.of(expected, expected))) {
      return true;
    }
    differ(attribute, List.of(expected, expected), actual);
    return false;
  }

  private void require(String attribute, double expected, double actual) {
    if (expected != actual) {
      differ(attribute, List.of(expected), List.of(actual));
    }
  }

  private void slices(GraphMatch.Match matched, int stride) {
    double[] steps = {1, 1, 1, 1};
    boolean whole = true;
    List<Operator> slices = new ArrayList<>(matched.before());
    slices.add(operator);
    for (Operator slice : slices) {
      List<Double> axes = slice.numbers("axes", List.of());
      List<Double> starts = slice.numbers("starts", List.of());
      List<Double> ends = slice.numbers("ends", List.of());
      List<Double> by = slice.numbers("steps", List.of());
      int count = axes.size();
      whole &= starts.size() == count && ends.size() == count;
      whole &= by.isEmpty() || by.size() == count;
      for (int i = 0; i < count && whole; i++) {
        int axis = axes.get(i).intValue();
        whole = axis >= 0 && axis < 4 && starts.get(i) == 0 && ends.get(i) >= Integer.MAX_VALUE;
        if (whole && !by.isEmpty()) {
          steps[axis] *= by.get(i);
        }
      }
    }
    if (!whole || !Arrays.equals(steps, new double[] {1, 1, stride, stride})) {
      differ("steps", "every value %s along height and width".formatted(stride), "others");
    }
  }

  private void globalPool(Shape in) {
    List<Double> all = List.of((double) in.height(), (double) in.width());
    List<Double> kernel = operator.numbers("kernel_shape", List.of());
    if (!kernel.equals(all)) {
      differ("kernel_shape", "the whole image of " + in, kernel);
    } else if (sum(operator.numbers("pads", List.of())) != 0) {
      differ("pads", "none", operator.numbers("pads", List.of()));
    }
  }

  private void pad(Operator pad, List<Integer> expected) {
    List<Double> actual = pad.numbers("pads", List.of());
    if (!actual.equals(expected.stream().map(Integer::doubleValue).toList())) {
      differ("pads", expected, actual);
    } else if (!isZero(pad)) {
      differ("value", List.of(0), pad.numbers("value", List.of()));
    }
  }

  private static boolean isZero(Operator pad) {
    return Math.abs(pad.number("value", 0)) < ZERO;
  }

  private void differ(String attribute, List<? extends Number> expected, List<Double> actual) {
    differ(attribute, text(expected), text(actual));
  }

  private void differ(String attribute, Object expected, Object actual) {
    differences.add(
        "%s, for %s: expected %s %s but was %s"
            .formatted(operator.name(), path, attribute, expected, actual));
  }

  private static String text(List<? extends Number> numbers) {
    List<String> all = new ArrayList<>();
    for (Number number : numbers) {
      double value = number.doubleValue();
      all.add(value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value));
    }
    return all.size() == 1 ? all.get(0) : all.toString();
  }
}

package org.resnet4j.benchmarks.roofline;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_forward_primitive_desc_create;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.onednn.Precision;

/**
 * The primitive roofline: the sum of the times of the fastest primitives. It measures every
 * convolution (and batch norm in training, the classifier in inference) alone, repeatedly on the
 * same memory, in the fastest layout. A network also needs reorders, pooling, sums, loss and
 * update, and starts with cold caches.
 */
public final class Roofline {
  private final Primitives primitives = new Primitives();
  private final int batch;
  private final int type;

  /** Creates a roofline for a batch size; {@code precision} is that of activations and weights. */
  public Roofline(int batch, Precision precision) {
    this.batch = batch;
    this.type = precision == Precision.BF16 ? dnnl_bf16 : dnnl_f32;
  }

  /** Returns the seconds of a forward pass. */
  public double inference(Plan plan) {
    double dense =
        plan.nodes().stream()
            .filter(Node.Dense.class::isInstance)
            .mapToDouble(node -> dense((Node.Dense) node))
            .sum();
    return dense + sum(convolutions(plan), conv -> conv(conv, ConvShape.Pass.INFERENCE));
  }

  /** Returns the seconds of a training step. */
  public double training(Plan plan) {
    return sum(
            convolutions(plan),
            conv -> conv.training().stream().mapToDouble(pass -> conv(conv, pass)).sum())
        + sum(
            norms(plan),
            norm -> Stream.of(NormShape.Pass.values()).mapToDouble(pass -> norm(norm, pass)).sum());
  }

  /** Returns the sum over all shapes; equal ones are measured once. */
  private static <T> double sum(List<T> shapes, ToDoubleFunction<T> seconds) {
    Map<T, Long> counts =
        shapes.stream().collect(groupingBy(shape -> shape, LinkedHashMap::new, counting()));
    return counts.entrySet().stream()
        .mapToDouble(entry -> entry.getValue() * seconds.applyAsDouble(entry.getKey()))
        .sum();
  }

  private static List<ConvShape> convolutions(Plan plan) {
    Map<LayerPath, Node> nodes = new HashMap<>();
    List<ConvShape> shapes = new ArrayList<>();
    for (Node node : plan.nodes()) {
      nodes.put(node.path(), node);
      if (node instanceof Node.Conv conv) {
        shapes.add(ConvShape.of(conv, Objects.requireNonNull(nodes.get(conv.input()))));
      }
    }
    return shapes;
  }

  private static List<NormShape> norms(Plan plan) {
    Set<LayerPath> readByOthers =
        plan.nodes().stream()
            .filter(node -> !(node instanceof Node.Activate))
            .flatMap(node -> node.inputs().stream())
            .collect(toSet());
    return plan.nodes().stream()
        .filter(Node.Norm.class::isInstance)
        .map(norm -> new NormShape(norm.output(), !readByOthers.contains(norm.path())))
        .toList();
  }

  private double conv(ConvShape conv, ConvShape.Pass pass) {
    return fastest(
        conv + " " + pass,
        List.of(Layout.values()),
        layout -> conv.seconds(primitives, pass, layout, batch, type));
  }

  private double norm(NormShape norm, NormShape.Pass pass) {
    return fastest(
        norm + " " + pass,
        List.of(Layout.CHANNELS_LAST, Layout.BLOCKED),
        layout -> norm.seconds(primitives, pass, layout, batch, type));
  }

  private double dense(Node.Dense dense) {
    int in = dense.inFeatures();
    int out = dense.output().channels();
    dnnl_memory_desc source = Primitives.tensor(type, dnnl_format_tag_any, batch, in);
    dnnl_memory_desc weights = Primitives.tensor(type, dnnl_format_tag_any, out, in);
    dnnl_memory_desc result = Primitives.tensor(type, dnnl_format_tag_any, batch, out);
    return primitives.seconds(
        primitives.descriptor(
            (made, engine) ->
                dnnl_inner_product_forward_primitive_desc_create(
                    made, engine, dnnl_forward_inference, source, weights, null, result, null)),
        DNNL_ARG_SRC,
        DNNL_ARG_WEIGHTS,
        DNNL_ARG_DST);
  }

  /**
   * Returns the seconds in the fastest layout. Layouts that oneDNN refuses are skipped; at least
   * one is accepted.
   */
  private static double fastest(
      String what, List<Layout> layouts, ToDoubleFunction<Layout> seconds) {
    double fastest = Double.POSITIVE_INFINITY;
    for (Layout layout : layouts) {
      try {
        double time = seconds.applyAsDouble(layout);
        System.err.printf(Locale.ROOT, "%s %s: %.3f ms%n", what, layout, time * 1e3);
        fastest = Math.min(fastest, time);
      } catch (UnsupportedOperationException e) {
        System.err.printf("%s %s: %s%n", what, layout, e.getMessage());
      }
    }
    if (fastest == Double.POSITIVE_INFINITY) {
      throw new UnsupportedOperationException(what + ": expected one layout that oneDNN computes");
    }
    return fastest;
  }
}

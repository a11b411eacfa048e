package org.resnet4j.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Tensors;

/**
 * A comparison of an architecture with the network that a weight file describes: the graph of an
 * ONNX model, or the configuration in a whole Keras model.
 *
 * <pre>{@code
 * Architecture actual = FileArchitecture.adopt(Architectures.byName("resnet50"), tensors);
 * }</pre>
 */
public final class FileArchitecture {
  /**
   * A form of an architecture and what the file's graph has otherwise.
   *
   * @param differences clauses, the first in structure or else all attributes
   */
  private record Form(
      Architecture architecture, Plan plan, GraphMatch match, List<String> differences) {
    static Form of(Architecture architecture, FileGraph graph) {
      Plan plan = Plan.of(architecture);
      GraphMatch match = GraphMatch.of(plan, graph);
      String problem = match.problem();
      return new Form(
          architecture,
          plan,
          match,
          problem == null ? GraphDifferences.of(plan, match) : List.of(problem));
    }

    boolean fits() {
      return differences.isEmpty();
    }
  }

  private FileArchitecture() {}

  /**
   * Returns {@code architecture} with what the file says otherwise and an architecture can have: ε,
   * the stride of each stage, and the convolution that has it. A file that does not describe its
   * network changes nothing.
   *
   * @throws WeightMismatchException when the file's network differs in another way
   */
  public static Architecture adopt(Architecture architecture, Tensors tensors)
      throws WeightMismatchException {
    FileGraph graph = tensors.graph();
    if (graph == null) {
      return architecture;
    }
    Form asked = Form.of(architecture, graph);
    Form best =
        asked.fits()
            ? asked
            : variants(asked).stream()
                .map(next -> Form.of(next, graph))
                .min(Comparator.comparingInt(form -> form.differences().size()))
                .orElse(asked);
    if (!best.fits()) {
      throw refused(best.match().problem() == null ? best : asked, tensors, graph);
    }
    Set<Double> epsilons = epsilons(best);
    // Several are folded into the variances.
    return epsilons.size() == 1
        ? best.architecture().with(arch -> arch.epsilon(epsilons.iterator().next()))
        : best.architecture();
  }

  /**
   * Returns the tensors of a file for {@code plan}.
   *
   * @throws WeightMismatchException when the graph computes another network; any ε is accepted
   */
  static GraphTensors bind(Plan plan, Tensors tensors, FileGraph graph)
      throws WeightMismatchException {
    Form form = Form.of(plan.architecture(), graph);
    if (!form.fits()) {
      throw refused(form, tensors, graph);
    }
    return GraphTensors.of(tensors, graph, plan, form.match());
  }

  private static Set<Double> epsilons(Form form) {
    Set<Double> epsilons = new LinkedHashSet<>();
    for (Node node : form.plan().nodes()) {
      GraphMatch.Match match = form.match().match(node.path());
      if (node instanceof Node.Norm && match != null) {
        epsilons.add(match.operator().number("epsilon", Architecture.TORCH_EPSILON));
      }
    }
    return epsilons;
  }

  /** Returns the architectures that have their strides where the file has them. */
  private static List<Architecture> variants(Form asked) {
    List<Architecture> variants = new ArrayList<>();
    Architecture architecture = asked.architecture();
    List<int[]> strides = new ArrayList<>();
    strides.add(architecture.blocks().strides().stream().mapToInt(stride -> stride).toArray());
    if (asked.match().problem() == null) {
      strides.add(strides(asked));
    }
    Set<Downsampling> places = new LinkedHashSet<>();
    places.add(architecture.blocks().bottleneck().downsampling());
    places.addAll(List.of(Downsampling.values()));
    for (int[] next : strides) {
      for (Downsampling place : places) {
        Architecture variant =
            changed(architecture, arch -> arch.downsampling(place).strides(next));
        if (variant != null) {
          variants.add(variant);
        }
      }
    }
    return variants;
  }

  /** Returns the changed architecture; null when there is none. */
  private static @Nullable Architecture changed(
      Architecture architecture, UnaryOperator<ArchitectureBuilder> change) {
    try {
      return architecture.with(change);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns the product of strides along each stage's residual branches. */
  private static int[] strides(Form form) {
    int[] strides = new int[form.architecture().blocks().stages()];
    Arrays.fill(strides, 1);
    for (Node node : form.plan().nodes()) {
      LayerPath path = node.path();
      GraphMatch.Match match = form.match().match(path);
      if (node instanceof Node.Conv
          && match != null
          && path.place() == LayerPath.Place.STAGE
          && !path.role().startsWith("shortcut.")) {
        double stride = match.operator().number("strides", 1);
        strides[path.stage()] = (int) Math.min(Short.MAX_VALUE, strides[path.stage()] * stride);
      }
    }
    return strides;
  }

  private static WeightMismatchException refused(Form form, Tensors tensors, FileGraph graph) {
    int others = form.differences().size() - 1;
    String name = form.architecture().name();
    String fitting =
        Architectures.all().stream()
            .filter(next -> fits(next, form.architecture(), tensors, graph))
            .map(Architecture::name)
            .findFirst()
            .map(next -> "; it fits " + next)
            .orElse("; no known architecture fits: choose the one that it was made with, if any");
    return new WeightMismatchException(
        "%s: it describes another network than %s: %s%s%s"
            .formatted(
                tensors.source(),
                name,
                form.differences().get(0),
                others == 0 ? "" : ", and %s more differences".formatted(others),
                fitting));
  }

  private static boolean fits(
      Architecture known, Architecture asked, Tensors tensors, FileGraph graph) {
    Architecture candidate =
        changed(known, arch -> arch.input(asked.input()).head(asked.head().kind()));
    if (candidate == null) {
      return false;
    }
    Form form = Form.of(candidate, graph);
    return form.fits()
        && form.plan().nodes().stream()
            .filter(Node.Conv.class::isInstance)
            .allMatch(node -> hasChannels(form, node, tensors, graph));
  }

  private static boolean hasChannels(Form form, Node conv, Tensors tensors, FileGraph graph) {
    GraphMatch.Match match = form.match().match(conv.path());
    String weight = match == null ? null : match.operator().parameters().get(Operator.Role.WEIGHT);
    long[] shape = weight == null ? new long[0] : tensors.shape(weight);
    if (shape.length != 4) {
      return false;
    }
    long channels = shape[graph.layout() == FileGraph.WeightLayout.OUT_FIRST ? 0 : 3];
    return channels == conv.output().channels();
  }
}

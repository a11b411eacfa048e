package org.resnet4j.weights;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Bottleneck;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Tensors;

/**
 * Loads the tensors of a file into the network that a plan describes. Differences that do not
 * change the function are absorbed by the parameters: the order of axes, biases of convolutions
 * before batch norm, and another ε.
 *
 * <pre>{@code
 * Plan plan = Plan.of(Architectures.byName("resnet50"));
 * ComputationGraph network = ResNetGraph.of(plan.architecture()).network();
 * LoadReport report = WeightBinder.bind(tensors, naming, plan, network, Set.of());
 * }</pre>
 */
public final class WeightBinder {
  private final Tensors tensors;
  private final KeyMapping naming;
  private final ComputationGraph network;
  private final List<Slot.Group> groups;
  private final Matching matching;
  private final ToDoubleFunction<LayerPath> epsilons;
  private final Set<Double> shifted = new LinkedHashSet<>();
  private int shifts;

  private WeightBinder(
      Tensors tensors,
      KeyMapping naming,
      Plan plan,
      ComputationGraph network,
      Set<Tolerance> tolerated,
      ToDoubleFunction<LayerPath> epsilons) {
    this.tensors = tensors;
    this.naming = naming;
    this.network = network;
    this.epsilons = epsilons;
    groups = Slot.groups(naming, plan, network);
    matching = new Matching(tensors, naming, plan, tolerated);
  }

  /**
   * Sets every parameter of {@code network}, or none when names or shapes do not fit.
   *
   * <p>A file that describes its network is matched by its graph instead of its names, and must
   * compute what {@code plan} computes ({@link FileArchitecture#adopt} returns the architecture).
   * The ε of other files is that of {@code naming}, unless the architecture has another than
   * PyTorch's.
   *
   * @param naming names of the tensors in a file that does not describe its network
   * @param network network made from {@code plan}
   * @param tolerated accepted differences
   * @throws WeightMismatchException when tensors are missing, unexpected, of another shape, or not
   *     finite
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when files of this naming are of another form than {@code
   *     plan}, such as v1 and v1.5
   */
  public static LoadReport bind(
      Tensors tensors,
      KeyMapping naming,
      Plan plan,
      ComputationGraph network,
      Set<Tolerance> tolerated)
      throws IOException {
    FileGraph graph = tensors.graph();
    if (graph != null) {
      return bind(FileArchitecture.bind(plan, tensors, graph), naming, plan, network, tolerated);
    }
    requireForm(naming, plan);
    double stated = plan.architecture().epsilon();
    double epsilon = stated == Architecture.TORCH_EPSILON ? naming.epsilon() : stated;
    return new WeightBinder(tensors, naming, plan, network, tolerated, norm -> epsilon).bind();
  }

  private static LoadReport bind(
      GraphTensors tensors,
      KeyMapping family,
      Plan plan,
      ComputationGraph network,
      Set<Tolerance> tolerated)
      throws IOException {
    WeightBinder binder =
        new WeightBinder(tensors, tensors.naming(), plan, network, tolerated, tensors::epsilon);
    return tensors.report(binder.bind(), family, plan);
  }

  /**
   * Returns a view of the parameters of {@code network} under the names and in the layout of {@code
   * naming}. Values are read from the network on each access.
   *
   * @throws IllegalArgumentException when the family has no name for a layer, or a larger ε than
   *     the network; a smaller one is made up for by the variances
   */
  public static Tensors view(ComputationGraph network, Plan plan, KeyMapping naming) {
    requireForm(naming, plan);
    return NetworkTensors.of(network, plan, naming);
  }

  private LoadReport bind() throws IOException {
    matching.match(groups);
    for (Slot.Group group : groups) {
      if (group.node() instanceof Node.Norm norm && norm.hasStatistics()) {
        writeNorm(group);
      } else {
        for (Slot slot : group.slots().values()) {
          write(slot);
        }
      }
    }
    return new LoadReport(
        tensors.source(),
        naming.name(),
        matching.present().stream().map(Slot::tensor).toList(),
        matching.missing(),
        matching.unexpected(),
        absorbed(),
        matching.changed(),
        tensors.selection().sentences());
  }

  private static void requireForm(KeyMapping naming, Plan plan) {
    if (naming.strides(plan)) {
      return;
    }
    Architecture arch = plan.architecture();
    String other =
        Architectures.all().stream()
            .filter(next -> next.blocks().bottleneck().downsampling() == naming.downsampling())
            .filter(next -> sameButForm(next, arch))
            .map(next -> ", for example as " + next.name())
            .findFirst()
            .orElse("");
    throw new IllegalArgumentException(
        "%s: bottlenecks have their stride in %s but in weights of %s it is in %s, and the tensors do not show it: load them into an architecture of that form%s"
            .formatted(
                arch.name(),
                arch.blocks().bottleneck().downsampling(),
                naming.name(),
                naming.downsampling(),
                other));
  }

  private static boolean sameButForm(Architecture one, Architecture other) {
    Bottleneck ours = one.blocks().bottleneck();
    Bottleneck theirs = other.blocks().bottleneck();
    return one.family() == other.family()
        && one.blocks().kinds().equals(other.blocks().kinds())
        && one.blocks().depths().equals(other.blocks().depths())
        && one.blocks().widths().equals(other.blocks().widths())
        && ours.baseWidth() == theirs.baseWidth()
        && ours.groups() == theirs.groups()
        && one.blocks().attention() == other.blocks().attention()
        && one.shortcut().equals(other.shortcut());
  }

  private void write(Slot slot) throws IOException {
    if (matching.classifier().hasNoBias(slot)) {
      slot.write(new float[Math.toIntExact(slot.view().length())]);
    } else if (matching.classifier().isOneOutput(slot)) {
      slot.write(naming.layout().withFirstClass(finite(slot.tensor())));
    } else if (matching.hasOtherChannels(slot)) {
      slot.write(
          naming
              .layout()
              .withInputChannels(finite(slot.tensor()), slot.view().shape(), Matching.COLOURS));
    } else if (matching.present().contains(slot)) {
      ByteBuffer memory = slot.memory();
      if (memory == null) {
        slot.write(finite(slot.tensor()));
      } else {
        FiniteValues.read(tensors, slot.tensor(), memory);
      }
    }
  }

  private float[] finite(String tensor) throws IOException {
    return FiniteValues.of(tensors, tensor);
  }

  private void writeNorm(Slot.Group group) throws IOException {
    double[] scale = values(group, ParameterKind.SCALE);
    double[] mean = values(group, ParameterKind.MEAN);
    double[] variance = values(group, ParameterKind.VARIANCE);
    String bias = matching.biases().get(group.node().path());
    if (bias != null) {
      float[] offset = finite(bias);
      for (int i = 0; i < mean.length; i++) {
        mean[i] -= offset[i];
      }
    }
    Slot slot = slot(group, ParameterKind.VARIANCE);
    if (matching.present().contains(slot)) {
      requireVariances(slot.tensor(), variance);
      absorbEpsilon(
          group.epsilon(network), epsilons.applyAsDouble(group.node().path()), scale, variance);
    }
    slot(group, ParameterKind.SCALE).write(scale);
    slot(group, ParameterKind.SHIFT).write(values(group, ParameterKind.SHIFT));
    slot(group, ParameterKind.MEAN).write(mean);
    slot.write(variance);
  }

  /** Returns the file's values, or the network's own where the file has none. */
  private double[] values(Slot.Group group, ParameterKind kind) throws IOException {
    Slot slot = slot(group, kind);
    float[] values = matching.present().contains(slot) ? finite(slot.tensor()) : slot.read();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static Slot slot(Slot.Group group, ParameterKind kind) {
    Slot slot = group.slots().get(kind);
    if (slot == null) {
      throw new IllegalArgumentException(
          "%s: expected a batch norm with %s but it has none".formatted(group.node().path(), kind));
    }
    return slot;
  }

  private void requireVariances(String name, double[] variance) throws WeightMismatchException {
    for (int i = 0; i < variance.length; i++) {
      // Written so that NaN fails.
      if (!(variance[i] >= 0)) {
        throw new WeightMismatchException(
            "%s: tensor \"%s\": expected variances of 0 or more but value %s is %s; the file is damaged or has other names than those of %s"
                .formatted(tensors.source(), name, i, variance[i], naming.name()));
      }
    }
  }

  /**
   * Adjusts variance and scale to another ε. A variance that would become negative is set to 0, and
   * the scale takes the rest: scale / √(variance + ε) stays the same.
   */
  private void absorbEpsilon(double ours, double theirs, double[] scale, double[] variance) {
    double difference = theirs - ours;
    if (difference == 0) {
      return;
    }
    shifts++;
    shifted.add(theirs);
    for (int i = 0; i < variance.length; i++) {
      if (variance[i] + difference < 0) {
        scale[i] *= Math.sqrt(ours / (variance[i] + theirs));
        variance[i] = 0;
      } else {
        variance[i] += difference;
      }
    }
  }

  private List<String> absorbed() {
    List<String> lines = new ArrayList<>(matching.classifier().absorbed());
    if (!matching.biases().isEmpty()) {
      lines.add(
          "biases of %s convolutions were folded into the means of the batch norms after them"
              .formatted(matching.biases().size()));
    }
    if (shifts > 0) {
      double ours =
          groups.stream()
              .filter(group -> group.node() instanceof Node.Norm)
              .mapToDouble(group -> group.epsilon(network))
              .findFirst()
              .orElseThrow();
      lines.add(
          "an epsilon of %s instead of %s was folded into the variances of %s batch norms"
              .formatted(
                  shifted.stream().map(String::valueOf).collect(joining(" and ")), ours, shifts));
    }
    return lines;
  }
}

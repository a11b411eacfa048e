package org.resnet4j.weights;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Head;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/**
 * Brings the tensors of a file into the network that a plan describes. What differs between the two
 * without changing the function goes into the parameters: the order of axes, biases of convolutions
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
  private final Naming naming;
  private final Plan plan;
  private final ComputationGraph network;
  private final Set<Tolerance> tolerated;

  private final Map<LayerPath, Node> nodes;
  private final Set<String> used = new LinkedHashSet<>();
  private final List<Slot> present = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();

  /** Names of biases that the network's convolution lacks, by the batch norm that takes them. */
  private final Map<LayerPath, String> biases = new HashMap<>();

  private int shifted;

  private WeightBinder(
      Tensors tensors,
      Naming naming,
      Plan plan,
      ComputationGraph network,
      Set<Tolerance> tolerated) {
    this.tensors = tensors;
    this.naming = naming;
    this.plan = plan;
    this.network = network;
    this.tolerated = tolerated;
    nodes = plan.nodes().stream().collect(toMap(Node::path, Function.identity()));
  }

  /**
   * Sets every parameter of {@code network}. Nothing is set when names or shapes do not fit.
   *
   * @param network made from {@code plan}
   * @param tolerated what need not fit; nothing unless named
   * @throws WeightMismatchException when tensors are missing, unexpected or of another shape
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when files of this naming are of another form than {@code
   *     plan}, such as v1 and v1.5
   */
  public static LoadReport bind(
      Tensors tensors, Naming naming, Plan plan, ComputationGraph network, Set<Tolerance> tolerated)
      throws IOException {
    return new WeightBinder(tensors, naming, plan, network, tolerated).bind();
  }

  /**
   * The parameters of {@code network} under the names and in the layout of {@code naming}: what a
   * file of that family holds. A view: it reads what the network holds when asked.
   *
   * @throws IllegalArgumentException when the family has no name for a layer, or another ε than the
   *     network, which would make the file compute something else
   */
  public static Tensors view(ComputationGraph network, Plan plan, Naming naming) {
    requireForm(naming, plan);
    return new NetworkTensors(network, plan, naming);
  }

  private LoadReport bind() throws IOException {
    requireForm(naming, plan);
    List<Slot.Group> groups = Slot.groups(naming, plan, network);
    for (Slot.Group group : groups) {
      for (Slot slot : group.slots().values()) {
        match(slot);
      }
      matchBias(group);
    }
    matchClassifierLeftOut();
    List<String> unexpected = unexpected();
    requireWhole(unexpected);
    Set<Slot> written = new LinkedHashSet<>(present);
    for (Slot.Group group : groups) {
      if (group.node() instanceof Node.Norm) {
        writeNorm(group, written);
      } else {
        for (Slot slot : group.slots().values()) {
          if (written.contains(slot)) {
            slot.write(adapted(slot, tensors.read(slot.tensor())));
          }
        }
      }
    }
    return new LoadReport(
        tensors.source(),
        naming.name(),
        present.stream().map(Slot::tensor).toList(),
        missing,
        unexpected,
        absorbed(groups),
        changed);
  }

  private static void requireForm(Naming naming, Plan plan) {
    if (naming.strides(plan)) {
      return;
    }
    Architecture row = plan.architecture();
    String other =
        Architectures.all().stream()
            .filter(next -> next.downsampling() == naming.downsampling())
            .filter(next -> sameButForm(next, row))
            .map(next -> ", for example as " + next.name())
            .findFirst()
            .orElse("");
    throw new IllegalArgumentException(
        "%s: bottlenecks have their stride in %s but in weights of %s it is in %s, and the tensors do not show it: load them into an architecture of that form%s"
            .formatted(
                row.name(), row.downsampling(), naming.name(), naming.downsampling(), other));
  }

  private static boolean sameButForm(Architecture one, Architecture other) {
    return one.with(
            next ->
                next.name(other.name())
                    .downsampling(other.downsampling())
                    .input(other.input())
                    .classes(other.classes())
                    .dropout(other.dropout())
                    .head(other.head())
                    .lastGamma(other.lastGamma()))
        .equals(other);
  }

  // ---- what the file has -----------------------------------------------------------------------

  private void match(Slot slot) throws WeightMismatchException {
    String name = slot.tensor();
    if (!tensors.names().contains(name)) {
      missing.add(name);
      return;
    }
    used.add(name);
    long[] shape = tensors.shape(name);
    if (slot.fits(shape) || fitsWithOtherChannels(slot, shape)) {
      present.add(slot);
    } else if (!isOtherClassifier(slot, shape)) {
      throw new WeightMismatchException(
          "%s: tensor \"%s\": expected %s for %s of %s but it has %s%s"
              .formatted(
                  tensors.source(),
                  name,
                  Arrays.toString(slot.view().shape()),
                  slot.node().path(),
                  plan.architecture().name(),
                  Arrays.toString(shape),
                  remedy(slot, shape)));
    }
  }

  private boolean fitsWithOtherChannels(Slot slot, long[] shape) {
    if (!tolerated.contains(Tolerance.OTHER_CHANNELS) || !isOtherInput(slot, shape)) {
      return false;
    }
    changed.add(
        "%s: %d input channels instead of the file's %d: weights %s"
            .formatted(
                slot.node().path(),
                channels(slot),
                shape[naming.layout().inputAxis(4)],
                channels(slot) == 1 ? "summed" : "repeated and scaled"));
    return true;
  }

  private boolean isOtherInput(Slot slot, long[] shape) {
    int axis = naming.layout().inputAxis(4);
    return slot.kind() == ParameterKind.WEIGHT
        && slot.node() instanceof Node.Conv conv
        && nodes.get(conv.input()) instanceof Node.Input
        && slot.fitsExcept(axis, shape)
        && shape[axis] == 3;
  }

  private long channels(Slot stem) {
    return stem.view().size(naming.layout().inputAxis(4));
  }

  private boolean isOtherClassifier(Slot slot, long[] shape) {
    if (!tolerated.contains(Tolerance.OTHER_CLASSES) || !hasOtherClasses(slot, shape)) {
      return false;
    }
    if (slot.kind() == ParameterKind.WEIGHT) {
      changed.add(
          "%s: %d classes instead of the file's %d: fresh weights"
              .formatted(slot.node().path(), plan.architecture().classes(), classes(shape)));
    }
    return true;
  }

  private boolean hasOtherClasses(Slot slot, long[] shape) {
    return slot.node() instanceof Node.Dense dense
        && dense.kind() == Node.DenseKind.CLASSIFIER
        && (slot.kind() == ParameterKind.BIAS
            ? shape.length == 1
            : shape.length >= 2
                && Arrays.stream(shape).reduce(1, Math::multiplyExact)
                    == classes(shape) * dense.inFeatures());
  }

  private long classes(long[] shape) {
    return shape[naming.layout().outputAxis(shape.length)];
  }

  private String remedy(Slot slot, long[] shape) {
    if (hasOtherClasses(slot, shape)) {
      return "; ask for as many classes as the file has, or for a fresh classifier (Tolerance.OTHER_CLASSES)";
    }
    return isOtherInput(slot, shape)
        ? "; ask for its channels, or have them adapted (Tolerance.OTHER_CHANNELS)"
        : "; load it into the architecture it was made for, or choose another naming than "
            + naming.name();
  }

  /** A bias that the network's convolution does not have goes into the norm that reads it alone. */
  private void matchBias(Slot.Group group) throws WeightMismatchException {
    if (!(group.node() instanceof Node.Conv conv)
        || group.slots().containsKey(ParameterKind.BIAS)
        || !naming.suffixes().containsKey(ParameterKind.BIAS)) {
      return;
    }
    String name = naming.tensor(group.layer(), ParameterKind.BIAS);
    List<Node> readers =
        plan.nodes().stream().filter(node -> node.inputs().contains(conv.path())).toList();
    if (tensors.names().contains(name)
        && readers.size() == 1
        && readers.get(0) instanceof Node.Norm norm) {
      requireLength(name, conv.output().channels());
      biases.put(norm.path(), name);
      used.add(name);
    }
  }

  private void requireLength(String name, int length) throws WeightMismatchException {
    long[] shape = tensors.shape(name);
    if (!Arrays.equals(shape, new long[] {length})) {
      throw new WeightMismatchException(
          "%s: tensor \"%s\": expected [%d] but it has %s"
              .formatted(tensors.source(), name, length, Arrays.toString(shape)));
    }
  }

  /** A network of features has no use for the classifier that belongs to its architecture. */
  private void matchClassifierLeftOut() {
    if (plan.architecture().head() != Head.FEATURES) {
      return;
    }
    Map<LayerPath, String> whole =
        naming.layers().apply(Plan.of(plan.architecture().with(row -> row.head(Head.CLASSIFIER))));
    whole.forEach(
        (path, layer) -> {
          if (!nodes.containsKey(path)) {
            used.add(naming.tensor(layer, ParameterKind.WEIGHT));
            used.add(naming.tensor(layer, ParameterKind.BIAS));
          }
        });
  }

  private List<String> unexpected() {
    return tensors.names().stream()
        .filter(name -> !used.contains(name) && !naming.ignored().test(name))
        .toList();
  }

  private void requireWhole(List<String> unexpected) throws WeightMismatchException {
    boolean lacks = !missing.isEmpty() && !tolerated.contains(Tolerance.MISSING);
    boolean exceeds = !unexpected.isEmpty() && !tolerated.contains(Tolerance.UNEXPECTED);
    if (lacks || exceeds) {
      throw new WeightMismatchException(
          "%s: expected the tensors of %s under the names of %s but %d are missing (%s) and %d are unexpected (%s); choose the architecture or the naming that it was made with, or accept the difference (Tolerance.MISSING, Tolerance.UNEXPECTED)"
              .formatted(
                  tensors.source(),
                  plan.architecture().name(),
                  naming.name(),
                  missing.size(),
                  LoadReport.first(missing),
                  unexpected.size(),
                  LoadReport.first(unexpected)));
    }
  }

  // ---- what the network gets -------------------------------------------------------------------

  private void writeNorm(Slot.Group group, Set<Slot> written) throws IOException {
    double[] scale = values(group, ParameterKind.SCALE, written);
    double[] mean = values(group, ParameterKind.MEAN, written);
    double[] variance = values(group, ParameterKind.VARIANCE, written);
    String bias = biases.get(group.node().path());
    if (bias != null) {
      float[] offset = tensors.read(bias);
      for (int i = 0; i < mean.length; i++) {
        mean[i] -= offset[i];
      }
    }
    Slot slot = slot(group, ParameterKind.VARIANCE);
    if (written.contains(slot)) {
      requireVariances(slot.tensor(), variance);
      absorbEpsilon(group.epsilon(network), scale, variance);
    }
    slot(group, ParameterKind.SCALE).write(scale);
    slot(group, ParameterKind.SHIFT).write(values(group, ParameterKind.SHIFT, written));
    slot(group, ParameterKind.MEAN).write(mean);
    slot.write(variance);
  }

  /** The file's, or the network's own where the file has none. */
  private double[] values(Slot.Group group, ParameterKind kind, Set<Slot> written)
      throws IOException {
    Slot slot = slot(group, kind);
    float[] values = written.contains(slot) ? tensors.read(slot.tensor()) : slot.read();
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
            "%s: tensor \"%s\": expected variances of 0 or more but value %d is %s; the file is damaged or has other names than those of %s"
                .formatted(tensors.source(), name, i, variance[i], naming.name()));
      }
    }
  }

  /**
   * Where the variance has no room for the difference, it becomes 0 and the scale takes the rest:
   * scale / √(variance + ε) stays what it was.
   */
  private void absorbEpsilon(double ours, double[] scale, double[] variance) {
    double difference = naming.epsilon() - ours;
    if (difference == 0) {
      return;
    }
    shifted++;
    for (int i = 0; i < variance.length; i++) {
      if (variance[i] + difference < 0) {
        scale[i] *= Math.sqrt(ours / (variance[i] + naming.epsilon()));
        variance[i] = 0;
      } else {
        variance[i] += difference;
      }
    }
  }

  private float[] adapted(Slot slot, float[] values) {
    if (!isOtherInput(slot, tensors.shape(slot.tensor())) || channels(slot) == 3) {
      return values;
    }
    return naming.layout().withInputChannels(values, slot.view().shape(), 3);
  }

  private List<String> absorbed(List<Slot.Group> groups) {
    List<String> lines = new ArrayList<>();
    if (!biases.isEmpty()) {
      lines.add(
          "biases of %d convolutions went into the means of the batch norms behind them"
              .formatted(biases.size()));
    }
    if (shifted > 0) {
      double ours =
          groups.stream()
              .filter(group -> group.node() instanceof Node.Norm)
              .mapToDouble(group -> group.epsilon(network))
              .findFirst()
              .orElseThrow();
      lines.add(
          "an epsilon of %s instead of %s went into the variances of %d batch norms"
              .formatted(naming.epsilon(), ours, shifted));
    }
    return lines;
  }
}

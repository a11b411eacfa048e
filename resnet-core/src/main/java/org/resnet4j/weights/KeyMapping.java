package org.resnet4j.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Blocks;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/**
 * The names and layouts of a plan's parameters in a family of weight files, and conventions that
 * the files do not state.
 *
 * @param name name in messages and options, for example {@code torchvision}
 * @param layers a name for each layer that has parameters; throws {@link IllegalArgumentException}
 *     for a plan that the family does not have
 * @param suffixes suffix of the layer's name for each kind of parameter, for example {@code
 *     .weight}
 * @param epsilon value that the family's batch norms add to the variance
 * @param downsampling convolution that has the stride in its bottlenecks; null when the family has
 *     both forms and the caller must choose. The tensors of v1 and v1.5 have equal names and
 *     shapes.
 * @param ignored names of tensors that are no parameters, such as counters
 * @param pointwise whether the classifier of an architecture is stored as a 1×1 convolution
 * @param counter suffix of a scalar that the family keeps with each batch norm; null for none
 */
public record KeyMapping(
    String name,
    Function<Plan, Map<LayerPath, String>> layers,
    Map<ParameterKind, String> suffixes,
    Layout layout,
    double epsilon,
    @Nullable Downsampling downsampling,
    Predicate<String> ignored,
    Predicate<Architecture> pointwise,
    @Nullable String counter) {

  private static final String TORCH_COUNTER = ".num_batches_tracked";

  /** The suffixes of constants in our ONNX exports: sizes of paddings, axes and padding values. */
  private static final List<String> ONNX_CONSTANTS = List.of(".pads", ".axes", ".value");

  private static final Map<ParameterKind, String> TORCH_SUFFIXES =
      Map.of(
          ParameterKind.WEIGHT, ".weight",
          ParameterKind.BIAS, ".bias",
          ParameterKind.SCALE, ".weight",
          ParameterKind.SHIFT, ".bias",
          ParameterKind.MEAN, ".running_mean",
          ParameterKind.VARIANCE, ".running_var");

  public KeyMapping {
    suffixes = Map.copyOf(suffixes);
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(name + ": expected an epsilon above 0 but was " + epsilon);
    }
  }

  /**
   * Returns the key mapping of a PyTorch state dict.
   *
   * @param modules returns the name of each layer's module
   */
  public static KeyMapping torch(
      String name,
      Function<Plan, Map<LayerPath, String>> modules,
      @Nullable Downsampling downsampling) {
    return new KeyMapping(
        name,
        modules,
        TORCH_SUFFIXES,
        Layout.OUT_FIRST,
        Architecture.TORCH_EPSILON,
        downsampling,
        tensor -> tensor.endsWith(TORCH_COUNTER),
        arch -> false,
        TORCH_COUNTER);
  }

  /**
   * Returns the mapping to the names of our own vertices, such as {@code
   * stage0.block0.conv1.weight}, as a PyTorch state dict. It exists for every architecture. The
   * constants of our ONNX exports are ignored.
   */
  public static KeyMapping ours() {
    KeyMapping torch = torch("resnet4j", eachLayer((arch, path) -> path.vertex()), null);
    return new KeyMapping(
        torch.name,
        torch.layers,
        torch.suffixes,
        torch.layout,
        torch.epsilon,
        torch.downsampling,
        torch.ignored.or(tensor -> ONNX_CONSTANTS.stream().anyMatch(tensor::endsWith)),
        torch.pointwise,
        torch.counter);
  }

  /** Returns the mapping to the names of our own vertices for tensors that a graph has matched. */
  static KeyMapping ofGraph(Layout layout) {
    KeyMapping ours = ours();
    return new KeyMapping(
        "its graph",
        ours.layers,
        ours.suffixes,
        layout,
        ours.epsilon,
        null,
        ours.ignored,
        ours.pointwise,
        ours.counter);
  }

  /** Returns names that depend on the architecture and on a layer's position in it. */
  public static Function<Plan, Map<LayerPath, String>> eachLayer(
      BiFunction<Architecture, LayerPath, String> name) {
    return plan -> {
      Map<LayerPath, String> names = new LinkedHashMap<>();
      for (Node node : plan.nodes()) {
        if (node.storedCount() > 0) {
          names.put(node.path(), name.apply(plan.architecture(), node.path()));
        }
      }
      return names;
    };
  }

  /** Returns this mapping for files whose bottlenecks have the stride in another convolution. */
  public KeyMapping withDownsampling(Downsampling value) {
    return new KeyMapping(
        name, layers, suffixes, layout, epsilon, value, ignored, pointwise, counter);
  }

  /** Returns this mapping for files whose batch norms add {@code value} to the variance. */
  public KeyMapping withEpsilon(double value) {
    return new KeyMapping(
        name, layers, suffixes, layout, value, downsampling, ignored, pointwise, counter);
  }

  /** Returns this mapping with every layer's name changed. */
  public KeyMapping withLayers(UnaryOperator<String> change) {
    return new KeyMapping(
        name,
        plan -> {
          Map<LayerPath, String> names = new LinkedHashMap<>(layers.apply(plan));
          names.replaceAll((path, layer) -> change.apply(layer));
          return names;
        },
        suffixes,
        layout,
        epsilon,
        downsampling,
        ignored,
        pointwise,
        counter);
  }

  /**
   * Returns this mapping for files that store the classifiers of some architectures as 1×1
   * convolutions.
   */
  public KeyMapping withPointwise(Predicate<Architecture> architectures) {
    return new KeyMapping(
        name, layers, suffixes, layout, epsilon, downsampling, ignored, architectures, counter);
  }

  /** Returns this mapping for files without a counter of batches. */
  KeyMapping withoutCounter() {
    return new KeyMapping(
        name, layers, suffixes, layout, epsilon, downsampling, ignored, pointwise, null);
  }

  /**
   * Returns whether the bottlenecks of {@code plan} have the stride in the same convolution as
   * those of this family.
   */
  boolean strides(Plan plan) {
    Blocks blocks = plan.architecture().blocks();
    return downsampling == null
        || blocks.kind().expansion() == 1
        || blocks.bottleneck().downsampling() == downsampling;
  }

  /** Returns the name of a parameter's tensor. */
  public String tensor(String layer, ParameterKind kind) {
    String suffix = suffixes.get(kind);
    if (suffix == null) {
      throw new IllegalArgumentException(
          "%s: there is no name for the %s of %s".formatted(name, kind, layer));
    }
    return layer + suffix;
  }
}

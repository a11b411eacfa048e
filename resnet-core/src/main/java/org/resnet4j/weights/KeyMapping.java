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
 * How a family of weight files names and lays out the parameters of a plan, and what its numbers
 * mean where the file does not say.
 *
 * @param name for messages and for choosing it, for example {@code torchvision}
 * @param layers a name for each layer that has parameters; throws {@link IllegalArgumentException}
 *     for a plan that the family does not have
 * @param suffixes what follows the layer's name, for example {@code .weight}
 * @param epsilon what the family's batch norms add to the variance
 * @param downsampling where its bottlenecks take the stride: the tensors of v1 and v1.5 have equal
 *     names and shapes; null when the family has both and the caller has to know
 * @param ignored names of tensors that are no parameters, such as counters
 * @param pointwise whether the classifier of a row is stored as a 1×1 convolution
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

  /** Of PyTorch: {@code torch.nn.BatchNorm2d(eps=1e-5)}. */
  private static final double TORCH_EPSILON = 1e-5;

  private static final String TORCH_COUNTER = ".num_batches_tracked";

  /** Sizes, axes and values of paddings and gates. */
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
   * A PyTorch state dict.
   *
   * @param modules name of each layer's module
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
        TORCH_EPSILON,
        downsampling,
        tensor -> tensor.endsWith(TORCH_COUNTER),
        row -> false,
        TORCH_COUNTER);
  }

  /**
   * The names of our own vertices, such as {@code stage0.block0.conv1.weight}, as a PyTorch state
   * dict: they exist for every architecture. What our ONNX exports hold beside parameters is
   * ignored.
   */
  public static KeyMapping ours() {
    KeyMapping torch = torch("resnet4j", eachLayer((row, path) -> path.vertex()), null);
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

  /** Names that follow from the row and the place of a layer in it. */
  public static Function<Plan, Map<LayerPath, String>> eachLayer(
      BiFunction<Architecture, LayerPath, String> name) {
    return plan -> {
      Map<LayerPath, String> names = new LinkedHashMap<>();
      for (Node node : plan.nodes()) {
        if (node.parameterCount() > 0) {
          names.put(node.path(), name.apply(plan.architecture(), node.path()));
        }
      }
      return names;
    };
  }

  /** This one for files whose bottlenecks take the stride elsewhere. */
  public KeyMapping withDownsampling(Downsampling value) {
    return new KeyMapping(
        name, layers, suffixes, layout, epsilon, value, ignored, pointwise, counter);
  }

  /** This one for files whose batch norms add {@code value} to the variance. */
  public KeyMapping withEpsilon(double value) {
    return new KeyMapping(
        name, layers, suffixes, layout, value, downsampling, ignored, pointwise, counter);
  }

  /** This one with every layer's name changed. */
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

  /** This one for files that store the classifiers of some rows as 1×1 convolutions. */
  public KeyMapping withPointwise(Predicate<Architecture> rows) {
    return new KeyMapping(
        name, layers, suffixes, layout, epsilon, downsampling, ignored, rows, counter);
  }

  /** This one for files without a counter of batches. */
  KeyMapping withoutCounter() {
    return new KeyMapping(
        name, layers, suffixes, layout, epsilon, downsampling, ignored, pointwise, null);
  }

  /** Whether files of this family can hold {@code plan}, as far as the stride decides it. */
  boolean strides(Plan plan) {
    Blocks blocks = plan.architecture().blocks();
    return downsampling == null
        || blocks.kind().expansion() == 1
        || blocks.bottleneck().downsampling() == downsampling;
  }

  String tensor(String layer, ParameterKind kind) {
    String suffix = suffixes.get(kind);
    if (suffix == null) {
      throw new IllegalArgumentException(
          "%s: there is no name for the %s of %s".formatted(name, kind, layer));
    }
    return layer + suffix;
  }
}

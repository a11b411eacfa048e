package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Stem;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.tensors.Tensors.Tensor;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.Layout;
import org.resnet4j.weights.ParameterKind;
import org.resnet4j.weights.WeightBinder;
import org.resnet4j.weights.WeightMismatchException;

/** Mistakes that a reader of foreign weights can make are refused, or change the logits. */
class PlantedMistakesTest {
  /** The tolerance, far above rounding in double precision and far below every mistake. */
  private static final double TOLERANCE = 1e-6;

  @Test
  void weightsWithoutAMistakePassTheCheck() {
    for (String name :
        new String[] {"keras-v1", "keras-v2", "gluon-v1", "torchvision-bottleneck"}) {
      assertThatCode(() -> check(golden(name), UnaryOperator.identity(), arch -> arch))
          .as(name)
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-3})
  void epsilonOtherThanKerasFailsTheCheck(double epsilon) {
    requireFailure(golden("keras-v1"), naming -> naming.withEpsilon(epsilon), arch -> arch);
    requireFailure(golden("keras-v2"), naming -> naming.withEpsilon(epsilon), arch -> arch);
  }

  @ParameterizedTest
  @ValueSource(strings = {"torchvision-bottleneck", "keras-v1", "gluon-v1", "gluon-v2"})
  void strideInAnotherConvolutionIsRefusedAndFailsTheCheck(String name) {
    Golden golden = golden(name);
    Downsampling other =
        KeyMappingParityTest.architecture(golden).blocks().bottleneck().downsampling()
                == Downsampling.FIRST_CONV
            ? Downsampling.SPATIAL_CONV
            : Downsampling.FIRST_CONV;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(golden, UnaryOperator.identity(), arch -> arch.downsampling(other)))
        .withMessageContaining("bottlenecks have their stride in " + other)
        .withMessageContaining("the tensors do not show it");
    requireFailure(
        golden, naming -> naming.withDownsampling(other), arch -> arch.downsampling(other));
  }

  @Test
  void strideInTheFirstBlockFailsTheCheckWhereKerasHasItInTheLast() {
    requireFailure(
        golden("keras-v2"),
        naming -> naming.withDownsampling(Downsampling.SPATIAL_CONV),
        arch -> arch.downsampling(Downsampling.SPATIAL_CONV));
  }

  @Test
  void missingZerosAroundThePoolingFailTheCheck() {
    requireFailure(golden("keras-v2"), naming -> naming, arch -> arch.stem(Stem::imagenet));
  }

  @Test
  void kernelsReadInAnotherAxisOrderAreRefused() {
    assertThatThrownBy(
            () ->
                check(
                    golden("keras-v1"), naming -> laidOut(naming, Layout.OUT_FIRST), arch -> arch))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContaining("tensor \"conv1_conv/kernel:0\": expected [8, 3, 7, 7]")
        .hasMessageContaining("has [7, 7, 3, 8]");
  }

  /** The axis order is ambiguous in a 3×3 kernel of 3 channels and in a square classifier. */
  @Test
  void kernelsReadInAnotherAxisOrderOfTheSameShapeFailTheCheck() {
    Golden golden = golden("akamaster-cube");
    requireFailure(golden, naming -> laidOut(naming, Layout.OUT_LAST), arch -> arch);
    requireFailure(
        golden,
        naming -> naming,
        arch -> arch,
        (name, tensor) -> name.equals("layer1.0.conv1.weight") ? reversed(tensor) : tensor);
    requireFailure(
        golden,
        naming -> naming,
        arch -> arch,
        (name, tensor) -> name.equals("linear.weight") ? reversed(tensor) : tensor);
  }

  @Test
  void meanReadAsVarianceIsRefused() {
    assertThatThrownBy(
            () -> check(golden("torchvision-basic"), PlantedMistakesTest::swapped, arch -> arch))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContaining("expected variances of 0 or more but value");
  }

  @Test
  void nonNegativeMeanReadAsVarianceFailsTheCheck() {
    requireFailure(
        golden("torchvision-basic"),
        PlantedMistakesTest::swapped,
        arch -> arch,
        (name, tensor) -> name.endsWith("running_mean") ? absolute(tensor) : tensor);
  }

  @Test
  void omittedBiasesFailTheCheck() {
    requireFailure(
        golden("gluon-v1"),
        naming -> naming,
        arch -> arch,
        (name, tensor) ->
            name.endsWith("conv0_bias")
                ? new Tensor(tensor.shape(), new float[tensor.values().length])
                : tensor);
  }

  private interface Change {
    Tensor of(String name, Tensor tensor);
  }

  private static void requireFailure(
      Golden golden, UnaryOperator<KeyMapping> naming, UnaryOperator<ArchitectureBuilder> arch) {
    requireFailure(golden, naming, arch, (name, tensor) -> tensor);
  }

  private static void requireFailure(
      Golden golden,
      UnaryOperator<KeyMapping> naming,
      UnaryOperator<ArchitectureBuilder> arch,
      Change change) {
    assertThatThrownBy(() -> check(golden, naming, arch, change))
        .as(golden.name())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("logits[");
  }

  private static void check(
      Golden golden, UnaryOperator<KeyMapping> naming, UnaryOperator<ArchitectureBuilder> arch)
      throws IOException {
    check(golden, naming, arch, (name, tensor) -> tensor);
  }

  private static void check(
      Golden golden,
      UnaryOperator<KeyMapping> naming,
      UnaryOperator<ArchitectureBuilder> arch,
      Change change)
      throws IOException {
    Map<String, Tensor> all = ForeignTensors.of(golden);
    all.replaceAll(change::of);
    var tensors = ForeignTensors.file(all);
    Plan plan = Plan.of(KeyMappingParityTest.architecture(golden).with(arch));
    ComputationGraph network =
        KeyMappingParityTest.logits(
            ResNetGraph.of(plan.architecture()).dataType(DataType.DOUBLE).network());
    WeightBinder.bind(
        tensors, naming.apply(KeyMappings.recognise(tensors)), plan, network, Set.of());
    KeyMappingParityTest.compare(golden, network, TOLERANCE);
  }

  private static Golden golden(String name) {
    return KeyMappingParityTest.goldens()
        .filter(golden -> golden.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static KeyMapping laidOut(KeyMapping naming, Layout layout) {
    return new KeyMapping(
        naming.name(),
        naming.layers(),
        naming.suffixes(),
        layout,
        naming.epsilon(),
        naming.downsampling(),
        naming.ignored(),
        naming.pointwise(),
        naming.counter());
  }

  private static KeyMapping swapped(KeyMapping naming) {
    Map<ParameterKind, String> suffixes = new EnumMap<>(naming.suffixes());
    suffixes.put(ParameterKind.MEAN, ".running_var");
    suffixes.put(ParameterKind.VARIANCE, ".running_mean");
    return new KeyMapping(
        naming.name(),
        naming.layers(),
        suffixes,
        naming.layout(),
        naming.epsilon(),
        naming.downsampling(),
        naming.ignored(),
        naming.pointwise(),
        naming.counter());
  }

  /** Returns a cube or a square with its axes reversed. */
  private static Tensor reversed(Tensor tensor) {
    int side = (int) tensor.shape()[0];
    int rank = tensor.shape().length;
    float[] values = new float[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      int from = 0;
      for (int axis = 0, rest = i; axis < rank; axis++, rest /= side) {
        from = from * side + rest % side;
      }
      values[i] = tensor.values()[from];
    }
    return new Tensor(tensor.shape(), values);
  }

  private static Tensor absolute(Tensor tensor) {
    float[] values = new float[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(tensor.values()[i]);
    }
    return new Tensor(tensor.shape(), values);
  }
}

package org.resnet4j.onednn.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.FilterOrder;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Norm;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.ops.Elementwise.Kind;

/**
 * Programs whose primitives would access memory beyond the ends of arrays cannot be constructed.
 */
class ImpossibleProgramTest {
  private static final Value IMAGES = new Value("images", 2, 4, 6, 5);
  private static final Value HALVES = new Value("halves", 2, 4, 3, 2);
  private static final Value WIDER = new Value("wider", 2, 8, 6, 5);
  private static final Value FEWER = new Value("fewer", 1, 4, 6, 5);
  private static final Value VECTORS = new Value("vectors", 2, 4);
  private static final Window POINT = window(1, 1);
  private static final Fused NOTHING = Fused.NOTHING;

  record Case(String what, Runnable make) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Window window(int kernel, int stride) {
    int[] one = {1, 1};
    return Window.truncated(
        new int[] {kernel, kernel}, new int[] {stride, stride}, one, new int[2]);
  }

  private static Parameter parameter(long... shape) {
    return new Parameter(Nd4j.zeros(DataType.FLOAT, shape), null);
  }

  private static Fused adding(Value addend) {
    return new Fused(null, addend, Nonlinearity.IDENTITY);
  }

  private static void conv(Value in, Value out, Window window, Parameter weights, Fused fused) {
    new Conv(
        "odd", in, out, window, weights, FilterOrder.OUTPUTS_FIRST, parameter(out.size(1)), fused);
  }

  private static void depthwise(FilterOrder order, Value in, Value out, Parameter weights) {
    new Conv("odd", in, out, POINT, weights, order, null, NOTHING);
  }

  private static void norm(Value in, Value out, Parameter gamma, Parameter mean) {
    Norm norm = new Norm(gamma, gamma, mean, mean, false, 1e-5);
    new BatchNorm("odd", in, out, norm, 0.9, false, Nonlinearity.IDENTITY);
  }

  static Stream<Case> impossible() {
    return Stream.of(
        new Case("sum of sides", () -> add(IMAGES, HALVES, IMAGES)),
        new Case("sum of channels", () -> add(IMAGES, WIDER, IMAGES)),
        new Case("sum of batches", () -> add(IMAGES, FEWER, IMAGES)),
        new Case("sum into less", () -> add(IMAGES, IMAGES, HALVES)),
        new Case(
            "conv's output", () -> conv(IMAGES, HALVES, POINT, parameter(4, 4, 1, 1), NOTHING)),
        new Case("conv's batch", () -> conv(FEWER, IMAGES, POINT, parameter(4, 4, 1, 1), NOTHING)),
        new Case(
            "conv's kernel", () -> conv(IMAGES, IMAGES, POINT, parameter(4, 4, 3, 3), NOTHING)),
        new Case("conv's nIn", () -> conv(IMAGES, IMAGES, POINT, parameter(4, 3, 1, 1), NOTHING)),
        new Case("conv's nOut", () -> conv(IMAGES, IMAGES, POINT, parameter(8, 4, 1, 1), NOTHING)),
        new Case("groups", () -> conv(WIDER, odd(9), POINT, parameter(9, 4, 1, 1), NOTHING)),
        new Case(
            "addend", () -> conv(IMAGES, IMAGES, POINT, parameter(4, 4, 1, 1), adding(HALVES))),
        new Case(
            "bias",
            () ->
                new Conv(
                    "odd",
                    IMAGES,
                    IMAGES,
                    POINT,
                    parameter(4, 4, 1, 1),
                    FilterOrder.OUTPUTS_FIRST,
                    parameter(3),
                    NOTHING)),
        new Case(
            "depthwise",
            () -> depthwise(FilterOrder.KERNEL_FIRST, WIDER, IMAGES, parameter(1, 1, 3, 2))),
        new Case(
            "depthwise outputs",
            () -> depthwise(FilterOrder.MULTIPLIER_FIRST, IMAGES, IMAGES, parameter(2, 4, 1, 1))),
        new Case("maximum", () -> new Elementwise("odd", Kind.MAXIMUM, IMAGES, HALVES, IMAGES)),
        new Case("upsampling", () -> new Upsample("odd", IMAGES, WIDER)),
        new Case("upsampling to less", () -> new Upsample("odd", IMAGES, HALVES)),
        new Case("crop", () -> new Crop("odd", IMAGES, IMAGES, 1, 0)),
        new Case("negative crop", () -> new Crop("odd", IMAGES, HALVES, -1, 0)),
        new Case("even lrn", () -> new Lrn("odd", IMAGES, IMAGES, 4, 2, 1e-4, 0.75)),
        new Case("lrn's output", () -> new Lrn("odd", IMAGES, HALVES, 5, 2, 1e-4, 0.75)),
        new Case("dense features", () -> dense(VECTORS, parameter(5, 4), NOTHING)),
        new Case("dense outputs", () -> dense(VECTORS, parameter(4, 5), NOTHING)),
        new Case("dense of images", () -> dense(IMAGES, parameter(4, 4), NOTHING)),
        new Case("dense addend", () -> dense(VECTORS, parameter(4, 4), adding(IMAGES))),
        new Case("norm's gamma", () -> norm(IMAGES, IMAGES, parameter(3), parameter(4))),
        new Case("norm's mean", () -> norm(IMAGES, IMAGES, parameter(4), parameter(5))),
        new Case("norm's output", () -> norm(IMAGES, HALVES, parameter(4), parameter(4))),
        new Case("activation", () -> new Activate("odd", IMAGES, HALVES, Nonlinearity.RELU)),
        new Case("pool's output", () -> pool(IMAGES, IMAGES, window(2, 2))),
        new Case("pool's channels", () -> pool(IMAGES, odd(8), POINT)),
        new Case("pool to a vector", () -> pool(IMAGES, VECTORS, window(2, 2))),
        new Case("padding", () -> new Pad("odd", IMAGES, IMAGES, new long[] {0, 1, 0, 0})),
        new Case("negative", () -> new Pad("odd", IMAGES, IMAGES, new long[] {0, -1, 0, 0})),
        new Case("merge's sides", () -> concat(1, WIDER, IMAGES, HALVES)),
        new Case("merge's sum", () -> concat(1, WIDER, IMAGES)),
        new Case("merge's ranks", () -> concat(1, WIDER, IMAGES, VECTORS)),
        new Case("merge's axis", () -> concat(0, IMAGES, FEWER, FEWER)),
        new Case("scale", () -> new Scale("odd", IMAGES, WIDER, 2)),
        new Case("factors' batch", () -> scale(FEWER, VECTORS, FEWER, NOTHING)),
        new Case("factors' channels", () -> scale(WIDER, VECTORS, WIDER, NOTHING)),
        new Case("factors' addend", () -> scale(IMAGES, VECTORS, IMAGES, adding(WIDER))),
        new Case("reshape", () -> new Reshape("odd", IMAGES, VECTORS)),
        new Case("dropout", () -> new Dropout("odd", IMAGES, HALVES, 0.5)),
        new Case("dropout of all", () -> new Dropout("odd", IMAGES, IMAGES, 0)));
  }

  private static Value odd(long channels) {
    return new Value("out", 2, channels, 6, 5);
  }

  private static void add(Value left, Value right, Value out) {
    new Add("odd", left, right, out, Nonlinearity.IDENTITY);
  }

  private static void dense(Value in, Parameter weights, Fused fused) {
    new Dense("odd", in, VECTORS, weights, null, fused);
  }

  private static void pool(Value in, Value out, Window window) {
    new Pool("odd", in, out, window, Pool.Kind.MAXIMUM);
  }

  private static void concat(int axis, Value out, Value... inputs) {
    new Concat("odd", List.of(inputs), axis, out);
  }

  private static void scale(Value images, Value factors, Value out, Fused fused) {
    new ScaleChannels("odd", images, factors, out, fused);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossible")
  void impossibleOperationIsRefusedWithTheNameOfItsLayer(Case sample) {
    assertThatThrownBy(sample.make()::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"odd\"");
  }

  @Test
  void windowOutOfRangeIsRefused() {
    int[] one = {1, 1};
    int[] none = new int[2];
    for (int[] wrong : new int[][] {{0, 1}, {1, -1}, {1}, {1, 1, 1}, {1, Integer.MAX_VALUE}}) {
      assertThatThrownBy(() -> Window.truncated(wrong, one, one, none))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Window.truncated(one, wrong, one, none))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Window.truncated(one, one, one, new int[] {0, -1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("padding");
    }
  }

  @Test
  void valueLargerThanAnyMemoryIsRefused() {
    assertThatThrownBy(() -> new Value("odd", 1L << 32, 1L << 32, 1L << 32, 784))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("odd");
  }

  @Test
  void parameterThatIsNotContiguousIsRefused() {
    Parameter plain = parameter(4, 4);
    assertThatThrownBy(
            () ->
                new Parameter(
                    plain.value().get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 4)), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without gaps");
    assertThatThrownBy(() -> new Parameter(Nd4j.zeros(DataType.DOUBLE, 4), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Parameter(plain.value(), Nd4j.zeros(DataType.FLOAT, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gradient");
  }

  @Test
  void valueReadBeforeItIsWrittenIsRefused() {
    Op scale = new Scale("first", IMAGES, odd(4), 2);
    assertThatThrownBy(() -> new Program(List.of(WIDER), List.of(scale), List.of(), List.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("before it was computed");
    assertThatThrownBy(
            () -> new Program(List.of(IMAGES), List.of(scale, scale), List.of(), List.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("computed twice");
  }
}

package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;

/**
 * A single residual block has the shapes that <a
 * href="https://d2l.ai/chapter_convolutional-modern/resnet.html">d2l.ai</a> prints for its {@code
 * Residual(3)} and {@code Residual(6, use_1x1conv=True, strides=2)}, and the values of its {@code
 * Residual} module in torch.
 */
class D2lBlockTest {
  @ParameterizedTest
  @CsvSource({
    "d2l-4x3x6x6-4x3x6x6, 3, 1",
    "d2l-4x3x6x6-4x6x3x3, 6, 2",
    "d2l-4x3x8x8-4x3x8x8, 3, 1",
    "d2l-4x3x8x8-4x6x4x4, 6, 2"
  })
  void blockHasTheShapeOfD2lAndTheValuesOfPyTorch(String name, int width, int stride) {
    Golden golden =
        Golden.read("d2l-block").stream()
            .filter(next -> next.name().equals(name))
            .findFirst()
            .orElseThrow();
    Shape input = Shape.parse(golden.field("input"));
    ComputationGraph block =
        ResNetGraph.of(
                Architectures.byName("residual_block")
                    .with(arch -> arch.input(input).widths(width).strides(stride)))
            .dataType(DataType.DOUBLE)
            .network();
    Formula.fill(block, TorchNames.D2L);

    INDArray output =
        block.outputSingle(
            Formula.images(golden.number("batch"), 3, input.height(), input.width())
                .castTo(DataType.DOUBLE));

    long[] shape =
        Arrays.stream(name.substring(name.lastIndexOf('-') + 1).split("x", -1))
            .mapToLong(Long::parseLong)
            .toArray();
    assertThat(output.shape()).isEqualTo(shape);
    new Comparison(golden, 1e-10).whole("output", Parity.values(output));
  }
}

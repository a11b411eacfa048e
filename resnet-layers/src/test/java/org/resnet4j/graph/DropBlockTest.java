package org.resnet4j.graph;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The golden is made by {@code src/test/python/drop_block_golden.py}. */
class DropBlockTest {
  /** Half a unit in the last place of a float between 1 and 4. */
  private static final float ROUNDING = 2e-7f;

  private static JsonNode golden() throws IOException {
    try (InputStream json = DropBlockTest.class.getResourceAsStream("drop-block.json")) {
      return new ObjectMapper().readTree(requireNonNull(json));
    }
  }

  /** The gradient of ones is the output of ones, in torchvision too. */
  @Test
  void factorsOfGivenSquaresEqualTorchvisions() throws IOException {
    for (JsonNode golden : golden().get("cases")) {
      JsonNode shape = golden.get("shape");
      int maps = shape.get(0).asInt() * shape.get(1).asInt();
      boolean[] corners = new boolean[golden.get("corners").size()];
      for (int i = 0; i < corners.length; i++) {
        corners[i] = golden.get("corners").get(i).asInt() == 1;
      }

      float[] factors =
          new DropBlock(0.2, golden.get("size").asInt())
              .factors(corners, maps, shape.get(2).asInt(), shape.get(3).asInt());

      assertThat(factors).hasSize(golden.get("factors").size());
      for (int i = 0; i < factors.length; i++) {
        float expected = (float) golden.get("factors").get(i).asDouble();
        assertThat(factors[i]).isCloseTo(expected, within(ROUNDING));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void valuesAreDroppedWithAboutTheStatedProbability(int size) {
    float[] factors = new DropBlock(0.1, size).factors(20_000, 7, 6, 5);

    int kept = 0;
    for (float factor : factors) {
      kept += factor > 0 ? 1 : 0;
    }
    // Squares overlap, which torchvision's probability leaves out. Five stds: 0.0017.
    double dropped = 1 - (double) kept / factors.length;
    assertThat(dropped).isBetween(size == 1 ? 0.0985 : 0.09, 0.1015);
  }

  @Test
  void everyValueHasItsFactorForwardAndBackward() {
    DropBlock block = new DropBlock(0.3, 3);
    Nd4j.getRandom().setSeed(3);
    float[] factors = block.factors(6 * 2, 5, 4, Nd4j.getRandom().nextLong());
    INDArray images = Nd4j.linspace(1, 240, 240, DataType.FLOAT).reshape('c', 6, 2, 5, 4);
    LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();

    Nd4j.getRandom().setSeed(3);
    INDArray out = block.applyDropout(images, images.ulike(), 0, 0, workspaces);
    INDArray gradient = block.backprop(images, images.ulike(), 0, 0);

    INDArray expected = images.mul(Nd4j.createFromArray(factors).reshape('c', 6, 2, 5, 4));
    assertThat(out).isEqualTo(expected);
    assertThat(gradient).isEqualTo(expected);
  }

  @Test
  void impossibleOptionsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DropBlock(1, 3))
        .withMessage("drop block: expected a probability in [0, 1) but was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DropBlock(0.1, 4))
        .withMessage("drop block: expected squares with an odd side but it was 4");
  }
}

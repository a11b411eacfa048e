package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;

class ModelsCreateTest {
  /**
   * The count 11,699,112 is that of reference tables for Deeplearning4j: torchvision's plus
   * statistics.
   */
  @Test
  void networkIsCreatedByName() {
    assertThat(Models.create("resnet18").network().numParams()).isEqualTo(11_699_112);
  }

  @Test
  void equalSeedsGiveEqualNetworksAndProbabilities() {
    ComputationGraph one =
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.input(1, 28, 28)), 7)
            .network();
    ComputationGraph same =
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.input(1, 28, 28)), 7)
            .network();
    ComputationGraph other =
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.input(1, 28, 28)), 8)
            .network();
    INDArray images = Nd4j.linspace(0, 1, 2 * 28 * 28).reshape(2, 1, 28, 28);

    assertThat(one.params()).isEqualTo(same.params()).isNotEqualTo(other.params());
    INDArray probabilities = one.outputSingle(images);
    assertThat(probabilities.shape()).containsExactly(2, 10);
    assertThat(probabilities.sum(1).toDoubleVector())
        .satisfies(sums -> assertThat(sums[0]).isCloseTo(1, within(1e-5)));
    assertThat(probabilities).isEqualTo(same.outputSingle(images));
  }

  @Test
  void unknownNamesAreRefusedWithTheNearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.create("resnet5").network())
        .withMessageContaining("resnet50");
  }
}

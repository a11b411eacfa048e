package org.resnet4j.zoo.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.InstantiableModel;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.support.Digest;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.TestPretrainedWeights;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.WeightStore;

/** Pretrained weights are available through Deeplearning4j's own zoo types alone. */
class WeightSetModelTest {
  @TempDir Path folder;

  @SuppressWarnings("unused") // docs/zoo.md; the weights are not here
  private static void inDeeplearning4j() throws IOException {
    // begin
    ZooModel<?> model = WeightSetModel.of("resnet50.tv_in1k_v2");
    ComputationGraph network = model.initPretrained(PretrainedType.IMAGENET);
    // end
  }

  @Test
  void allPretrainedWeightsAreModelsOfTheDeeplearning4jZoo() {
    for (PretrainedWeights weights : WeightSets.all()) {
      InstantiableModel model = WeightSetModel.of(weights.name());
      PretrainedType type =
          weights.architecture().endsWith("_cifar")
              ? PretrainedType.CIFAR10
              : PretrainedType.IMAGENET;
      assertThat(model.pretrainedUrl(type))
          .as(weights.name())
          .isEqualTo(weights.address().toString());
      assertThat(((ZooModel<?>) model).pretrainedAvailable(type)).isTrue();
      assertThat(((ZooModel<?>) model).pretrainedAvailable(PretrainedType.VGGFACE)).isFalse();
      assertThat(model.modelName()).isEqualTo(weights.name());
      assertThat(model.modelType()).isEqualTo(ComputationGraph.class);
    }
  }

  @Test
  void initCreatesFreshWeightsForTheRequestedShape() {
    InstantiableModel model = WeightSetModel.of("resnet18");
    model.setInputShape(new int[][] {{1, 64, 64}});
    ComputationGraph network = model.init();

    assertThat(network.params())
        .isEqualTo(
            Models.create(Architectures.byName("resnet18").with(arch -> arch.input(1, 64, 64)), 42)
                .network()
                .params());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.setInputShape(new int[][] {{224, 224}}))
        .withMessage("resnet18: expected one input shape [C, H, W] but was [[224, 224]]");
  }

  @Test
  void initPretrainedLoadsTheVerifiedWeights() throws IOException {
    Model trained = Models.create(Architectures.byName("resnet20_cifar"), 7);
    Path file = folder.resolve("written.safetensors");
    trained.export(file, "akamaster", BatchNorm.KEPT);
    PretrainedWeights weights =
        TestPretrainedWeights.weights("resnet20.th", Checksum.sha256(Digest.sha256(file)));
    ZooModel<?> model = WeightSetModel.of(weights, put(file, weights));

    ComputationGraph loaded = model.initPretrained(PretrainedType.CIFAR10);
    assertThat(loaded.params()).isEqualTo(trained.network().params());
    INDArray images = Nd4j.rand(2, 3, 32, 32);
    assertThat(((ComputationGraph) model.initPretrained()).outputSingle(images))
        .isEqualTo(trained.network().outputSingle(images));
    assertThatThrownBy(() -> model.initPretrained(PretrainedType.IMAGENET))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "resnet20_cifar.akamaster: there are no weights for IMAGENET; expected one of [CIFAR10]");
  }

  @Test
  void fileOfAnotherChecksumIsNeverLoaded() throws IOException {
    Path file = Files.writeString(folder.resolve("wrong"), "not what it says");
    PretrainedWeights weights =
        TestPretrainedWeights.weights("resnet20.th", Checksum.sha256Start("12fca82f"));
    ZooModel<?> model = WeightSetModel.of(weights, put(file, weights));

    assertThatThrownBy(model::initPretrained)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected SHA-256 beginning 12fca82f but was ");
  }

  private WeightStore put(Path file, PretrainedWeights weights) throws IOException {
    WeightStore store = WeightStore.in(folder);
    Files.createDirectories(store.path(weights).getParent());
    Files.copy(file, store.path(weights));
    return store;
  }
}

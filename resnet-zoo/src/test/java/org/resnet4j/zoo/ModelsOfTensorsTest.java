package org.resnet4j.zoo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.Tensors.Tensor;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightBinder;
import org.resnet4j.weights.WeightMismatchException;

class ModelsOfTensorsTest {
  private static final ComputationGraph TRAINED =
      Models.create(Architectures.byName("resnet20_cifar"), 7).network();

  @Test
  void networkIsLoadedByNameFromAFile() throws IOException {
    assertThat(load(file("akamaster")).network().params()).isEqualTo(TRAINED.params());
    assertThat(load(file("torchvision")).network().params()).isEqualTo(TRAINED.params());
  }

  @Test
  void classesAndChannelsMayDifferFromTheFileOnRequest() throws IOException {
    Model loaded =
        Models.of(
            file("akamaster"),
            LoadOptions.of("resnet20_cifar")
                .change(arch -> arch.classes(3).input(1, 28, 28))
                .tolerate(Tolerance.OTHER_CLASSES, Tolerance.OTHER_CHANNELS));

    assertThat(loaded.requireArchitecture().classes()).isEqualTo(3);
    assertThat(requireNonNull(loaded.provenance().report()).changed())
        .containsExactly(
            "stem.conv1: 1 input channels instead of the file's 3: weights summed",
            "head.fc: 3 classes instead of the file's 10: fresh weights");
    assertThat(requireNonNull(loaded.provenance().report()).naming()).isEqualTo("akamaster");
  }

  @Test
  void numberOfClassesIsThatOfTheFileUnlessItIsSet() throws IOException {
    Map<String, Tensor> tensors = tensors("akamaster");
    tensors.put("linear.weight", new Tensor(new long[] {7, 64}, new float[7 * 64]));
    tensors.put("linear.bias", new Tensor(new long[] {7}, new float[7]));

    Model loaded = load(Tensors.of("a.th", tensors));
    assertThat(loaded.requireArchitecture().classes()).isEqualTo(7);
    assertThat(loaded.classes().names()).hasSize(7);
    assertThat(requireNonNull(loaded.provenance().report()).isComplete()).isTrue();
    assertThatThrownBy(
            () ->
                Models.of(
                    Tensors.of("a.th", tensors),
                    LoadOptions.of("resnet20_cifar").change(arch -> arch.classes(4))))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "a.th: tensor \"linear.weight\": expected a classifier of 4 classes for resnet20_cifar"
                + " but it has 7; build the network with 7 classes, or accept a classifier with"
                + " fresh weights");
  }

  @Test
  void keyMappingCanBeSpecified() throws IOException {
    Tensors file = file("akamaster");
    assertThatThrownBy(() -> Models.of(file, LoadOptions.of("resnet20_cifar").naming("resnet4j")))
        .hasMessageContaining("95 are missing (stem.conv1.weight, stem.bn1.weight, ")
        .hasMessageContaining("95 are unexpected (conv1.weight, bn1.weight, ");
    Model loaded =
        Models.of(
            file,
            LoadOptions.of("resnet20_cifar")
                .naming("resnet4j")
                .tolerate(Tolerance.MISSING, Tolerance.UNEXPECTED));
    assertThat(requireNonNull(loaded.provenance().report()).missing())
        .hasSize(95)
        .contains("stem.conv1.weight");
  }

  @Test
  void unknownTensorNamesAndKeyMappingsAreRefused() {
    Tensors strange = Tensors.of("a.npz", Map.of("arr_0", new Tensor(new long[0], new float[1])));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.of(strange, LoadOptions.of("resnet50")))
        .withMessage(
            "a.npz: its tensor names (arr_0, …) match none of the key mappings [huggingface,"
                + " huggingface-bare, akamaster, timm, torchvision, keras, keras-first, keras-hub,"
                + " gluon,"
                + " resnet4j]; choose the one that fits, if any");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.of(strange, LoadOptions.of("resnet50").naming("tensorflow")))
        .withMessageStartingWith("naming: expected one of [huggingface,")
        .withMessageEndingWith("but was \"tensorflow\"");
  }

  @Test
  void keyMappingWithoutTheNetworkIsRefusedWithOneThatHasIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                KeyMappings.byName("torchvision")
                    .layers()
                    .apply(Plan.of(Architectures.byName("resnet50d"))))
        .withMessage(
            "resnet50d: torchvision has no such network and no names for it; timm's exist");
  }

  private static Model load(Tensors tensors) throws IOException {
    return Models.of(tensors, LoadOptions.of("resnet20_cifar"));
  }

  private static Tensors file(String naming) throws IOException {
    return Tensors.of("a.th", tensors(naming));
  }

  private static Map<String, Tensor> tensors(String naming) throws IOException {
    Tensors view =
        WeightBinder.view(
            TRAINED, Plan.of(Architectures.byName("resnet20_cifar")), KeyMappings.byName(naming));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : view.names()) {
      tensors.put(name, new Tensor(view.shape(name), view.read(name)));
    }
    return tensors;
  }
}

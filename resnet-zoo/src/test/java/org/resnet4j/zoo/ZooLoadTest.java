package org.resnet4j.zoo;

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

class ZooLoadTest {
  private static final ComputationGraph TRAINED = Zoo.create("resnet20_cifar", arch -> arch, 7);

  @Test
  void networkIsLoadedByNameFromAFile() throws IOException {
    assertThat(Zoo.load("resnet20_cifar", file("akamaster")).params()).isEqualTo(TRAINED.params());
    assertThat(Zoo.load("resnet20_cifar", file("torchvision")).params())
        .isEqualTo(TRAINED.params());
  }

  @Test
  void classesAndChannelsMayDifferFromTheFileOnRequest() throws IOException {
    LoadedNetwork loaded =
        Zoo.load(
            "resnet20_cifar",
            file("akamaster"),
            LoadOptions.strict().architecture(arch -> arch.classes(3).input(1, 28, 28)));

    assertThat(loaded.architecture().classes()).isEqualTo(3);
    assertThat(loaded.report().changed())
        .containsExactly(
            "stem.conv1: 1 input channels instead of the file's 3: weights summed",
            "head.fc: 3 classes instead of the file's 10: fresh weights");
    assertThat(loaded.report().naming()).isEqualTo("akamaster");
  }

  @Test
  void fileForOtherClassesIsRefusedByDefault() throws IOException {
    Map<String, Tensor> tensors = tensors("akamaster");
    tensors.put("linear.weight", new Tensor(new long[] {7, 64}, new float[7 * 64]));
    tensors.put("linear.bias", new Tensor(new long[] {7}, new float[7]));

    assertThatThrownBy(() -> Zoo.load("resnet20_cifar", Tensors.of("a.th", tensors)))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "a.th: tensor \"linear.weight\": expected [10, 64] for head.fc of resnet20_cifar but it has [7, 64]; use the file's number of classes, or accept a fresh classifier (Tolerance.OTHER_CLASSES)");
    LoadedNetwork loaded =
        Zoo.load(
            "resnet20_cifar",
            Tensors.of("a.th", tensors),
            LoadOptions.strict().architecture(arch -> arch.classes(7)));
    assertThat(loaded.report().isComplete()).isTrue();
  }

  @Test
  void keyMappingCanBeSpecified() throws IOException {
    Tensors file = file("akamaster");
    assertThatThrownBy(
            () -> Zoo.load("resnet20_cifar", file, LoadOptions.strict().naming("torchvision")))
        .hasMessageContaining("2 are missing (fc.weight, fc.bias)")
        .hasMessageContaining("2 are unexpected (linear.weight, linear.bias)");
    LoadedNetwork loaded =
        Zoo.load(
            "resnet20_cifar",
            file,
            LoadOptions.strict()
                .naming("torchvision")
                .tolerate(Tolerance.MISSING, Tolerance.UNEXPECTED));
    assertThat(loaded.report().missing()).containsExactly("fc.weight", "fc.bias");
  }

  @Test
  void unknownTensorNamesAndKeyMappingsAreRefused() {
    Tensors strange = Tensors.of("a.npz", Map.of("arr_0", new Tensor(new long[0], new float[1])));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Zoo.load("resnet50", strange))
        .withMessage(
            "a.npz: its tensor names (arr_0, …) match none of the key mappings [huggingface, huggingface-bare, akamaster, timm, torchvision, keras, keras-hub, gluon, resnet4j]; choose the one that fits, if any");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Zoo.load("resnet50", strange, LoadOptions.strict().naming("tensorflow")))
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

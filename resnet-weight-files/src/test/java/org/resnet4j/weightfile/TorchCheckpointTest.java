package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.torch.Copy;
import org.resnet4j.weightfile.torch.TorchCheckpoint;

/** Weights are found in the structures that training scripts save. */
class TorchCheckpointTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch_wrapped.bin",
        "torch_wrapped_legacy.bin",
        "torch_model.bin",
        "torch_net.bin",
        "torch_model_state_dict.bin"
      })
  void trainedWeightsAreFoundInTheDictionaryOfATrainingScript(String file) throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy(file, folder))) {
      assertThat(tensors.names()).containsExactly("module.fc.weight", "module.fc.bias");
      assertThat(tensors.read("module.fc.weight")).containsExactly(1, 1, 1, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"torch_wrapped.bin", "torch_wrapped_legacy.bin", "torch_average_only.bin"})
  void averagedWeightsAreReadOnRequest(String file) throws IOException {
    try (Tensors tensors = TorchCheckpoint.open(Goldens.copy(file, folder), Copy.AVERAGED)) {
      assertThat(tensors.read("module.fc.weight")).containsExactly(11, 11, 11, 11);
    }
  }

  @Test
  void averagedWeightsAreReadIfThereAreNoOthers() throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy("torch_average_only.bin", folder))) {
      assertThat(tensors.read("module.fc.bias")).containsExactly(10, 10);
    }
  }

  @Test
  void missingAveragedWeightsAreReported() throws IOException {
    Path file = Goldens.copy("torch_net.bin", folder);
    assertThatThrownBy(() -> TorchCheckpoint.open(file, Copy.AVERAGED))
        .isInstanceOf(WeightFileException.class)
        .hasMessage(
            file
                + ": expected averaged weights under one of [state_dict_ema, model_ema, ema_state_dict, model_ema_state_dict, ema, params_ema] but there are none; take the trained ones");
  }

  @Test
  void wholeModulesAndTorchScriptAreRefusedWithARemedy() throws IOException {
    Path module = Goldens.copy("torch_whole_module.bin", folder);
    assertThatThrownBy(() -> WeightFile.open(module))
        .isInstanceOf(WeightFileException.class)
        .hasMessage(
            module
                + ": zip entry \"archive/data.pkl\": offset 41: the pickle names torch.nn.modules.container.Sequential, which is not data; nothing of it was run; load it in Python where you trust it and save only torch.save(model.state_dict(), \"weights.pth\")");
    Path script = Goldens.copy("torch_script.bin", folder);
    assertThatThrownBy(() -> WeightFile.open(script))
        .isInstanceOf(WeightFileException.class)
        .hasMessageContaining("is a TorchScript archive, which holds code");
  }

  @Test
  void prefixesOfModuleWrappersAreRemovedFromNames() throws IOException {
    Map<String, Tensors.Tensor> all = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "n_averaged",
          "module.conv1.weight",
          "module._orig_mod.fc.weight",
          "model.bn1.weight",
          "bn1.weight",
          "module.",
          "modules.0"
        }) {
      all.put(name, new Tensors.Tensor(new long[] {1}, new float[] {all.size()}));
    }
    try (Tensors tensors = WrapperPrefixes.strip(Tensors.of("memory", all))) {
      assertThat(tensors.names())
          .containsExactly(
              "n_averaged",
              "conv1.weight",
              "fc.weight",
              "model.bn1.weight",
              "bn1.weight",
              "module.",
              "modules.0");
      assertThat(tensors.read("fc.weight")).containsExactly(2);
      assertThat(tensors.shape("fc.weight")).containsExactly(1);
      assertThatThrownBy(() -> tensors.read("module.conv1.weight"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

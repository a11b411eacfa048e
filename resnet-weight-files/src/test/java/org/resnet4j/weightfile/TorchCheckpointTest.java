package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;

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
  @CsvSource({
    "torch_wrapped.bin, state_dict_ema",
    "torch_wrapped_legacy.bin, state_dict_ema",
    "torch_average_only.bin, model_ema"
  })
  void averagedWeightsAreReadByTheirKey(String file, String key) throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy(file, folder), key)) {
      assertThat(tensors.read("module.fc.weight")).containsExactly(11, 11, 11, 11);
    }
  }

  @Test
  void averagedWeightsAreReadIfThereAreNoOthers() throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy("torch_average_only.bin", folder))) {
      assertThat(tensors.read("module.fc.bias")).containsExactly(10, 10);
    }
  }

  /** The weights are those that {@code weight_goldens.py} saved under the key, all equal. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch_ema.bin | '' | 1 | took the weights under model; the file also has model_ema",
        "torch_ema.bin | model_ema | 2 | took the weights under model_ema; the file also has model",
        "torch_nested.bin | '' | 1 | took the weights under model.state_dict; the file also has"
            + " ema.shadow",
        "torch_nested.bin | ema | 2 | took the weights under ema.shadow; the file also has"
            + " model.state_dict",
        "torch_list.bin | '' | 1 | took the weights under 1",
        "torch_unconventional.bin | '' | 1 | took the weights under best_model",
        "torch_several.bin | discriminator | 2 | took the weights under discriminator; the file"
            + " also has generator",
        "torch_prefixes.bin | state_dict.teacher | 2 | took the weights under state_dict.teacher",
        "torch_prefixes.bin | student | 1 | took the weights under state_dict.student",
        "torch_module_and_average.bin | ema | 2 | took the weights under ema; the file also has"
            + " model (an object, not readable) / read over objects of"
            + " torch.nn.modules.linear.Linear; none was run",
        "torch_metadata.bin | '' | 1 | took the weights under state_dict / read over objects of"
            + " pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint,"
            + " pathlib._local.PosixPath, lightning.pytorch.utilities.parsing.AttributeDict,"
            + " omegaconf.listconfig.ListConfig, mmengine.logging.history_buffer.HistoryBuffer, …"
            + " (15 in all); none was run",
      })
  void theChoiceAmongSeveralWeightsIsReported(
      String file, String key, float value, String sentences) throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy(file, folder), key)) {
      assertThat(tensors.read("fc.weight")).containsExactly(value, value, value, value);
      assertThat(String.join(" / ", tensors.selection().sentences())).isEqualTo(sentences);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch_several.bin | '' | expected the weights of one network but there are several:"
            + " generator, discriminator; choose one of these keys",
        "torch_both.bin | '' | expected the weights of one network but there are several: model,"
            + " net; choose one of these keys",
        "torch_ema.bin | ema | expected weights under \"ema\" but there are none; names in the file"
            + " begin with fc",
        "torch_module_and_average.bin | '' | its weights under \"model\" are inside an object of"
            + " torch.nn.modules.linear.Linear, which is not data; nothing of it was run; load it"
            + " in Python where you trust it and save only torch.save(model.state_dict(),"
            + " \"weights.pth\")",
        "torch_whole_module.bin | '' | its weights are inside an object of"
            + " torch.nn.modules.container.Sequential, which is not data; nothing of it was run;"
            + " load it in Python where you trust it and save only torch.save(model.state_dict(),"
            + " \"weights.pth\")",
        "torch_whole_module_legacy.bin | '' | its weights are inside an object of"
            + " torch.nn.modules.container.Sequential, which is not data; nothing of it was run;"
            + " load it in Python where you trust it and save only torch.save(model.state_dict(),"
            + " \"weights.pth\")",
        "torch_script.bin | '' | is a TorchScript archive, which holds code; load it in Python with"
            + " torch.jit.load and save torch.save(model.state_dict(), \"weights.pth\")",
        "torch_complex.bin | '' | tensor \"fc.weight\": expected a tensor of floats or integers but"
            + " it is made by torch.ComplexFloatStorage; convert it in Python to a plain tensor of"
            + " floats and save it with torch.save",
        "torch_quantised.bin | '' | tensor \"fc.weight\": expected a tensor of floats or integers"
            + " but it is made by torch._utils._rebuild_qtensor; convert it in Python to a plain"
            + " tensor of floats and save it with torch.save",
        "torch_arrays.bin | '' | tensor \"fc.weight\": expected a tensor of floats or integers but"
            + " it is made by numpy.core.multiarray._reconstruct; save them with"
            + " numpy.savez(\"weights.npz\", **arrays)",
      })
  void whatIsNoStateDictIsRefusedWithARemedy(String name, String key, String sentence)
      throws IOException {
    Path file = Goldens.copy(name, folder);
    assertThatThrownBy(() -> WeightFile.open(file, key))
        .isInstanceOf(WeightFileException.class)
        .hasMessage(file + ": " + sentence);
  }

  /** A key is a prefix of names in formats without paths. */
  @ParameterizedTest
  @CsvSource({"safetensors.bin, bn1, num_batches_tracked", "npz.bin, layer, kernel:0"})
  void aKeyIsAPrefixOfNames(String file, String key, String name) throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy(file, folder), key)) {
      assertThat(tensors.names()).containsExactly(name);
      assertThatThrownBy(() -> tensors.read(key))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("there is no tensor \"" + key + "\"");
    }
  }
}

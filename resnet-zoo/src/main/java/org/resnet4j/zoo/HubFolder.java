package org.resnet4j.zoo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.arch.Architecture;
import org.resnet4j.support.JsonFields;

/**
 * A model as the Hugging Face hub stores it: {@code config.json} of transformers or timm, {@code
 * preprocessor_config.json} of transformers, and weights.
 */
final class HubFolder {
  private static final List<String> WEIGHTS =
      List.of("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin");

  private static final String CONFIG = "config.json";

  private HubFolder() {}

  static Model open(Path folder, LoadOptions options) throws IOException {
    if (!Files.isRegularFile(folder.resolve(CONFIG))) {
      throw new FileNotFoundException(
          "%s: expected the folder of a run with %s, or of a model from the Hugging Face hub with %s, but there is neither"
              .formatted(folder, Models.IN_RUN, CONFIG));
    }
    JsonFields config = HubDescription.fields(folder.resolve(CONFIG));
    try {
      return config.find("model_type").isPresent()
          ? model(folder, options, TransformersConfig.of(config, folder))
          : model(folder, options, TimmConfig.of(config));
    } catch (IllegalArgumentException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
  }

  private static Model model(Path folder, LoadOptions options, HubDescription description)
      throws IOException {
    Architecture named = options.architecture();
    Architecture architecture = named == null ? description.architecture() : named;
    Path file =
        WEIGHTS.stream()
            .map(folder::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new FileNotFoundException(
                        "%s: expected weights beside config.json, one of %s, but there are none"
                            .formatted(folder, WEIGHTS)));
    WeightLoading.Loaded loaded = WeightLoading.load(architecture, file, options);
    Architecture changed = loaded.architecture();
    int expected = architecture.with(options.change()).classes();
    if (changed.classes() != expected) {
      throw new IOException(
          "%s: expected weights for the %s classes of %s but they are for %s; take both from the same model"
              .formatted(file, expected, CONFIG, changed.classes()));
    }
    ClassNames classes = description.classes();
    boolean fits = classes != null && classes.names().size() == changed.classes();
    return new Model(
        folder.toString(),
        changed,
        loaded.network(),
        options.pipeline() == null
            ? WeightPipelines.fitted(description.pipeline(), changed.input())
            : options.pipeline(),
        fits && classes != null ? classes : WeightPipelines.classes(changed),
        Provenance.NONE.with(loaded.report()));
  }
}

package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.OldArchitecture;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.model.ModelFile;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * The entry {@code resnet4j-model.json} of a model's zip: all of a {@link Model} but its
 * parameters.
 *
 * @param format 1
 */
record ModelEntry(
    int format,
    @Nullable Architecture architecture,
    ImagePipeline pipeline,
    ClassNames classes,
    Origin provenance) {
  static final String NAME = "resnet4j-model.json";

  private static final int FORMAT = 1;

  /** The largest description of a model, here and of the Hugging Face hub, in bytes. */
  static final int MOST_BYTES = 16 << 20;

  static final Json.Limits LIMITS = new Json.Limits(MOST_BYTES, 1 << 20, 32, 1 << 16);

  /** The saved part of a {@link Provenance}. */
  record Origin(
      @Nullable String weights,
      @Nullable String source,
      @Nullable String licence,
      @Nullable String recipe) {}

  /** Returns the texts of all entries beside Deeplearning4j's, by their names. */
  static Map<String, String> all(Model model) {
    Provenance from = model.provenance();
    ModelEntry entry =
        new ModelEntry(
            FORMAT,
            model.architecture(),
            model.pipeline(),
            model.classes(),
            new Origin(from.weights(), from.source(), from.licence(), from.recipe()));
    Map<String, String> all = new LinkedHashMap<>();
    all.put(NAME, Json.document(entry));
    if (from.run() != null) {
      all.put(Provenance.RUN_ENTRY, from.run());
    }
    Quantized quantized = model.quantized();
    if (quantized != null) {
      all.put(Quantized.ENTRY, quantized.json(model.fingerprint()));
    }
    return all;
  }

  /** Returns the model in a zip that this project wrote; empty for other zips. */
  static Optional<Model> read(Path file) throws IOException {
    Optional<String> run = text(file, Provenance.RUN_ENTRY, Provenance.MOST_RUN_BYTES);
    Optional<String> json = text(file, NAME, MOST_BYTES);
    if (json.isEmpty() && run.isEmpty()) {
      return Optional.empty();
    }
    ModelEntry entry =
        json.isPresent() ? parse(file, json.orElseThrow()) : ofRun(file, run.orElseThrow());
    String description = json.isPresent() ? NAME : Provenance.RUN_ENTRY;
    Architecture architecture = entry.architecture;
    ComputationGraph network =
        architecture == null
            ? ModelFile.read(file, ModelFile.Updater.DROP)
            : WeightLoading.ofZip(architecture, file, description).network();
    requireNames(entry, network, file + ": " + description);
    Origin from = entry.provenance;
    Model plain =
        new Model(
            file.toString(),
            architecture,
            network,
            entry.pipeline,
            entry.classes,
            new Provenance(
                from.weights, from.source, from.licence, from.recipe, run.orElse(null), null));
    Optional<String> quantized = text(file, Quantized.ENTRY, Quantized.MOST_BYTES);
    return Optional.of(
        quantized.isEmpty()
            ? plain
            : plain.with(Quantized.read(file, quantized.orElseThrow(), plain.fingerprint())));
  }

  private static void requireNames(ModelEntry entry, ComputationGraph network, String where)
      throws IOException {
    int names = entry.classes.names().size();
    int outputs = WeightLoading.classes(entry.architecture, network);
    if (names != 0 && outputs != 0 && names != outputs) {
      throw new IOException(
          "%s: classes: expected a name for each of %s outputs but there are %s; save the model again with as many"
              .formatted(where, outputs, names));
    }
  }

  private static Optional<String> text(Path file, String name, int most) throws IOException {
    return ModelFile.entry(file, name, most).map(it -> new String(it, StandardCharsets.UTF_8));
  }

  static ModelEntry parse(Path file, String json) throws IOException {
    try {
      Json.check(json, LIMITS);
      ModelEntry entry = Json.read(json, ModelEntry.class);
      if (entry.format != FORMAT) {
        throw new IllegalArgumentException(
            "expected format %s but was %s; a newer version wrote it"
                .formatted(FORMAT, entry.format));
      }
      return entry;
    } catch (JsonException | IllegalArgumentException e) {
      throw new IOException(
          "%s: %s: expected the description of a model but: %s"
              .formatted(file, NAME, e.getMessage()),
          e);
    }
  }

  /** The part of a run's setup that a model has. */
  private record Run(Setup setup) {
    record Setup(
        Architecture architecture,
        List<String> classes,
        Stats stats,
        @Nullable ImagePipeline images) {}

    record Stats(List<Double> mean, List<Double> std) {}
  }

  /** Returns the entry for a zip of before it had one; its run record says the same. */
  private static ModelEntry ofRun(Path file, String json) throws IOException {
    try {
      Object tree = Json.parse(json);
      if (tree instanceof Map<?, ?> fields) {
        OldArchitecture.upgrade(fields.get("setup"));
      }
      Run.Setup setup = Json.read(tree, Run.class).setup;
      ImagePipeline pipeline =
          setup.images != null
              ? setup.images
              : ImagePipeline.of(
                  setup.architecture.input(),
                  Fit.stretch(Interpolation.BILINEAR),
                  Normalization.rgb(setup.stats.mean, setup.stats.std));
      return new ModelEntry(
          FORMAT,
          setup.architecture,
          pipeline,
          ClassNames.of(setup.classes),
          new Origin(null, null, null, null));
    } catch (JsonException | IllegalArgumentException e) {
      throw new IOException(
          "%s: %s: expected the record of a run but: %s"
              .formatted(file, Provenance.RUN_ENTRY, e.getMessage()),
          e);
    }
  }
}

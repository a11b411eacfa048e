package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.OnnxExport;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.safetensors.Safetensors;
import org.resnet4j.weights.NetworkTensors;
import org.resnet4j.weights.WeightBinder;

/** The formats that models are exported to, by extension. */
public enum ExportFormat {
  SAFETENSORS(".safetensors", "safetensors"),
  ONNX(".onnx", "ONNX"),
  DEEPLEARNING4J(".zip", "Deeplearning4j zip");

  private final String suffix;
  private final String title;

  ExportFormat(String suffix, String title) {
    this.suffix = suffix;
    this.title = title;
  }

  /** Returns the name of the format for messages. */
  public String title() {
    return title;
  }

  /**
   * Returns the format of a file to be written, by its extension.
   *
   * @throws IllegalArgumentException when the extension is unknown
   */
  public static ExportFormat of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> name.endsWith(format.suffix))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: expected a name that ends in %s"
                        .formatted(
                            file,
                            Arrays.stream(values())
                                .map(format -> format.suffix)
                                .collect(Collectors.joining(", ")))));
  }

  /** Writes {@code file} atomically. */
  void write(Model model, Path file, String naming, BatchNorm batchNorm) throws IOException {
    Plan plan = Plan.of(model.requireArchitecture());
    switch (this) {
      case SAFETENSORS -> {
        try (Tensors tensors =
            WeightBinder.view(model.network(), plan, KeyMappings.byName(naming))) {
          Safetensors.write(tensors, Map.of("format", "pt"), file);
        }
      }
      case ONNX -> {
        Quantized quantized = model.quantized();
        if (quantized == null) {
          OnnxExport.write(plan, model.network(), batchNorm, file);
        } else {
          OnnxExport.writeInt8(plan, model.network(), quantized.ranges().ranges(), file);
        }
      }
      case DEEPLEARNING4J -> {
        NetworkTensors.of(model.network(), plan);
        model.save(file);
      }
    }
  }
}

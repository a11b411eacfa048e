package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.OnnxExport;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.model.ModelFile;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.safetensors.Safetensors;
import org.resnet4j.weights.NetworkTensors;
import org.resnet4j.weights.WeightBinder;

/**
 * Exports networks to files for other programs. Files are written atomically.
 *
 * <pre>{@code
 * NetworkFile.write(architecture, network, Path.of("mine.safetensors"), "torchvision", BatchNorm.KEPT);
 * }</pre>
 */
public final class NetworkFile {
  /** The file formats, by extension. */
  public enum Format {
    SAFETENSORS(".safetensors", "safetensors"),
    ONNX(".onnx", "ONNX"),
    DEEPLEARNING4J(".zip", "Deeplearning4j zip");

    private final String suffix;
    private final String title;

    Format(String suffix, String title) {
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
    public static Format of(Path file) {
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
  }

  private NetworkFile() {}

  /**
   * Writes {@code file} in the format of its extension.
   *
   * @param architecture that {@code network} was built from
   * @param naming key mapping of the tensors in safetensors; PyTorch's {@code load_state_dict} of
   *     that library's model accepts them strictly
   * @param batchNorm treatment of batch norms in ONNX
   * @throws IllegalArgumentException when the network was not built from the architecture, or the
   *     key mapping has no names for it
   */
  public static void write(
      Architecture architecture,
      ComputationGraph network,
      Path file,
      String naming,
      BatchNorm batchNorm)
      throws IOException {
    Plan plan = Plan.of(architecture);
    switch (Format.of(file)) {
      case SAFETENSORS -> {
        try (Tensors tensors = WeightBinder.view(network, plan, KeyMappings.byName(naming))) {
          Safetensors.write(tensors, Map.of("format", "pt"), file);
        }
      }
      case ONNX -> OnnxExport.write(plan, network, batchNorm, file);
      case DEEPLEARNING4J -> {
        NetworkTensors.of(network, plan);
        AtomicFile.write(
            file,
            temporary -> ModelFile.write(temporary, network, ModelFile.Updater.DROP, Map.of()));
      }
    }
  }
}

package org.resnet4j.weightfile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.zip.FirstBytes;

/**
 * Opens weight files of any known format, which their bytes tell and not their names.
 *
 * <pre>{@code
 * try (Tensors weights = WeightFile.open(Path.of("resnet50-11ad3fa6.pth"))) {
 *   float[] kernel = weights.read("conv1.weight");
 * }
 * }</pre>
 */
public final class WeightFile {
  private WeightFile() {}

  /** Whether {@code file} is a whole network, as Deeplearning4j writes them. */
  public static boolean isDeeplearning4j(Path file) throws IOException {
    return Format.DEEPLEARNING4J.matches(FirstBytes.of(file));
  }

  /**
   * The tensors of a file: its names, shapes and order of axes. Nothing of the file is run, and
   * reading allocates little more than the tensor that is read. Close it.
   *
   * @throws IOException when the format is unknown or the file is not what its format asks for
   */
  public static Tensors open(Path file) throws IOException {
    FirstBytes first = FirstBytes.of(file);
    for (Format format : Format.values()) {
      if (format.matches(first)) {
        return format.open(file);
      }
    }
    throw new WeightFileException(
        "%s: expected a file of weights (%s) but its first bytes are of none; look whether the download is whole"
            .formatted(
                file,
                Arrays.stream(Format.values())
                    .map(Format::toString)
                    .collect(Collectors.joining(", "))));
  }
}

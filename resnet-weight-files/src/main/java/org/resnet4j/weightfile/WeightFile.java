package org.resnet4j.weightfile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.zip.FirstBytes;
import org.resnet4j.weightfile.zip.ZipEntries;

/**
 * Opens weight files of any known format. The format is recognised by the file's bytes, not by its
 * name.
 *
 * <pre>{@code
 * try (Tensors weights = WeightFile.open(Path.of("resnet50-11ad3fa6.pth"))) {
 *   float[] kernel = weights.read("conv1.weight");
 * }
 * }</pre>
 */
public final class WeightFile {
  private WeightFile() {}

  /** Returns whether {@code file} is a network saved by Deeplearning4j. */
  public static boolean isDeeplearning4j(Path file) throws IOException {
    return Format.DEEPLEARNING4J.matches(FirstBytes.of(file));
  }

  /**
   * Opens the tensors of a file, with its names, shapes and order of axes. Nothing in the file is
   * executed. Reading allocates little more than the tensor that is read. The caller must close the
   * result.
   *
   * @throws IOException when the format is unknown or the file does not conform to its format
   */
  public static Tensors open(Path file) throws IOException {
    return open(file, "");
  }

  /**
   * Opens the weights under a key. A key is a path in a PyTorch checkpoint, such as {@code
   * state_dict_ema} or {@code ema.model}, or a prefix of tensor names, such as {@code teacher} or
   * {@code module.encoder_k}, or the former followed by the latter. {@link Tensors#selection()}
   * lists the keys of other weights.
   *
   * @param key key, or the empty string to find the weights by the conventions of training scripts
   * @throws IOException when the format is unknown, the file does not conform to its format, or
   *     there are no weights under the key
   */
  public static Tensors open(Path file, String key) throws IOException {
    FirstBytes first = FirstBytes.of(file);
    for (Format format : Format.values()) {
      if (format.matches(first)) {
        return format.open(file, key);
      }
    }
    if (first.startsWith(FirstBytes.ZIP)) {
      // A damaged zip is refused with the reason.
      ZipEntries.open(FileBytes.open(file)).close();
    }
    throw new WeightFileException(
        "%s: expected a file of weights (%s) but its first bytes match none of them; check that the download is complete"
            .formatted(
                file,
                Arrays.stream(Format.values())
                    .map(Format::toString)
                    .collect(Collectors.joining(", "))));
  }
}

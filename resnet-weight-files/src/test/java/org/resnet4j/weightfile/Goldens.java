package org.resnet4j.weightfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.tensors.Tensors;

/** The goldens that {@code src/test/python/weight_goldens.py} made with PyTorch and NumPy. */
final class Goldens {
  private Goldens() {}

  /** A tensor of a {@code .expected} file, by the bits of its values. */
  record Expected(String shape, String bits) {}

  static byte[] bytes(String name) {
    try (InputStream in = Goldens.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a copy in {@code folder}, under a name that does not reveal the format. */
  static Path copy(String name, Path folder) throws IOException {
    return Files.write(folder.resolve("weights"), bytes(name));
  }

  static Map<String, Expected> expected(String name) {
    Map<String, Expected> all = new LinkedHashMap<>();
    new String(bytes(name + ".expected"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" ", 3))
        .forEach(parts -> all.put(parts[0], new Expected(parts[1], parts[2])));
    return all;
  }

  /** Returns the tensors of a reader in the same form. */
  static Map<String, Expected> actual(Tensors tensors) throws IOException {
    Map<String, Expected> all = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      all.put(name, new Expected(text(tensors.shape(name)), text(tensors.read(name))));
    }
    return all;
  }

  private static String text(long[] shape) {
    String sizes = Arrays.toString(shape).replaceAll("[\\[\\] ]", "");
    return sizes.isEmpty() ? "-" : sizes;
  }

  private static String text(float[] values) {
    StringBuilder bits = new StringBuilder();
    for (float value : values) {
      bits.append(bits.isEmpty() ? "" : ",")
          .append(Integer.toHexString(Float.floatToRawIntBits(value)));
    }
    return bits.isEmpty() ? "-" : bits.toString();
  }
}

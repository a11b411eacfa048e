package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.resnet4j.tensors.Tensors;

/** The files that {@code keras_onnx_goldens.py} made, and the values in them. */
public final class FormulaGoldens {
  private FormulaGoldens() {}

  public static byte[] bytes(String name) throws IOException {
    try (InputStream in = FormulaGoldens.class.getResourceAsStream("/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** Returns a copy in {@code folder}. */
  static Path file(Path folder, String name) throws IOException {
    Path file = folder.resolve(Path.of(name).getFileName().toString());
    return Files.write(file, bytes(name));
  }

  /** Returns the values of tensor {@code k} of a file. */
  static float[] values(int k, long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (37 * i + 101 * k) % 1000 / 512f - 1;
    }
    return values;
  }

  /**
   * Checks the shape, and the values up to {@code tolerance}: 0 where a number type represents them
   * exactly.
   */
  static void check(Tensors tensors, String name, int k, float tolerance, long... shape)
      throws IOException {
    assertThat(tensors.shape(name)).as(name).containsExactly(shape);
    float[] actual = tensors.read(name);
    float[] expected = values(k, shape);
    assertThat(actual).as(name).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("%s: value %d", name, i)
          .isLessThanOrEqualTo(tolerance);
    }
  }
}

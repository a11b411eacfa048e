package org.resnet4j.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.Tensors.Tensor;

/** The weights of another program's network, listed by {@code naming_goldens.py}. */
final class ForeignTensors {
  private ForeignTensors() {}

  /** Returns the tensors of a case. */
  static Map<String, Tensor> of(Golden golden) {
    return of(golden, ForeignTensors::tensor);
  }

  /** Returns the tensors of a case, each made from the words of its line. */
  static Map<String, Tensor> of(Golden golden, Function<String[], Tensor> maker) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    InputStream resource =
        Objects.requireNonNull(Golden.class.getResourceAsStream(golden.file() + ".txt"));
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
      boolean inside = false;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("case")) {
          inside = words[1].equals(golden.name());
        } else if (inside && line.startsWith("# tensor ")) {
          tensors.put(words[2], maker.apply(words));
        }
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    return tensors;
  }

  private static Tensor tensor(String[] words) {
    long[] shape =
        words[3].equals("-")
            ? new long[0]
            : Arrays.stream(words[3].split("x", -1)).mapToLong(Long::parseLong).toArray();
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    double low = Double.parseDouble(words[4]);
    double high = Double.parseDouble(words[5]);
    return new Tensor(shape, Formula.uniform(words[2], count, low, high));
  }

  /** Returns the tensors as a file contains them. */
  static Tensors file(Map<String, Tensor> tensors) {
    return Tensors.of("weights.file", tensors);
  }

  /** Returns the tensors, every one changed by a function. */
  static Map<String, Tensor> changed(
      Map<String, Tensor> tensors, BiFunction<String, Tensor, Tensor> change) {
    Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
    changed.replaceAll(change);
    return changed;
  }
}

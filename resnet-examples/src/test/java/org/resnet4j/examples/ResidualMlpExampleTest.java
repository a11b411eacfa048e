package org.resnet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResidualMlpExampleTest {
  @Test
  void outputsAreOfOrderOneWithOurInitialWeightsAndHugeWithTheTutorials() throws IOException {
    List<String> lines = printed().lines().toList();

    assertThat(lines.get(1)).startsWith("1, 2, ... 12 -> our initial weights");
    double[] ours = outputs(lines.get(1));
    double[] tutorials = outputs(lines.get(2));
    assertThat(ours).hasSize(8);
    assertThat(largest(ours)).isBetween(0.1, 10.0);
    assertThat(tutorials).hasSize(8);
    assertThat(largest(tutorials)).isBetween(1e8, 1e20);
  }

  private static String printed() throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      ResidualMlpExample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static double[] outputs(String line) {
    String list = line.substring(line.lastIndexOf('[') + 1, line.lastIndexOf(']')).replace("]", "");
    return Arrays.stream(list.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }
}

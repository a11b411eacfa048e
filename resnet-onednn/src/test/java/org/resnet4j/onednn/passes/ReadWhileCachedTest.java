package org.resnet4j.onednn.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Architectures;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.lower.GraphReader;

class ReadWhileCachedTest {
  @Test
  void shortcutConvolutionsAreOrderedFirst() {
    var architecture =
        Architectures.byName("resnet50").with(small -> small.depths(1, 1, 1, 1).input(3, 64, 64));
    List<String> order =
        Passes.forInference(
                GraphReader.inference(
                    ResNetGraph.of(architecture).network(), List.of(new long[] {1, 3, 64, 64})))
            .ops()
            .stream()
            .map(Op::layer)
            .toList();
    for (int stage = 0; stage < 4; stage++) {
      String block = "stage" + stage + ".block0.";
      assertThat(order)
          .containsSubsequence(
              block + "shortcut.conv", block + "conv1", block + "conv2", block + "conv3");
      assertThat(order.indexOf(block + "conv2")).isEqualTo(order.indexOf(block + "conv1") + 1);
    }
  }
}

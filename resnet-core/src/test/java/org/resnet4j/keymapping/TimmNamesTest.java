package org.resnet4j.keymapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;

/**
 * Modules with parameters, written down from timm's {@code resnet.py}: a {@code deep_tiered} stem
 * is {@code conv1 = Sequential(conv, bn, act, conv, bn, act, conv)} with {@code bn1} behind it, and
 * {@code avg_down} makes {@code downsample = Sequential(pool, conv, bn)}.
 */
class TimmNamesTest {
  private static final String[] STEM = {
    "conv1.0", "conv1.1", "conv1.3", "conv1.4", "conv1.6", "bn1"
  };

  @Test
  void tieredStemNetworkOfBasicBlocksHasTimmModuleNames() {
    assertThat(modules("resnet10t"))
        .startsWith(STEM)
        .containsExactlyInAnyOrder(
            "conv1.0",
            "conv1.1",
            "conv1.3",
            "conv1.4",
            "conv1.6",
            "bn1",
            "layer1.0.conv1",
            "layer1.0.bn1",
            "layer1.0.conv2",
            "layer1.0.bn2",
            "layer2.0.conv1",
            "layer2.0.bn1",
            "layer2.0.conv2",
            "layer2.0.bn2",
            "layer2.0.downsample.1",
            "layer2.0.downsample.2",
            "layer3.0.conv1",
            "layer3.0.bn1",
            "layer3.0.conv2",
            "layer3.0.bn2",
            "layer3.0.downsample.1",
            "layer3.0.downsample.2",
            "layer4.0.conv1",
            "layer4.0.bn1",
            "layer4.0.conv2",
            "layer4.0.bn2",
            "layer4.0.downsample.1",
            "layer4.0.downsample.2",
            "fc");
  }

  @Test
  void tieredStemNetworkOfBottlenecksProjectsInItsFirstStage() {
    assertThat(modules("resnet26t"))
        .startsWith(STEM)
        .contains(
            "layer1.0.conv3",
            "layer1.0.bn3",
            "layer1.0.downsample.1",
            "layer1.0.downsample.2",
            "layer1.1.conv3",
            "layer4.0.downsample.1",
            "layer4.1.bn3",
            "fc")
        .doesNotContain("layer1.0.downsample.0", "layer1.1.downsample.1", "layer1.2.conv1")
        // Six in the stem; two blocks of six and a projection of two in each stage; and fc.
        .hasSize(6 + 4 * (2 * 6 + 2) + 1);
  }

  @Test
  void singleConvolutionStemHasTorchvisionModuleNames() {
    assertThat(modules("resnet18")).startsWith("conv1", "bn1", "layer1.0.conv1");
  }

  private static Collection<String> modules(String architecture) {
    return TimmNames.NAMING.layers().apply(Plan.of(Architectures.byName(architecture))).values();
  }
}

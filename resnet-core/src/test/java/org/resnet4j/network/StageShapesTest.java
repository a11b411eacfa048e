package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Family;
import org.resnet4j.arch.Shape;

/**
 * The stage shapes of every architecture equal those of the papers. Sources: He et al. 2015, table
 * 1 and section 4.2; Zagoruyko and Komodakis 2016, table 1; Xie et al. 2016, table 1; Hu et al.
 * 2017, table 1.
 */
class StageShapesTest {
  /**
   * The shapes of the networks with 18 and 34 layers, and of every other network of basic blocks.
   * Source: He et al. 2015, table 1.
   */
  private static final List<Shape> IMAGENET_BASIC = shapes("64x56x56 128x28x28 256x14x14 512x7x7");

  /**
   * The shapes of the networks with 50, 101 and 152 layers there, and of every other network of
   * bottlenecks.
   */
  private static final List<Shape> IMAGENET_BOTTLENECK =
      shapes("256x56x56 512x28x28 1024x14x14 2048x7x7");

  /**
   * The exceptions: names, as a regular expression, and the stage outputs at the architecture's own
   * input.
   */
  private static final Map<String, List<Shape>> PUBLISHED = published();

  private static Map<String, List<Shape>> published() {
    Map<String, List<Shape>> shapes = new LinkedHashMap<>();
    shapes.put("resnet(50|101|152)_v2_keras", shapes("256x28x28 512x14x14 1024x7x7 2048x7x7"));
    shapes.put(
        "(resnet|plain)(20|32|44|56|110|1202)_cifar(_b)?", shapes("16x32x32 32x16x16 64x8x8"));
    shapes.put("resnet110_v2_cifar", shapes("16x32x32 32x16x16 64x8x8"));
    shapes.put("resnet164_v2_cifar|wrn_(16|40)_4", shapes("64x32x32 128x16x16 256x8x8"));
    shapes.put("wrn_28_10", shapes("160x32x32 320x16x16 640x8x8"));
    shapes.put("resnet(18|34)_cifar", shapes("64x32x32 128x16x16 256x8x8 512x4x4"));
    shapes.put("resnet(50|101|152)_cifar", shapes("256x32x32 512x16x16 1024x8x8 2048x4x4"));
    shapes.put("test_resnet", shapes("32x40x40 48x20x20 192x10x10 96x5x5")); // timm's feature_info
    shapes.put("residual_mlp", shapes("24"));
    shapes.put("cifar3stage", shapes("64x8x8 128x4x4 256x2x2"));
    shapes.put("cifar3stage_3x3", shapes("64x32x32 128x16x16 256x8x8"));
    shapes.put("resnet8", shapes("32x16x16 64x8x8 128x4x4"));
    shapes.put("wide_resnet8_2", shapes("64x16x16 128x8x8 256x4x4"));
    shapes.put("resnet18_d2l", shapes("64x24x24 128x12x12 256x6x6 512x3x3"));
    shapes.put("residual_block", shapes("3x6x6"));
    return shapes;
  }

  private static List<Shape> shapes(String text) {
    return Arrays.stream(text.split(" ", -1)).map(Shape::parse).toList();
  }

  static Stream<Named<Architecture>> architectures() {
    return Architectures.all().stream().map(arch -> Named.of(arch.name(), arch));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void stagesHaveThePublishedShapes(Architecture architecture) {
    List<List<Shape>> published =
        PUBLISHED.entrySet().stream()
            .filter(shapes -> architecture.name().matches(shapes.getKey()))
            .map(Map.Entry::getValue)
            .toList();

    assertThat(published)
        .as("published shapes of %s", architecture.name())
        .hasSize(architecture.family() == Family.IMAGENET && published.isEmpty() ? 0 : 1);
    boolean basic = architecture.blocks().kind().expansion() == 1;
    StageShapes.check(
        ResNetGraph.of(architecture).configuration(),
        architecture.input(),
        published.isEmpty() ? basic ? IMAGENET_BASIC : IMAGENET_BOTTLENECK : published.get(0));
  }
}

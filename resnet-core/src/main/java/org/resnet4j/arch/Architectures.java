package org.resnet4j.arch;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.support.Nearest;

/** The table of known architectures. */
public final class Architectures {
  /** The defaults of the ImageNet family, as in torchvision. */
  private static final Architecture IMAGENET =
      new Architecture(
          "imagenet",
          Family.IMAGENET,
          new Shape(3, 224, 224),
          1000,
          Stem.imagenet(64),
          Blocks.of(BlockKind.BASIC, List.of(2, 2, 2, 2), List.of(64, 128, 256, 512)),
          new Shortcut(ShortcutKind.B, Projection.CONV_NORM),
          ConvBias.ABSENT,
          Init.USUAL,
          Head.CLASSIFIER,
          Architecture.TORCH_EPSILON,
          NormOptions.TORCH,
          Activation.RELU,
          AntiAliasing.NONE);

  /**
   * The defaults of the CIFAR family (He et al., 2015, section 4.2): three stages on 32×32 images,
   * shortcuts of option A.
   */
  private static final Architecture CIFAR =
      IMAGENET.with(
          arch ->
              arch.name("cifar")
                  .family(Family.CIFAR)
                  .input(3, 32, 32)
                  .classes(10)
                  .stem(Stem.cifar(16))
                  .depths(3, 3, 3)
                  .widths(16, 32, 64)
                  .shortcut(ShortcutKind.A));

  private static final Pattern WIDE = Pattern.compile("wrn_(\\d{1,4})_(\\d{1,3})");

  private static final Map<String, Architecture> TABLE = new LinkedHashMap<>();

  /** The five depths of the original networks, which most variants share (He et al., 2015). */
  private static final List<String> FIVE =
      List.of("resnet18", "resnet34", "resnet50", "resnet101", "resnet152");

  // Every variant names its base, so an added line changes no other architecture.
  static {
    add(resNet("resnet18", BlockKind.BASIC, 2, 2, 2, 2));
    add(resNet("resnet34", BlockKind.BASIC, 3, 4, 6, 3));
    add(resNet("resnet26", BlockKind.BOTTLENECK, 2, 2, 2, 2));
    add(resNet("resnet50", BlockKind.BOTTLENECK, 3, 4, 6, 3));
    add(resNet("resnet101", BlockKind.BOTTLENECK, 3, 4, 23, 3));
    add(resNet("resnet152", BlockKind.BOTTLENECK, 3, 8, 36, 3));
    add(resNet("resnet200", BlockKind.BOTTLENECK, 3, 24, 36, 3));
    for (String base : List.of("resnet26", "resnet50", "resnet101", "resnet152", "resnet200")) {
      variant(base + "_v1", base, arch -> arch.downsampling(Downsampling.FIRST_CONV));
    }
    for (String base :
        List.of(
            "resnet18",
            "resnet34",
            "resnet26",
            "resnet50",
            "resnet101",
            "resnet152",
            "resnet200")) {
      variant(base + "d", base, Architectures::resNetD);
    }
    add(resNet("resnet10t", BlockKind.BASIC, 1, 1, 1, 1).with(Architectures::resNetT));
    add(resNet("resnet14t", BlockKind.BOTTLENECK, 1, 1, 1, 1).with(Architectures::resNetT));
    add(resNet("resnet26t", BlockKind.BOTTLENECK, 2, 2, 2, 2).with(Architectures::resNetT));
    variant("wide_resnet50_2", "resnet50", arch -> arch.baseWidth(128));
    variant("wide_resnet101_2", "resnet101", arch -> arch.baseWidth(128));
    resNeXt("resnext50_32x4d", "resnet50", 32, 4);
    resNeXt("resnext101_32x8d", "resnet101", 32, 8);
    resNeXt("resnext101_64x4d", "resnet101", 64, 4);
    plain();
    for (String base : FIVE) {
      variant("se" + base, base, Architectures::squeezeExcitation);
    }
    for (String base : List.of("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d")) {
      variant("se" + base, base, Architectures::squeezeExcitation);
    }
    for (String base : List.of("resnet26t", "resnet50d", "resnet101d")) {
      variant("eca" + base, base, arch -> arch.attention(Attention.ECA));
    }
    variant("resnetaa50", "resnet50", arch -> arch.antiAliasing(AntiAliasing.AVERAGE));
    variant("resnetblur18", "resnet18", arch -> arch.antiAliasing(AntiAliasing.BLUR));
    variant("resnetblur50", "resnet50", arch -> arch.antiAliasing(AntiAliasing.BLUR));
    variant("resnetblur50d", "resnet50d", arch -> arch.antiAliasing(AntiAliasing.BLUR));
    variant("resnet50_gn", "resnet50", arch -> arch.norm(NormKind.GROUP));
    variant("seresnet152d", "resnet152d", Architectures::squeezeExcitation);
    preActivated();
    cifar();
    tutorials();
  }

  private Architectures() {}

  /** Adds the networks without shortcuts that He et al., 2015, compare with residual ones. */
  private static void plain() {
    variant("plain18", "resnet18", arch -> arch.shortcut(ShortcutKind.NONE));
    variant("plain34", "resnet34", arch -> arch.shortcut(ShortcutKind.NONE));
  }

  private static void preActivated() {
    for (String base : FIVE) {
      variant(base + "_v2", base, ArchitectureBuilder::preActivated);
    }
    for (String base : List.of("resnet50", "resnet101", "resnet152")) {
      variant(
          base + "_v2_keras",
          base + "_v2",
          arch ->
              arch.stem(Stem.imagenet(64).withPooling(Stem.Pooling.MAX_ZERO_PADDED))
                  .downsampling(Downsampling.LAST_BLOCK)
                  .convBias(ConvBias.BARE));
    }
    for (String base : FIVE) {
      variant(
          base + "_v2_gluon",
          base + "_v2",
          arch -> arch.stem(Stem.imagenet(64).withNorms(Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS)));
    }
  }

  private static void cifar() {
    int[] papers = {20, 32, 44, 56, 110, 1202};
    for (int depth : papers) {
      add(cifar("resnet" + depth + "_cifar", BlockKind.BASIC, (depth - 2) / 6));
    }
    for (int depth : papers) {
      String base = "resnet" + depth + "_cifar";
      variant(base + "_b", base, arch -> arch.shortcut(ShortcutKind.B));
    }
    for (int depth : new int[] {20, 32, 44, 56}) {
      variant(
          "plain" + depth + "_cifar",
          "resnet" + depth + "_cifar",
          arch -> arch.shortcut(ShortcutKind.NONE));
    }
    add(preActivated(cifar("resnet110_v2_cifar", BlockKind.BASIC, 18)));
    add(preActivated(cifar("resnet164_v2_cifar", BlockKind.BOTTLENECK, 18)));
    add(wide(16, 4));
    add(wide(28, 10));
    add(wide(40, 4));
    for (String base : FIVE) {
      variant(
          base + "_cifar",
          base,
          arch -> arch.family(Family.CIFAR).input(3, 32, 32).classes(10).stem(Stem::cifar));
    }
  }

  private static void tutorials() {
    add(
        IMAGENET.with(
            arch ->
                arch.name("residual_mlp")
                    .family(Family.TUTORIAL)
                    .input(12, 1, 1)
                    .classes(8)
                    .stem(Stem.linear(24))
                    .block(BlockKind.DENSE)
                    .depths(10)
                    .widths(24)));
    add(
        CIFAR.with(
            arch ->
                arch.name("cifar3stage")
                    .family(Family.TUTORIAL)
                    .stem(Stem.imagenet(64))
                    .depths(2, 2, 2)
                    .widths(64, 128, 256)
                    .shortcut(ShortcutKind.B)));
    add( // with which timm tests
        IMAGENET.with(
            arch ->
                resNetD(arch)
                    .name("test_resnet")
                    .input(3, 160, 160)
                    .stemWidth(32)
                    .depths(1, 1, 1, 1)
                    .widths(32, 48, 48, 96)
                    .blocks(
                        BlockKind.BASIC, BlockKind.BASIC, BlockKind.BOTTLENECK, BlockKind.BASIC)));
    variant("cifar3stage_3x3", "cifar3stage", arch -> arch.stem(Stem::cifar));
    variant(
        "resnet8",
        "cifar3stage",
        arch ->
            arch.stem(Stem::cifar)
                .stemWidth(16)
                .depths(1, 1, 1)
                .widths(32, 64, 128)
                .strides(2, 2, 2));
    variant("wide_resnet8_2", "resnet8", arch -> arch.widths(64, 128, 256));
    add(
        IMAGENET.with(
            arch ->
                arch.name("resnet18_d2l")
                    .family(Family.TUTORIAL)
                    .input(1, 96, 96)
                    .classes(10)
                    .convBias(ConvBias.PRESENT)
                    .projection(Projection.CONV)
                    .init(Init.XAVIER)));
    variant(
        "residual_block",
        "resnet18_d2l",
        arch -> arch.input(3, 6, 6).stem(Stem.none()).depths(1).widths(3).head(HeadKind.NONE));
  }

  private static Architecture resNet(String name, BlockKind block, int... depths) {
    return IMAGENET.with(arch -> arch.name(name).block(block).depths(depths));
  }

  /**
   * Adds a ResNeXt (Xie et al., 2016, section 3.2) with {@code groups} branches, each {@code width}
   * channels wide in stage 0.
   */
  private static void resNeXt(String name, String base, int groups, int width) {
    variant(name, base, arch -> arch.groups(groups).baseWidth(width));
  }

  /** Sets the stem and projections of ResNet-D (He et al., 2019, "Bag of Tricks", figure 2). */
  private static ArchitectureBuilder resNetD(ArchitectureBuilder arch) {
    return arch.stem(Stem.deep(64)).projection(Projection.POOL_CONV_NORM);
  }

  /** Sets {@link #resNetD} with the tiered stem, as in timm. */
  private static ArchitectureBuilder resNetT(ArchitectureBuilder arch) {
    return arch.stem(Stem.tiered(64)).projection(Projection.POOL_CONV_NORM);
  }

  /** Sets squeeze-and-excitation attention (Hu et al., 2017). */
  private static ArchitectureBuilder squeezeExcitation(ArchitectureBuilder arch) {
    return arch.attention(Attention.SQUEEZE_EXCITATION);
  }

  private static Architecture cifar(String name, BlockKind block, int depth) {
    return CIFAR.with(arch -> arch.name(name).block(block).depths(depth, depth, depth));
  }

  private static Architecture preActivated(Architecture base) {
    return base.with(arch -> arch.preActivated().shortcut(ShortcutKind.B));
  }

  /**
   * Returns a wide residual network of Zagoruyko and Komodakis (2016), table 1: {@code depth} = 6n
   * + 4, widths {@code k} times 16, 32, 64.
   */
  private static Architecture wide(int depth, int k) {
    String name = "wrn_" + depth + "_" + k;
    if (depth < 10 || (depth - 4) % 6 != 0 || k < 1) {
      throw new IllegalArgumentException(
          name
              + ": a wide residual network wrn_D_K needs a depth D of 6n + 4, such as 10, 16, 22,"
              + " 28 or 40, and a factor K of at least 1");
    }
    return preActivated(cifar(name, BlockKind.BASIC, (depth - 4) / 6))
        .with(arch -> arch.widths(16 * k, 32 * k, 64 * k));
  }

  private static void variant(String name, String base, UnaryOperator<ArchitectureBuilder> change) {
    add(byName(base).with(arch -> change.apply(arch.name(name))));
  }

  private static void add(Architecture architecture) {
    if (TABLE.put(architecture.name(), architecture) != null) {
      throw new AssertionError("two architectures are named " + architecture.name());
    }
  }

  /**
   * Returns the listed architectures. Other wide residual networks are available by name: {@code
   * wrn_D_K}.
   */
  public static Collection<Architecture> all() {
    return Collections.unmodifiableCollection(TABLE.values());
  }

  /**
   * Returns the architecture named {@code name}.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static Architecture byName(String name) {
    Architecture known = TABLE.get(name);
    if (known != null) {
      return known;
    }
    Matcher wide = WIDE.matcher(name);
    if (wide.matches()) {
      return wide(Integer.parseInt(wide.group(1)), Integer.parseInt(wide.group(2)));
    }
    throw new IllegalArgumentException(Nearest.unknown("architecture", name, TABLE.keySet()));
  }
}

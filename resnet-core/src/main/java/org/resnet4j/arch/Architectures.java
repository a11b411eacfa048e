package org.resnet4j.arch;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.resnet4j.support.Nearest;

/** The table of architectures. */
public final class Architectures {
  /** Defaults of the ImageNet family: torchvision's forms. */
  private static final Architecture IMAGENET =
      new Architecture(
          "imagenet",
          Family.IMAGENET,
          new Shape(3, 224, 224),
          1000,
          Stem.IMAGENET,
          64,
          BlockKind.BASIC,
          List.of(2, 2, 2, 2),
          List.of(64, 128, 256, 512),
          1,
          Architecture.UNIT,
          ChannelGate.NONE,
          Shortcut.B,
          Projection.CONV_NORM,
          Downsampling.SPATIAL_CONV,
          ConvBias.ABSENT,
          LastGamma.ONE,
          0,
          Head.CLASSIFIER);

  /** Defaults of He et al. 2015, section 4.2: three stages on 32² images, shortcuts A. */
  private static final Architecture CIFAR =
      IMAGENET.with(
          row ->
              row.name("cifar")
                  .family(Family.CIFAR)
                  .input(3, 32, 32)
                  .classes(10)
                  .stem(Stem.CIFAR)
                  .stemWidth(16)
                  .depths(3, 3, 3)
                  .widths(16, 32, 64)
                  .shortcut(Shortcut.A));

  private static final Pattern WIDE = Pattern.compile("wrn_(\\d{1,4})_(\\d{1,3})");

  private static final Map<String, Architecture> TABLE = table();

  private Architectures() {}

  private static Map<String, Architecture> table() {
    List<Architecture> basics =
        List.of(
            imagenet("resnet18", BlockKind.BASIC, 2, 2, 2, 2),
            imagenet("resnet34", BlockKind.BASIC, 3, 4, 6, 3));
    List<Architecture> bottlenecks =
        List.of(
            imagenet("resnet26", BlockKind.BOTTLENECK, 2, 2, 2, 2),
            imagenet("resnet50", BlockKind.BOTTLENECK, 3, 4, 6, 3),
            imagenet("resnet101", BlockKind.BOTTLENECK, 3, 4, 23, 3),
            imagenet("resnet152", BlockKind.BOTTLENECK, 3, 8, 36, 3),
            imagenet("resnet200", BlockKind.BOTTLENECK, 3, 24, 36, 3));
    List<Architecture> all = join(basics, bottlenecks);
    List<Architecture> published = join(basics, bottlenecks.subList(1, 4));
    List<Architecture> grouped =
        List.of(
            grouped(bottlenecks.get(1), 32, 4),
            grouped(bottlenecks.get(2), 32, 8),
            grouped(bottlenecks.get(2), 64, 4));
    List<Architecture> papersCifar =
        Stream.of(20, 32, 44, 56, 110, 1202)
            .map(depth -> cifar("resnet" + depth + "_cifar", BlockKind.BASIC, (depth - 2) / 6))
            .toList();

    Map<String, Architecture> table = new LinkedHashMap<>();
    put(table, all);
    put(table, each(bottlenecks, "%s_v1", row -> row.downsampling(Downsampling.FIRST_CONV)));
    put(table, each(all, "%sd", Architectures::tweaked));
    put(table, each(bottlenecks.subList(1, 3), "wide_%s_2", row -> row.branchWidth(128)));
    put(table, grouped);
    put(table, each(join(published, grouped), "se%s", Architectures::squeezed));
    put(table, each(published.subList(4, 5), "se%sd", row -> squeezed(tweaked(row))));
    put(table, each(published, "%s_v2", ArchitectureBuilder::preActivated));
    put(
        table,
        each(
            bottlenecks.subList(1, 4),
            "%s_v2_keras",
            row ->
                row.preActivated()
                    .stem(Stem.IMAGENET_ZERO_PADDED)
                    .downsampling(Downsampling.LAST_BLOCK)
                    .convBias(ConvBias.BARE)));
    put(
        table,
        each(published, "%s_v2_gluon", row -> row.preActivated().stem(Stem.IMAGENET_NORMED)));
    put(table, papersCifar);
    put(table, each(papersCifar, "%s_b", row -> row.shortcut(Shortcut.B)));
    put(
        table,
        each(
            List.of(
                cifar("resnet110", BlockKind.BASIC, 18),
                cifar("resnet164", BlockKind.BOTTLENECK, 18)),
            "%s_v2_cifar",
            row -> row.preActivated().shortcut(Shortcut.B)));
    put(table, List.of(wide(16, 4), wide(28, 10), wide(40, 4)));
    put(
        table,
        each(
            published,
            "%s_cifar",
            row -> row.family(Family.CIFAR).input(3, 32, 32).classes(10).stem(Stem.CIFAR)));
    put(table, tutorials());
    return Collections.unmodifiableMap(table);
  }

  private static List<Architecture> tutorials() {
    Architecture mlp =
        IMAGENET.with(
            row ->
                row.name("residual_mlp")
                    .family(Family.TUTORIAL)
                    .input(12, 1, 1)
                    .classes(8)
                    .stem(Stem.DENSE)
                    .stemWidth(24)
                    .block(BlockKind.DENSE)
                    .depths(10)
                    .widths(24));
    Architecture threeStages =
        CIFAR.with(
            row ->
                row.name("cifar3stage")
                    .family(Family.TUTORIAL)
                    .stem(Stem.IMAGENET)
                    .stemWidth(64)
                    .depths(2, 2, 2)
                    .widths(64, 128, 256)
                    .shortcut(Shortcut.B));
    Architecture d2l =
        IMAGENET.with(
            row ->
                row.name("resnet18_d2l")
                    .family(Family.TUTORIAL)
                    .input(1, 96, 96)
                    .classes(10)
                    .convBias(ConvBias.PRESENT)
                    .projection(Projection.CONV));
    return List.of(
        mlp,
        threeStages,
        threeStages.with(row -> row.name("cifar3stage_3x3").stem(Stem.CIFAR)),
        threeStages.with(
            row -> row.name("resnet8").stemWidth(32).depths(1, 1, 1).widths(32, 64, 128)),
        d2l);
  }

  private static Architecture imagenet(String name, BlockKind block, int... depths) {
    return IMAGENET.with(row -> row.name(name).block(block).depths(depths));
  }

  /** Xie et al. 2016, section 3.2: {@code groups} branches, each {@code width} wide in stage 0. */
  private static Architecture grouped(Architecture row, int groups, int width) {
    String name = row.name().replace("resnet", "resnext") + "_%sx%sd".formatted(groups, width);
    return row.with(next -> next.name(name).groups(groups).branchWidth(width));
  }

  /** He et al. 2019, "Bag of Tricks", figure 2: ResNet-D. */
  private static ArchitectureBuilder tweaked(ArchitectureBuilder row) {
    return row.stem(Stem.DEEP).projection(Projection.POOL_CONV_NORM);
  }

  /** Hu et al. 2017. */
  private static ArchitectureBuilder squeezed(ArchitectureBuilder row) {
    return row.channelGate(ChannelGate.SQUEEZE_EXCITATION);
  }

  private static Architecture cifar(String name, BlockKind block, int depth) {
    return CIFAR.with(row -> row.name(name).block(block).depths(depth, depth, depth));
  }

  /**
   * Zagoruyko and Komodakis 2016, table 1: {@code depth} = 6n + 4, widths {@code k} times 16, 32,
   * 64.
   */
  private static Architecture wide(int depth, int k) {
    String name = "wrn_" + depth + "_" + k;
    if (depth < 10 || (depth - 4) % 6 != 0 || k < 1) {
      throw new IllegalArgumentException(
          name
              + ": a wide residual network wrn_D_K needs a depth D of 6n + 4, such as 10, 16, 22, 28 or 40, and a factor K of at least 1");
    }
    return cifar(name, BlockKind.BASIC, (depth - 4) / 6)
        .with(row -> row.preActivated().shortcut(Shortcut.B).widths(16 * k, 32 * k, 64 * k));
  }

  private static List<Architecture> each(
      List<Architecture> rows, String name, UnaryOperator<ArchitectureBuilder> change) {
    return rows.stream()
        .map(row -> row.with(next -> change.apply(next.name(name.formatted(row.name())))))
        .toList();
  }

  private static List<Architecture> join(List<Architecture> first, List<Architecture> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static void put(Map<String, Architecture> table, List<Architecture> rows) {
    for (Architecture row : rows) {
      if (table.put(row.name(), row) != null) {
        throw new AssertionError("two rows are named " + row.name());
      }
    }
  }

  /** Every row. Wide residual networks beyond those listed exist by name too: {@code wrn_D_K}. */
  public static Collection<Architecture> all() {
    return TABLE.values();
  }

  /**
   * The row named {@code name}.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static Architecture byName(String name) {
    Architecture row = TABLE.get(name);
    if (row != null) {
      return row;
    }
    Matcher wide = WIDE.matcher(name);
    if (wide.matches()) {
      return wide(Integer.parseInt(wide.group(1)), Integer.parseInt(wide.group(2)));
    }
    throw new IllegalArgumentException(Nearest.unknown("architecture", name, TABLE.keySet()));
  }
}

package org.resnet4j.arch;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * The old form of an architecture in run records: nineteen flat fields, with an enum of stems (ADR
 * 19).
 */
public record OldArchitecture(
    String name,
    Family family,
    Shape input,
    int classes,
    OldStem stem,
    int stemWidth,
    BlockKind block,
    List<Integer> depths,
    List<Integer> widths,
    int groups,
    int branchWidth,
    Attention channelGate,
    ShortcutKind shortcut,
    Projection projection,
    Downsampling downsampling,
    ConvBias convBias,
    LastGamma lastGamma,
    double dropout,
    HeadKind head) {

  private static final String ARCHITECTURE = "architecture";

  /** The field that only the old form has. */
  private static final String TELLTALE = "stemWidth";

  /** The stems of the old form. */
  public enum OldStem {
    IMAGENET,
    IMAGENET_ZERO_PADDED,
    IMAGENET_NORMED,
    DEEP,
    CIFAR,
    DENSE;

    Stem of(int width) {
      return switch (this) {
        case IMAGENET -> Stem.imagenet(width);
        case IMAGENET_ZERO_PADDED -> Stem.imagenet(width).withPooling(Stem.Pooling.MAX_ZERO_PADDED);
        case IMAGENET_NORMED ->
            Stem.imagenet(width).withNorms(Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS);
        case DEEP -> Stem.deep(width);
        case CIFAR -> Stem.cifar(width);
        case DENSE -> Stem.linear(width);
      };
    }
  }

  /** The initial scale of the batch norm that ends each residual branch. */
  public enum LastGamma {
    ONE,
    ZERO
  }

  /** Rewrites old forms in {@code setup} of a run record, a parsed JSON tree. */
  public static void upgrade(@Nullable Object setup) throws JsonException {
    upgradeArchitecture(setup);
    renameStd(setup);
  }

  /** Renames {@code deviation} in an older record to {@code std}. */
  @SuppressWarnings("unchecked") // objects of a tree are maps by name
  private static void renameStd(@Nullable Object setup) {
    if (setup instanceof Map<?, ?> fields
        && fields.get("stats") instanceof Map<?, ?> stats
        && stats.containsKey("deviation")) {
      Map<String, Object> today = (Map<String, Object>) stats;
      today.put("std", today.remove("deviation"));
      today.computeIfPresent(
          "basis",
          (name, basis) -> basis.toString().replace("population deviation", "population std"));
    }
  }

  /** Rewrites the architecture in {@code setup} if it has the old form. */
  @SuppressWarnings("unchecked") // objects of a tree are maps by name
  private static void upgradeArchitecture(@Nullable Object setup) throws JsonException {
    if (setup instanceof Map<?, ?> fields
        && fields.get(ARCHITECTURE) instanceof Map<?, ?> architecture
        && architecture.containsKey(TELLTALE)) {
      OldArchitecture old = Json.read(architecture, OldArchitecture.class);
      try {
        ((Map<String, Object>) fields).put(ARCHITECTURE, Json.tree(old.today()));
      } catch (IllegalArgumentException | NullPointerException e) {
        throw new JsonException("architecture: " + e.getMessage(), e);
      }
    }
  }

  /** Returns the same network in today's form. */
  Architecture today() {
    Blocks usual = Blocks.of(block, depths, widths);
    return new Architecture(
        // Its stem had a ReLU: it is another network, which must not be resumed as this one.
        stem == OldStem.DENSE ? name + " with a ReLU in its stem" : name,
        family,
        input,
        classes,
        stem.of(stemWidth),
        new Blocks(
            block,
            depths,
            widths,
            usual.strides(),
            new Bottleneck(groups, branchWidth, downsampling),
            channelGate,
            usual.dilations(),
            0,
            usual.kinds(),
            0),
        new Shortcut(shortcut, projection),
        convBias,
        lastGamma == LastGamma.ZERO ? Init.ZERO_INIT_RESIDUAL : Init.USUAL,
        new Head(head, dropout, HeadPooling.AVG),
        Architecture.TORCH_EPSILON,
        NormOptions.TORCH,
        Activation.RELU,
        AntiAliasing.NONE);
  }
}

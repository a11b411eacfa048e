package org.resnet4j.cli;

import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.AntiAliasing;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Attention;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.HeadPooling;
import org.resnet4j.arch.Init;
import org.resnet4j.arch.NormKind;
import org.resnet4j.arch.Projection;
import org.resnet4j.arch.ShortcutKind;
import picocli.CommandLine.Option;

/** The options that choose the layers of blocks and around them, not their numbers or widths. */
final class LayerOptions implements Checked {
  @Option(
      names = "--attention",
      description = "Channel attention of a block: ${COMPLETION-CANDIDATES}.")
  @Nullable Attention attention;

  @Option(
      names = "--shortcut",
      description =
          "Shortcuts of the paper: A pads with zeros, B projects where the shape changes, C"
              + " projects in every block; NONE leaves them out, as in its plain networks.")
  @Nullable ShortcutKind shortcut;

  @Option(
      names = "--projection",
      description =
          "Layers of a shortcut that projects: ${COMPLETION-CANDIDATES}. POOL_CONV_NORM is that of"
              + " ResNet-D.")
  @Nullable Projection projection;

  @Option(
      names = "--downsampling",
      description = "Convolution that has the stride of a stage: ${COMPLETION-CANDIDATES}.")
  @Nullable Downsampling downsampling;

  @Option(
      names = "--anti-aliasing",
      description = "Smoothing where images are subsampled: ${COMPLETION-CANDIDATES}.")
  @Nullable AntiAliasing antiAliasing;

  @Option(
      names = "--output-stride",
      paramLabel = "N",
      description =
          "Replace strides by dilation where an image would become smaller than one N-th of the"
              + " input: 8 or 16 for dense prediction.")
  @Nullable Integer outputStride;

  @Option(
      names = "--activation",
      description = "Function after norms and at the end of blocks: ${COMPLETION-CANDIDATES}.")
  @Nullable Activation activation;

  @Option(names = "--norm", description = "Norms after convolutions: ${COMPLETION-CANDIDATES}.")
  @Nullable NormKind norm;

  @Option(
      names = "--norm-groups",
      paramLabel = "N",
      description = "Groups of channels of a group norm, 32 as a rule.")
  @Nullable Integer normGroups;

  @Option(
      names = "--norm-momentum",
      paramLabel = "X",
      description =
          "Weight of a batch in the running statistics of batch norms, as PyTorch counts it: above"
              + " 0 and at most 1, and 0.1 as a rule.")
  @Nullable Double normMomentum;

  @Option(
      names = "--epsilon",
      paramLabel = "X",
      description =
          "Value that batch norms add to the variance: 1e-5 in PyTorch, 1e-3 in Keras. Weight files"
              + " that do not state theirs are taken to have it.")
  @Nullable Double epsilon;

  @Option(
      names = "--zero-init-residual",
      description = "Start each block as the identity, with scale 0 in its last batch norm.")
  boolean zeroInitResidual;

  @Option(
      names = "--drop-block",
      paramLabel = "P",
      description =
          "Probability of dropping values of the last two stages by squares in training, in"
              + " [0, 1).")
  @Nullable Double dropBlock;

  @Option(
      names = "--head-pooling",
      description = "Global pooling before the classifier: ${COMPLETION-CANDIDATES}.")
  @Nullable HeadPooling headPooling;

  @Override
  public void check() {
    Checked.atLeast(1, "--norm-groups", normGroups);
    Checked.positiveUpToOne("--norm-momentum", normMomentum);
    Checked.positiveUpToOne("--epsilon", epsilon);
    Checked.probability("--drop-block", dropBlock);
    if (outputStride != null && (outputStride < 1 || Integer.bitCount(outputStride) != 1)) {
      throw new IllegalArgumentException(
          "--output-stride: expected a power of 2, such as 8 or 16, but was " + outputStride);
    }
  }

  /** Sets these options in {@code arch}. */
  void overwrite(ArchitectureBuilder arch) {
    Setter.set(attention, arch::attention);
    Setter.set(shortcut, arch::shortcut);
    Setter.set(projection, arch::projection);
    Setter.set(downsampling, arch::downsampling);
    Setter.set(antiAliasing, arch::antiAliasing);
    Setter.set(outputStride, arch::outputStride);
    Setter.set(activation, arch::activation);
    Setter.set(norm, arch::norm);
    Setter.set(normGroups, arch::normGroups);
    Setter.set(normMomentum, arch::normMomentum);
    Setter.set(epsilon, arch::epsilon);
    if (zeroInitResidual) {
      arch.init(Init.ZERO_INIT_RESIDUAL);
    }
    Setter.set(dropBlock, arch::dropBlock);
    Setter.set(headPooling, arch::headPooling);
  }

  /** A method of a builder for one option. */
  interface Setter<T> {
    ArchitectureBuilder set(T value);

    /** Calls {@code setter} if the option was given. */
    static <T> void set(@Nullable T value, Setter<T> setter) {
      if (value != null) {
        setter.set(value);
      }
    }
  }
}

package org.resnet4j.arch;

/** The normalisation after the convolutions of a network. */
public enum NormKind {
  /** A batch norm, whose statistics in training are those of the batch. */
  BATCH,
  /**
   * A group norm (Wu and He, 2018, "Group Normalization"), which normalises each image by the
   * statistics of each group of its channels, in training and at inference; {@code
   * torch.nn.GroupNorm}.
   */
  GROUP,
  /**
   * A batch norm whose statistics, γ and β are constants in training, too; {@code
   * torchvision.ops.FrozenBatchNorm2d}. It is for networks that continue from pretrained weights.
   */
  FROZEN
}

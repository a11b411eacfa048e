package org.resnet4j.data;

/** What happens to the images that are left when an epoch does not divide into whole batches. */
public enum LastBatch {
  /** They make a smaller batch. */
  KEEP,
  /** They are not used in this epoch. */
  DROP;

  /** Batches of {@code size} that an epoch of {@code images} has. */
  public int batches(int images, int size) {
    return images / size + (this == KEEP && images % size > 0 ? 1 : 0);
  }
}

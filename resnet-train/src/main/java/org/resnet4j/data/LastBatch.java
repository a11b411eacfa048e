package org.resnet4j.data;

/** The treatment of the images that are left when an epoch does not divide into whole batches. */
public enum LastBatch {
  /** Makes a smaller batch of them. */
  KEEP,
  /** Leaves them out of this epoch. */
  DROP;

  /** Returns the number of batches of {@code size} in an epoch of {@code images}. */
  public int batches(int images, int size) {
    return images / size + (this == KEEP && images % size > 0 ? 1 : 0);
  }
}

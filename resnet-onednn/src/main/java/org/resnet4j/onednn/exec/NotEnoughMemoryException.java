package org.resnet4j.onednn.exec;

/** A program would not fit into memory; nothing was taken. */
public final class NotEnoughMemoryException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final long wanted;
  private final long available;

  NotEnoughMemoryException(String message, long wanted, long available) {
    super(message);
    this.wanted = wanted;
    this.available = available;
  }

  /** Bytes that the program needs. */
  public long wanted() {
    return wanted;
  }

  /** Bytes that there are. */
  public long available() {
    return available;
  }
}

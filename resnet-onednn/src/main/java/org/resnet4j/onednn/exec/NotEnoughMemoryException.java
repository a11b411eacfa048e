package org.resnet4j.onednn.exec;

/** Thrown when a program would not fit into memory, before any is allocated. */
public final class NotEnoughMemoryException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final long wanted;
  private final long available;

  NotEnoughMemoryException(String message, long wanted, long available) {
    super(message);
    this.wanted = wanted;
    this.available = available;
  }

  /** Returns the number of bytes that the program needs. */
  public long wanted() {
    return wanted;
  }

  /** Returns the number of bytes that are available. */
  public long available() {
    return available;
  }
}

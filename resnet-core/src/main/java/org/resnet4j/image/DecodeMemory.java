package org.resnet4j.image;

import java.io.InterruptedIOException;

/**
 * Bounds the memory of images that several threads read and decode at once. One image may always
 * proceed, however large it is.
 */
final class DecodeMemory {
  /** The bound for all images: half of Java's maximum heap. */
  static final DecodeMemory OF_HEAP = new DecodeMemory(Runtime.getRuntime().maxMemory() / 2);

  private final long most;
  private long used;
  private int decoding;

  DecodeMemory(long mostBytes) {
    most = mostBytes;
  }

  /** Waits until a file of {@code length} bytes may be read. */
  Share file(long length) throws InterruptedIOException {
    Share share = new Share();
    take(share, length, false);
    return share;
  }

  private synchronized void take(Share share, long bytes, boolean decodes)
      throws InterruptedIOException {
    // Beyond the bound, a file proceeds when no memory is in use, a decoder when no other decodes.
    // A waiting thread thus always waits for one that runs, so there is no deadlock.
    while (used + bytes > most && (decodes ? decoding > 0 : used > 0)) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for memory to decode an image");
      }
    }
    share.bytes += bytes;
    used += bytes;
    if (decodes) {
      share.decodes = true;
      decoding++;
    }
  }

  private synchronized void give(Share share) {
    used -= share.bytes;
    decoding -= share.decodes ? 1 : 0;
    notifyAll();
  }

  /** Returns the number of bytes in use. */
  synchronized long used() {
    return used;
  }

  /** A share of the memory that one image uses until it is closed. */
  final class Share implements AutoCloseable {
    private long bytes;
    private boolean decodes;

    private Share() {}

    /** Waits until {@code more} bytes may be used; call it at most once. */
    void decode(long more) throws InterruptedIOException {
      take(this, more, true);
    }

    @Override
    public void close() {
      give(this);
    }
  }
}

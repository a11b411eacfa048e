package org.resnet4j.image;

import java.io.InterruptedIOException;

/**
 * Bounds the memory of images that several threads read and decode at one time. One of them always
 * goes on, however large it is.
 */
final class DecodeMemory {
  /** Half of what Java's heap may grow to; floats, batches and everything else have the rest. */
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
    // A file goes on when there is nothing else, a decoder when nothing else decodes: what waits
    // here then waits for somebody who does not.
    while (used + bytes > most && (decodes ? decoding > 0 : used > 0)) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted in wait for memory to decode an image");
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

  /** Bytes in use. */
  synchronized long used() {
    return used;
  }

  /** The memory of one image, until it is closed. */
  final class Share implements AutoCloseable {
    private long bytes;
    private boolean decodes;

    private Share() {}

    /** Waits until {@code more} bytes may be used; once. */
    void decode(long more) throws InterruptedIOException {
      take(this, more, true);
    }

    @Override
    public void close() {
      give(this);
    }
  }
}

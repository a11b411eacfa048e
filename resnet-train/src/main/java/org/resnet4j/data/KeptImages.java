package org.resnet4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;

/**
 * Decoded images in a temporary file without a name, for the epochs after the first. Images that do
 * not fit, or that the disk does not take, are not kept: they are read again. Thread-safe, but a
 * thread must not be interrupted while it reads or writes: Java then closes the file.
 */
final class KeptImages implements Closeable {
  /**
   * The most bytes of an image. Larger ones are reduced for the usual crops to 224 × 224, and of
   * others few would fit.
   */
  private static final int MOST_OF_IMAGE = 12 << 20;

  /** Side of the epoch, channels, height, width. */
  private static final int HEADER = 4 * Integer.BYTES;

  private final StoredBytes bytes;
  private final long most;
  private final AtomicLong length = new AtomicLong();

  /** The position after each image's header; 0 for images that are not kept. */
  private final AtomicLongArray positions;

  private volatile boolean full;

  private KeptImages(StoredBytes bytes, long most, int images) {
    this.bytes = bytes;
    this.most = most;
    positions = new AtomicLongArray(images);
  }

  /**
   * Returns a file for images of a source of {@code images}; null if {@code folder} takes none.
   *
   * @param folder for the file
   * @param most bytes to keep, within half of what is free in the folder
   */
  static @Nullable KeptImages create(Path folder, int images, long most) {
    try {
      Path file = Files.createTempFile(folder, "resnet4j", ".images");
      long room = file.toFile().getUsableSpace() / 2; // 0 if that is unknown
      return new KeptImages(
          new StoredBytes(file.toString(), StoredBytes.temporary(file)),
          Math.min(most, room),
          images);
    } catch (IOException e) {
      return null; // images are read again
    }
  }

  /**
   * Returns the image at zero-based {@code index} of the source, if that of {@code side} is here.
   */
  Optional<Image> find(int index, int side) throws IOException {
    long position = positions.get(index);
    if (position == 0) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(bytes.read(position - HEADER, HEADER));
    if (header.getInt() != side) {
      return Optional.empty();
    }
    Shape shape = new Shape(header.getInt(), header.getInt(), header.getInt());
    return Optional.of(new Image(shape, bytes.read(position, (int) shape.size())));
  }

  /** Keeps an image, in the place of one of another side, if there is room. */
  void keep(int index, int side, Image image) {
    byte[] pixels = image.pixels();
    if (full || pixels.length > MOST_OF_IMAGE) {
      return;
    }
    long start = length.getAndAdd(HEADER + pixels.length);
    if (start + HEADER + pixels.length > most) {
      full = true;
      return;
    }
    Shape shape = image.shape();
    ByteBuffer record = ByteBuffer.allocate(HEADER + pixels.length);
    record.putInt(side).putInt(shape.channels()).putInt(shape.height()).putInt(shape.width());
    record.put(pixels).flip();
    try {
      while (record.hasRemaining()) {
        bytes.channel().write(record, start + record.position());
      }
      positions.set(index, start + HEADER);
    } catch (IOException e) {
      full = true; // of the disk; the image is read again
    }
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      full = true; // nothing that was kept is needed any more
    }
  }
}

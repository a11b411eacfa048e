package org.resnet4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.weightfile.npy.Npy;

/**
 * Writes a {@code .npy} file batch by batch along its first dimension; only one batch is in memory.
 */
final class NpyRows implements FeatureRows {
  private final FileChannel channel;
  private final int most;
  private long[] row = {};
  private long rows;
  private int start;

  /**
   * @param most maximum length of the first dimension
   */
  NpyRows(Path file, int most) throws IOException {
    this.most = most;
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** Appends {@code [n, …]}; all sizes but the first are those of the previous batch. */
  @Override
  public void add(List<Path> files, INDArray batch) throws IOException {
    long[] next = Arrays.copyOfRange(batch.shape(), 1, batch.rank());
    if (rows == 0) {
      row = next;
      start = Npy.header(0, shape(most)).length;
      channel.position(start);
    } else if (!Arrays.equals(row, next)) {
      throw new IOException(
          "expected rows of shape %s but was %s"
              .formatted(Arrays.toString(row), Arrays.toString(next)));
    }
    float[] values = batch.dup('c').data().asFloat();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    rows += batch.size(0);
  }

  /** Writes the header and returns the shape of the whole array. */
  @Override
  public List<Long> finish() throws IOException {
    channel.write(ByteBuffer.wrap(Npy.header(start, shape(rows))), 0);
    List<Long> shape = new ArrayList<>(List.of(rows));
    LongStream.of(row).forEach(shape::add);
    return shape;
  }

  private long[] shape(long count) {
    return LongStream.concat(LongStream.of(count), LongStream.of(row)).toArray();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

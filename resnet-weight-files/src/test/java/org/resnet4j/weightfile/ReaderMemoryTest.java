package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;

/** Readers allocate little beyond the tensors that they return. */
class ReaderMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private interface Action {
    void run() throws IOException;
  }

  private static long allocated(Action action) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    action.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void fileOfTwoGibibytesIsOpenedInKibibytesAndATensorReadInItsOwnSize() throws IOException {
    Path file = large("F32", "[256,1024]");
    try (Tensors warm = WeightFile.open(file)) {
      warm.read("small");
    }
    assertThat(allocated(() -> WeightFile.open(file).close())).isLessThan(MIB / 4);
    try (Tensors tensors = WeightFile.open(file)) {
      assertThat(allocated(() -> tensors.read("small"))).isBetween(MIB, MIB + MIB / 4);
    }
  }

  /** Returns a sparse file: 2 GiB of zeros, followed by a tensor of 1 MiB of floats. */
  private Path large(String type, String shape) throws IOException {
    long hole = 2L << 30;
    String header =
        "{\"large\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[0,%s]},\"small\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}}"
            .formatted(hole, hole, type, shape, hole, hole + MIB);
    Path file = folder.resolve("weights");
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(length.putLong(header.length()).array());
      out.write(header.getBytes(StandardCharsets.UTF_8));
      out.setLength(8 + header.length() + hole + MIB);
    }
    return file;
  }

  static Stream<Hostile> hostile() {
    return Stream.of(
            HostileSafetensorsTest.files(), HostileTorchTest.files(), HostileZipTest.files())
        .flatMap(files -> files);
  }

  /** Reads every malformed file; the constant mebibytes are for buffers, inflaters and messages. */
  @ParameterizedTest
  @MethodSource("hostile")
  void refusalAllocatesASmallMultipleOfTheFileSize(Hostile hostile) throws IOException {
    Path file = Files.write(folder.resolve("weights"), hostile.bytes());
    long bytes =
        allocated(
            () -> {
              try {
                Hostile.readAll(file);
              } catch (WeightFileException expected) {
                assertThat(expected).isNotNull();
              }
            });
    assertThat(bytes).isLessThan(2 * MIB + 32L * hostile.bytes().length);
  }
}

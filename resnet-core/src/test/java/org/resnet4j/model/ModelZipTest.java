package org.resnet4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Zips that two programs would read differently, or that contain more than a model, are refused.
 */
class ModelZipTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final ComputationGraph network = ModelEntries.network(DataType.FLOAT);
  private final ModelEntries entries = ModelEntries.of(network);

  @Test
  void entriesThatDirectoryAndLocalHeadersNameDifferentlyAreRefused() {
    byte[] zip = entries.zip();
    int local = indexOf(zip, "coefficients.bin", 0);
    int directory = indexOf(zip, "coefficients.bin", local + 1);
    for (int at : new int[] {local, directory}) {
      byte[] changed = zip.clone();
      changed[at] = 'C';
      assertRefused(changed, "as the zip's directory says, but the data say otherwise");
    }
  }

  @Test
  void bytesBetweenTheEntriesAreRefused() throws IOException {
    byte[] zip = entries.zip();
    assertRefused(concat(new byte[7], zip), "with its directory just before its end");
    assertRefused(concat(zip, new byte[7]), "with the zip's directory and no comment at its end");
    ByteBuffer end = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int start = end.getInt(zip.length - 6);
    byte[] gap =
        concat(
            Arrays.copyOf(zip, start),
            concat(new byte[7], Arrays.copyOfRange(zip, start, zip.length)));
    ByteBuffer.wrap(gap).order(ByteOrder.LITTLE_ENDIAN).putInt(gap.length - 6, start + 7);
    assertRefused(gap, "expected the zip's directory directly after its entries");
  }

  @Test
  void duplicateEntriesAreRefused() {
    entries.bytes.put("coefficients.bim", new byte[1]);
    byte[] zip = entries.zip();
    for (int at = indexOf(zip, ".bim", 0); at >= 0; at = indexOf(zip, ".bim", at + 1)) {
      zip[at + 3] = 'n';
    }
    assertRefused(zip, "expected every entry once but there are two of coefficients.bin");
  }

  @Test
  void wrongChecksumsAndTruncatedZipsAreRefused() {
    byte[] zip = entries.zip();
    int start = indexOf(zip, "coefficients.bin", 0);
    byte[] changed = zip.clone();
    changed[start + 60] ^= 1;
    assertThatIOException()
        .isThrownBy(() -> ModelEntries.read(changed, ModelFile.Updater.DROP))
        .withMessageStartingWith("model.zip: coefficients.bin: ");
    for (int length = 0; length < zip.length; length += 1 + length / 40) {
      assertRefused(Arrays.copyOf(zip, length), "expected ");
    }
  }

  @Test
  void unknownEntriesAreIgnored() throws IOException {
    entries.bytes.put("normalizer.bin", new byte[] {1, 2, 3});
    entries.bytes.put("objects/labels", new byte[] {(byte) 0xac, (byte) 0xed});
    entries.bytes.put("Configuration.json", "[".getBytes(StandardCharsets.UTF_8));

    assertThat(entries.read(ModelFile.Updater.KEEP).params()).isEqualTo(network.params());
  }

  /** An earlier version failed with an OutOfMemoryError after half a minute. */
  @Test
  void zipBombsInUnknownEntriesAreRefusedUnread() throws IOException {
    byte[] zip = withZeros(entries.get("configuration.json"), "other", 3, 127 << 20);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertRefused(zip, "bytes in all entries of a network of " + network.numParams());
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
  }

  @Test
  void tooManyEntriesAreRefused() {
    for (int i = 0; i < 70; i++) {
      entries.bytes.put("e" + i, new byte[0]);
    }
    assertRefused(entries.zip(), "expected at most 64 entries");
  }

  @Test
  void zipBombsInTheConfigurationAreRefused() {
    String head = entries.json().replaceFirst("\\{", "{\"x\":[");
    entries.json(head.substring(0, 6) + "{},".repeat(3 << 20) + "{}]," + head.substring(6));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertRefused(entries.zip(), "configuration.json: Token count");
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 30);

    entries.json(" ".repeat(33 << 20) + "{}");
    assertRefused(entries.zip(), "configuration.json: expected at most 33554432 bytes");
    entries.json("{\"x\":" + "[".repeat(100_000));
    assertRefused(entries.zip(), "configuration.json: Document nesting depth");
  }

  /** Adds zeros that compress a thousandfold. */
  private byte[] withZeros(byte[] json, String name, int count, int length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("configuration.json"));
      zip.write(json);
      zip.putNextEntry(new ZipEntry("coefficients.bin"));
      zip.write(entries.get("coefficients.bin"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < count; i++) {
        zip.putNextEntry(new ZipEntry(name + i));
        for (int done = 0; done < length; done += zeros.length) {
          zip.write(zeros);
        }
      }
    }
    return out.toByteArray();
  }

  private static int indexOf(byte[] bytes, String text, int from) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static void assertRefused(byte[] zip, String message) {
    assertThatIOException()
        .isThrownBy(() -> ModelEntries.read(zip, ModelFile.Updater.DROP))
        .withMessageStartingWith("model.zip: ")
        .withMessageContaining(message);
  }
}

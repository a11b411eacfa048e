package org.resnet4j.weightfile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;

/**
 * A file that must be refused.
 *
 * @param sentence the message, after the file's path
 */
record Hostile(String name, byte[] bytes, String sentence) {
  Hostile(String name, String latin1, String sentence) {
    this(name, latin1(latin1), sentence);
  }

  static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** Returns a number as {@code count} bytes, little-endian. */
  static String little(long value, int count) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return new String(bytes, 0, count, ISO_8859_1);
  }

  void assertRefused(Path folder) throws IOException {
    Path file = Files.write(folder.resolve("weights"), bytes);
    assertThatThrownBy(() -> readAll(file))
        .as(name)
        .isInstanceOf(WeightFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(sentence);
  }

  static void readAll(Path file) throws IOException {
    try (Tensors tensors = WeightFile.open(file)) {
      for (String tensor : tensors.names()) {
        tensors.shape(tensor);
        tensors.read(tensor);
      }
    }
  }

  /** Returns a zip of uncompressed entries. */
  static byte[] zip(Map<String, byte[]> entries) {
    return zip(entries, ZipEntry.STORED);
  }

  static byte[] zip(Map<String, byte[]> entries, int method) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> named : entries.entrySet()) {
        CRC32 checksum = new CRC32();
        checksum.update(named.getValue());
        ZipEntry entry = new ZipEntry(named.getKey());
        entry.setMethod(method);
        entry.setSize(named.getValue().length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        OutputStream out = zip;
        out.write(named.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return name;
  }
}

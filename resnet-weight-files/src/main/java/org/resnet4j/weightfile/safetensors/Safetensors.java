package org.resnet4j.weightfile.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Json;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.Tensors;

/**
 * Reads and writes Hugging Face's <a
 * href="https://github.com/huggingface/safetensors#format">safetensors</a> files: eight bytes of
 * length, a header in JSON, the arrays.
 */
public final class Safetensors {
  /** The size in bytes of the header's length, the number at the start of a file. */
  public static final int LENGTH_BYTES = SafetensorsHeader.LENGTH_BYTES;

  private static final int ALIGNMENT = 8;
  private static final int CHUNK = 1 << 14;

  private Safetensors() {}

  /**
   * Opens one file. Booleans become 0 and 1, integers the nearest float. Tensors of 8-bit floats
   * are refused, because they need scales that other programs store elsewhere.
   */
  public static Tensors open(Path file) throws IOException {
    FileBytes bytes = FileBytes.open(file);
    try {
      return new FileTensors(bytes.where(), SafetensorsHeader.read(bytes), bytes);
    } catch (Throwable e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * Writes all tensors in their order as 32-bit floats. Counters precede them as 64-bit integers,
   * so that every array is aligned. Only one tensor at a time is in memory. Equal tensors give
   * equal bytes. The file is written atomically.
   *
   * @param metadata free text by name; {@code transformers} expects {@code format: pt}
   */
  public static void write(Tensors tensors, Map<String, String> metadata, Path file)
      throws IOException {
    byte[] header = header(tensors, metadata);
    AtomicFile.write(
        file,
        temporary -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
            byte[] length = new byte[LENGTH_BYTES];
            ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
            out.write(length);
            out.write(header);
            for (String name : ordered(tensors)) {
              if (tensors.isWhole(name)) {
                writeWhole(out, tensors.read(name));
              } else {
                write(out, tensors.read(name));
              }
            }
          }
        });
  }

  private static byte[] header(Tensors tensors, Map<String, String> metadata) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      fields.put(SafetensorsHeader.METADATA, new TreeMap<>(metadata));
    }
    long begin = 0;
    for (String name : ordered(tensors)) {
      begin = describe(fields, name, tensors, begin);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Json.line(fields).getBytes(UTF_8));
    bytes.writeBytes(" ".repeat(Math.floorMod(-bytes.size(), ALIGNMENT)).getBytes(UTF_8));
    return bytes.toByteArray();
  }

  private static List<String> ordered(Tensors tensors) {
    return tensors.names().stream().sorted(comparing(name -> !tensors.isWhole(name))).toList();
  }

  private static long describe(
      Map<String, Object> fields, String name, Tensors tensors, long begin) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "expected names of tensors but one is "
              + SafetensorsHeader.METADATA
              + ", which safetensors reserves");
    }
    boolean whole = tensors.isWhole(name);
    long[] shape = tensors.shape(name);
    int size = whole ? Long.BYTES : Float.BYTES;
    long end = begin + Arrays.stream(shape).reduce(size, Math::multiplyExact);
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("dtype", whole ? "I64" : "F32");
    description.put("shape", shape);
    description.put("data_offsets", new long[] {begin, end});
    fields.put(name, description);
    return end;
  }

  private static void write(OutputStream out, float[] values) throws IOException {
    byte[] bytes = new byte[Math.min(CHUNK, values.length) * Float.BYTES];
    FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      floats.clear().put(values, from, count);
      out.write(bytes, 0, count * Float.BYTES);
    }
  }

  private static void writeWhole(OutputStream out, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putLong((long) value);
    }
    out.write(bytes.array());
  }
}

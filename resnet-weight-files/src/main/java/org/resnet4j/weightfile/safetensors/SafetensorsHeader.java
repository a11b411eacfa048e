package org.resnet4j.weightfile.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.support.JsonText;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;

/** The header of a safetensors file, checked against the file. */
final class SafetensorsHeader {
  /** The limit of the reference implementation on the header in bytes. */
  static final long MOST_HEADER_BYTES = 100_000_000;

  /** The size in bytes of the header's length, the number at the start of a file. */
  static final int LENGTH_BYTES = Long.BYTES;

  static final String METADATA = "__metadata__";

  /** The largest accepted nesting of JSON; the format has three levels. */
  static final int DEEPEST = 16;

  private final FileBytes file;
  private final long dataStart;
  private final Content data;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final List<Span> spans = new ArrayList<>();

  private record Span(String name, long begin, long end) {}

  private SafetensorsHeader(FileBytes file, long length) throws IOException {
    this.file = file;
    this.dataStart = LENGTH_BYTES + length;
    this.data = file.slice(dataStart, file.size() - dataStart);
  }

  static Map<String, StoredTensor> read(FileBytes file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(0, start);
    long length = start.getLong(0);
    long most = Math.min(MOST_HEADER_BYTES, file.size() - LENGTH_BYTES);
    if (length < 2 || length > most) {
      throw WeightFileException.at(
          file.where(),
          0,
          "expected a header of 2 to %s bytes but its length is %s"
              .formatted(most, Long.toUnsignedString(length)),
          WeightFileException.REFETCH);
    }
    SafetensorsHeader header = new SafetensorsHeader(file, length);
    header.parse(length);
    header.requireNoGaps();
    return header.tensors;
  }

  private void parse(long length) throws IOException {
    InputStream text = new ContentStream(file.slice(LENGTH_BYTES, length));
    try (JsonText json =
        new JsonText(file.where() + ": header", text, DEEPEST, WeightFileException::damaged)) {
      json.object(
          name -> {
            if (name.equals(METADATA)) {
              json.object(key -> json.string());
            } else {
              tensor(json, name);
            }
          });
      json.end();
    }
  }

  private void tensor(JsonText json, String name) throws IOException {
    String[] type = {""};
    long[][] claims = {{}, {}};
    json.object(
        field -> {
          switch (field) {
            case "dtype" -> type[0] = json.string();
            case "shape" -> claims[0] = json.integers(StoredTensor.MOST_AXES);
            case "data_offsets" -> claims[1] = json.integers(2);
            default -> json.skip();
          }
        });
    add(name, type[0], claims[0], claims[1]);
  }

  private void add(String name, String dtype, long[] shape, long[] offsets) throws IOException {
    if (tensors.size() == FileTensors.MOST) {
      throw new WeightFileException(
          file.where()
              + ": expected a header of at most "
              + FileTensors.MOST
              + " tensors but there are more; check that it is a file of weights");
    }
    String where = "%s: tensor \"%s\"".formatted(file.where(), name);
    ElementType type = type(where, dtype);
    long count = StoredTensor.count(where, shape);
    long bytes = count <= data.size() ? count * type.size() : -1;
    if (offsets.length != 2
        || offsets[0] < 0
        || offsets[1] < offsets[0]
        || offsets[1] > data.size()
        || bytes != offsets[1] - offsets[0]) {
      throw new WeightFileException(
          "%s: expected data_offsets that hold %s of shape %s inside the %s bytes of data but they are %s; %s"
              .formatted(
                  where,
                  type,
                  Arrays.toString(shape),
                  data.size(),
                  Arrays.toString(offsets),
                  WeightFileException.REFETCH));
    }
    tensors.put(
        name, StoredTensor.rowMajor(where, type, ByteOrder.LITTLE_ENDIAN, shape, offsets[0], data));
    spans.add(new Span(name, offsets[0], offsets[1]));
  }

  private static ElementType type(String where, String dtype) throws WeightFileException {
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(dtype)) {
        return type;
      }
    }
    throw new WeightFileException(
        "%s: expected a dtype of %s but it is \"%s\"; convert it to F32 or BF16 where it was made"
            .formatted(where, Arrays.toString(ElementType.values()), dtype));
  }

  /**
   * Requires that every byte of data belongs to exactly one tensor, as the reference implementation
   * does.
   */
  private void requireNoGaps() throws WeightFileException {
    spans.sort(Comparator.comparingLong(Span::begin).thenComparingLong(Span::end));
    long end = 0;
    for (Span span : spans) {
      if (span.begin() != end) {
        throw WeightFileException.at(
            file.where(),
            dataStart + Math.min(end, span.begin()),
            "expected tensor \"%s\" at byte %s of the data, where the one before it ends, but it is at %s"
                .formatted(span.name(), end, span.begin()),
            WeightFileException.REFETCH);
      }
      end = span.end();
    }
    if (end != data.size()) {
      throw WeightFileException.at(
          file.where(),
          dataStart + end,
          "expected the end of the file but there are %s more bytes".formatted(data.size() - end),
          WeightFileException.REFETCH);
    }
  }
}

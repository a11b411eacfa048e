package org.resnet4j.weightfile.onnx;

import static com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED;
import static com.google.protobuf.WireFormat.WIRETYPE_VARINT;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;

/**
 * The parsed fields of a {@code TensorProto}: the position of its values, not the values.
 *
 * <p>The numbers of fields and types are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxTensorProto {
  /** The field that holds the values. */
  private enum Values {
    FLOAT_DATA(4),
    INT32_DATA(5),
    INT64_DATA(7),
    RAW_DATA(9),
    DOUBLE_DATA(10),
    UINT64_DATA(11);

    private final int field;

    Values(int field) {
      this.field = field;
    }

    static @Nullable Values of(int field) {
      return Arrays.stream(values()).filter(value -> value.field == field).findFirst().orElse(null);
    }
  }

  /**
   * A type of numbers.
   *
   * @param field field of the values when they are not in {@code raw_data}
   */
  private record Type(ElementType element, Values field) {}

  private static final Map<Integer, Type> TYPES =
      Map.ofEntries(
          Map.entry(1, new Type(ElementType.F32, Values.FLOAT_DATA)),
          Map.entry(2, new Type(ElementType.U8, Values.INT32_DATA)),
          Map.entry(3, new Type(ElementType.I8, Values.INT32_DATA)),
          Map.entry(4, new Type(ElementType.U16, Values.INT32_DATA)),
          Map.entry(5, new Type(ElementType.I16, Values.INT32_DATA)),
          Map.entry(6, new Type(ElementType.I32, Values.INT32_DATA)),
          Map.entry(7, new Type(ElementType.I64, Values.INT64_DATA)),
          Map.entry(9, new Type(ElementType.BOOL, Values.INT32_DATA)),
          Map.entry(10, new Type(ElementType.F16, Values.INT32_DATA)),
          Map.entry(11, new Type(ElementType.F64, Values.DOUBLE_DATA)),
          Map.entry(12, new Type(ElementType.U32, Values.UINT64_DATA)),
          Map.entry(13, new Type(ElementType.U64, Values.UINT64_DATA)),
          Map.entry(16, new Type(ElementType.BF16, Values.INT32_DATA)));

  private final FileBytes file;
  private final long start;
  private final Map<String, String> external = new HashMap<>();
  private String name = "";
  private int type;
  private long[] shape = {};
  private boolean isExternal;
  private @Nullable Values values;
  private @Nullable Content content;

  private OnnxTensorProto(FileBytes file, long start) {
    this.file = file;
    this.start = start;
  }

  /** Reads a tensor up to the limit of {@code in}. */
  static OnnxTensorProto read(CodedInputStream in, FileBytes file) throws IOException {
    OnnxTensorProto tensor = new OnnxTensorProto(file, in.getTotalBytesRead());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!tensor.field(in, WireFormat.getTagFieldNumber(tag), tag & 7)) {
        in.skipField(tag);
      }
    }
    return tensor;
  }

  private boolean field(CodedInputStream in, int field, int wireType) throws IOException {
    if (wireType == WIRETYPE_VARINT) {
      return number(in, field);
    }
    if (Values.of(field) != null) {
      values(in, field, wireType);
      return true;
    }
    if (wireType != WIRETYPE_LENGTH_DELIMITED) {
      return false;
    }
    switch (field) {
      case 1 -> packedSizes(in);
      case 8 -> name = in.readStringRequireUtf8();
      case 13 -> externalEntry(in);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean number(CodedInputStream in, int field) throws IOException {
    switch (field) {
      case 1 -> size(in.readInt64());
      case 2 -> type = in.readInt32();
      case 14 -> isExternal = in.readEnum() == 1;
      default -> {
        return false;
      }
    }
    return true;
  }

  private void size(long size) throws WeightFileException {
    if (shape.length == StoredTensor.MOST_AXES) {
      throw at("expected at most %s axes but there are more".formatted(shape.length));
    }
    shape = Arrays.copyOf(shape, shape.length + 1);
    shape[shape.length - 1] = size;
  }

  private void packedSizes(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      size(in.readInt64());
    }
    in.popLimit(outer);
  }

  private void values(CodedInputStream in, int field, int wireType) throws IOException {
    if (values != null || wireType != WIRETYPE_LENGTH_DELIMITED) {
      throw at("expected its values in one piece but they are in several");
    }
    values = Values.of(field);
    int length = in.readRawVarint32();
    content = file.slice(in.getTotalBytesRead(), length);
    in.skipRawBytes(length);
  }

  private void externalEntry(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | WIRETYPE_LENGTH_DELIMITED -> key = in.readStringRequireUtf8();
        case 2 << 3 | WIRETYPE_LENGTH_DELIMITED -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    external.put(key, value);
  }

  String name() {
    return name;
  }

  /** Returns the tensor after checks. */
  StoredTensor stored(ExternalData files) throws IOException {
    Type known = TYPES.get(type);
    if (known == null) {
      throw at(
          "expected floating-point numbers, integers or booleans but its data type is number %s"
              .formatted(type));
    }
    ElementType element = known.element();
    long count = StoredTensor.count(where(), shape);
    Content bytes = isExternal ? files.content(where(), external) : inside(known, count);
    if (count > Long.MAX_VALUE / element.size() || bytes.size() != count * element.size()) {
      throw at(
          "expected %s of shape %s but its values have %s bytes"
              .formatted(element, Arrays.toString(shape), bytes.size()));
    }
    return StoredTensor.rowMajor(where(), element, ByteOrder.LITTLE_ENDIAN, shape, 0, bytes);
  }

  private Content inside(Type known, long count) throws WeightFileException {
    if (values == null || content == null) {
      return file.slice(0, 0);
    }
    if (values != Values.RAW_DATA && values != known.field()) {
      throw at(
          "expected values of %s in raw_data or %s but they are in %s"
              .formatted(known.element(), known.field(), values));
    }
    return switch (values) {
      case RAW_DATA, FLOAT_DATA, DOUBLE_DATA -> content;
      case INT32_DATA, INT64_DATA, UINT64_DATA ->
          VarintContent.of(where(), content, known.element(), count);
    };
  }

  private String where() {
    return "%s: tensor \"%s\"".formatted(file.where(), name);
  }

  private WeightFileException at(String finding) {
    return WeightFileException.at(where(), start, finding, WeightFileException.REFETCH);
  }
}

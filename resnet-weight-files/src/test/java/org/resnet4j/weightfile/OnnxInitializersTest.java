package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.onnx.OnnxInitializers;
import org.resnet4j.weightfile.onnx.ProtoMessage;
import org.resnet4j.weightfile.zip.FirstBytes;

/**
 * Weights are read from files of the onnx package and from our own exports, and malformed files are
 * refused.
 */
class OnnxInitializersTest {
  private static final int FLOAT = 1;

  @TempDir Path folder;

  @Test
  void everyDataTypeIsReadFromEveryField() throws Exception {
    Path file = FormulaGoldens.file(folder, "onnx/initializers.onnx");
    assertThat(OnnxInitializers.recognises(FirstBytes.of(file))).isTrue();
    try (Tensors tensors = OnnxInitializers.open(file)) {
      assertThat(tensors.names())
          .startsWith("float_data", "double_data", "half_data", "bfloat_data", "float_raw")
          .hasSize(16);
      FormulaGoldens.check(tensors, "float_data", 0, 0, 2, 3);
      FormulaGoldens.check(tensors, "double_data", 1, 0, 2, 3);
      // 11 and 8 bits of a fraction, of values below 1.
      FormulaGoldens.check(tensors, "half_data", 2, 0x1p-12f, 2, 3);
      FormulaGoldens.check(tensors, "bfloat_data", 3, 0x1p-8f, 2, 3);
      FormulaGoldens.check(tensors, "float_raw", 4, 0, 3, 1, 2);
      FormulaGoldens.check(tensors, "double_raw", 5, 0, 3, 1, 2);
      FormulaGoldens.check(tensors, "half_raw", 6, 0x1p-12f, 3, 1, 2);
      FormulaGoldens.check(tensors, "bfloat_raw", 7, 0x1p-7f, 5);
      for (String name : new String[] {"i8", "i32", "i64", "i16_raw"}) {
        assertThat(tensors.read(name)).as(name).containsExactly(-3, 0, 2, 100);
      }
      assertThat(tensors.read("u64")).containsExactly(1, 0x1p40f);
      assertThat(tensors.read("bool")).containsExactly(1, 0, 1);
      assertThat(tensors.shape("scalar")).isEmpty();
      assertThat(tensors.read("scalar")).containsExactly(2.5f);
      assertThat(tensors.shape("empty")).containsExactly(0, 3);
      assertThat(tensors.read("empty")).isEmpty();
    }
  }

  @Test
  void externalDataBesideTheModelIsRead() throws Exception {
    Path file = FormulaGoldens.file(folder, "onnx/external.onnx");
    FormulaGoldens.file(folder, "onnx/external.bin");
    try (Tensors tensors = OnnxInitializers.open(file)) {
      for (int k = 0; k < 3; k++) {
        FormulaGoldens.check(tensors, "w" + k, k, 0, 4, 3);
      }
    }
  }

  @Test
  void otherFilesAreNotRecognised() throws Exception {
    for (String name : new String[] {"keras/latest.h5", "keras/archive.keras"}) {
      FirstBytes first = FirstBytes.of(FormulaGoldens.file(folder, name));
      assertThat(OnnxInitializers.recognises(first)).as(name).isFalse();
    }
    FirstBytes two = FirstBytes.of(Files.write(folder.resolve("e"), new byte[2]));
    assertThat(OnnxInitializers.recognises(two)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../secret", "/etc/passwd", "a/../../secret", "C:\\secret", "..\\secret", ""})
  void externalDataOutsideTheFolderIsRefused(String location) throws Exception {
    refused(
        tensor("w", 4).nested(13, entry("location", location)).integer(14, 1),
        ": tensor \"w\": expected data in the folder of the model but its location is \""
            + location
            + "\"; do not trust this model");
  }

  @ParameterizedTest
  @ValueSource(strings = {"link", "folder/data"})
  void externalDataBehindASymbolicLinkIsRefused(String location) throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.write(outside.resolve("data"), new byte[16]);
    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("data"));
    Files.createSymbolicLink(folder.resolve("folder"), outside);
    refused(
        tensor("w", 4).nested(13, entry("location", location)).integer(14, 1),
        ": tensor \"w\": expected no symbolic link in the place of its data but its location is \""
            + location
            + "\"; do not trust this model");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "offset|-4|data: offset -4: expected 0 bytes but the file ends at 16",
        "offset|99|data: offset 99: expected 0 bytes but the file ends at 16",
        "length|17|data: offset 0: expected 17 bytes but the file ends at 16",
        "length|-1|data: offset 0: expected -1 bytes but the file ends at 16",
        "length|9223372036854775807|data: offset 0: expected 9223372036854775807 bytes but the file ends at 16",
        "length|12|: offset 6: expected F32 of shape [4] but its values have 12 bytes",
        "length|1e1|expected a whole number of bytes as length of its external data but was \"1e1\"",
        "offset|99999999999999999999|expected a whole number of bytes as offset of its external data but was \"99999999999999999999\"",
        "location|nothing|nothing: there is no such file",
      })
  void offsetsOutsideTheExternalDataFileAreRefused(String key, String value, String message)
      throws Exception {
    Files.write(folder.resolve("data"), new byte[16]);
    ProtoMessage tensor = tensor("w", 4).nested(13, entry("location", "data")).integer(14, 1);
    refused(tensor.nested(13, entry(key, value)), message);
  }

  @Test
  void shapesAndTypesThatContradictTheValuesAreRefused() throws Exception {
    refused(
        tensor("w", 4).bytes(9, 12, out -> out.write(new byte[12])),
        ": tensor \"w\": offset 6: expected F32 of shape [4] but its values have 12 bytes; fetch the file again");
    refused(
        tensor("w", 4),
        "expected F32 of shape [4] but its values have 0 bytes; fetch the file again");
    refused(
        tensor("w", -1).bytes(9, 4, out -> out.write(new byte[4])),
        "expected at most 64 axes of sizes from 0 on but the shape is [-1]");
    refused(
        tensor("w", 1L << 40, 1L << 40).bytes(9, 4, out -> out.write(new byte[4])),
        "from 0 on but the shape is [1099511627776, 1099511627776]");
    refused(
        tensor("w", Long.MAX_VALUE).bytes(9, 4, out -> out.write(new byte[4])),
        "expected F32 of shape [9223372036854775807] but its values have 4 bytes");
    refused(
        new ProtoMessage().integer(2, 8).text(8, "w"),
        "expected floating-point numbers, integers or booleans but its data type is number 8");
    refused(
        tensor("w", 1).bytes(10, 8, out -> out.write(new byte[8])),
        "expected values of F32 in raw_data or FLOAT_DATA but they are in DOUBLE_DATA");
    refused(
        tensor("w", 1).number(4, 1), "expected its values in one piece but they are in several");
    refused(
        new ProtoMessage()
            .integer(1, 9)
            .integer(2, 6)
            .text(8, "w")
            .bytes(5, 2, out -> out.write(new byte[2])),
        "expected 9 values but they have 2 bytes");
    refused(tensor("", 0), "expected the name of an initialiser but there is none");
    ProtoMessage axes = tensor("w");
    for (int i = 0; i < 65; i++) {
      axes.integer(1, 1);
    }
    refused(axes, "expected at most 64 axes but there are more");
  }

  @Test
  void tooFewOrTooManyValuesAreRefusedWhenRead() throws Exception {
    ProtoMessage early = new ProtoMessage().integer(1, 1).integer(2, 6).text(8, "w");
    unreadable(early.bytes(5, 1, out -> out.write(new byte[] {-1})), "expected 1 values but: ");
    ProtoMessage many = new ProtoMessage().integer(1, 1).integer(2, 6).text(8, "w");
    unreadable(
        many.bytes(5, 2, out -> out.write(new byte[2])), "expected 1 values but there are more");
  }

  private void unreadable(ProtoMessage tensor, String message) throws IOException {
    try (Tensors tensors = OnnxInitializers.open(write(tensor))) {
      assertThatThrownBy(() -> tensors.read("w"))
          .isInstanceOf(WeightFileException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void duplicateTensorNameIsRefused() throws Exception {
    ProtoMessage graph = new ProtoMessage().nested(5, tensor("w", 0)).nested(5, tensor("w", 0));
    assertThatThrownBy(() -> OnnxInitializers.open(model(graph)))
        .isInstanceOf(WeightFileException.class)
        .hasMessageContaining("expected every name once but \"w\" is there twice");
  }

  @Test
  void messagesLongerThanTheirParentsAreRefused() throws Exception {
    byte[] bytes = Files.readAllBytes(model(new ProtoMessage().nested(5, tensor("w", 0))));
    for (int length : new int[] {-1, 100, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.writeInt64(1, 8);
      coded.writeTag(7, 2);
      coded.writeUInt32NoTag(length);
      coded.writeRawBytes(bytes);
      coded.flush();
      Path file = Files.write(folder.resolve("model.onnx"), out.toByteArray());
      assertThatThrownBy(() -> OnnxInitializers.open(file))
          .isInstanceOf(WeightFileException.class)
          .hasMessageContaining("expected an ONNX model but: ");
    }
  }

  @Test
  void emptyFileIsRefusedAsModelWithoutAGraph() throws Exception {
    Path file = Files.write(folder.resolve("model.onnx"), new byte[0]);
    assertThatThrownBy(() -> OnnxInitializers.open(file))
        .isInstanceOf(WeightFileException.class)
        .hasMessageEndingWith("model.onnx: expected an ONNX model but it has no graph; is it one?");
  }

  /** A file truncated anywhere is refused, because protocol buffers are nested lengths. */
  @Test
  void truncatedModelIsRefused() throws Exception {
    byte[] whole = FormulaGoldens.bytes("onnx/initializers.onnx");
    // The last field is the operator set of 6 bytes; all weights precede it.
    for (int length = 0; length < whole.length - 6; length++) {
      Path file = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> OnnxInitializers.open(file))
          .as("cut at %d", length)
          .isInstanceOf(WeightFileException.class);
    }
  }

  private static ProtoMessage tensor(String name, long... shape) {
    ProtoMessage message = new ProtoMessage();
    Arrays.stream(shape).forEach(size -> message.integer(1, size));
    return message.integer(2, FLOAT).text(8, name);
  }

  private static ProtoMessage entry(String key, String value) {
    return new ProtoMessage().text(1, key).text(2, value);
  }

  private void refused(ProtoMessage tensor, String message) throws IOException {
    Path file = write(tensor);
    assertThatThrownBy(() -> OnnxInitializers.open(file))
        .isInstanceOf(WeightFileException.class)
        .hasMessageContaining(message);
  }

  private Path write(ProtoMessage tensor) throws IOException {
    return model(new ProtoMessage().nested(5, tensor));
  }

  private Path model(ProtoMessage graph) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ProtoMessage().integer(1, 8).nested(7, graph).writeTo(out);
    return Files.write(folder.resolve("model.onnx"), out.toByteArray());
  }
}

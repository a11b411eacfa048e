package org.resnet4j.weightfile;

import static java.util.stream.Collectors.joining;
import static org.resnet4j.weightfile.Hostile.little;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.tensors.FileTensors;

class HostileSafetensorsTest {
  private static final String A = tensor("a", "F32", "[2]", "[0,8]");
  private static final String DATA = "12345678";

  @ParameterizedTest
  @MethodSource("files")
  void hostileFileIsRefusedInOneSentence(Hostile file, @TempDir Path folder) throws IOException {
    file.assertRefused(folder);
  }

  static Stream<Hostile> files() {
    return Stream.concat(lengthsAndJson(), tensors());
  }

  private static Stream<Hostile> lengthsAndJson() {
    return Stream.of(
        new Hostile(
            "negative length of the header",
            little(-1, 8) + "{}",
            "offset 0: expected a header of 2 to 2 bytes but its length is 18446744073709551615; fetch the file again"),
        new Hostile(
            "length of the header over the file",
            little(1 << 20, 8) + "{}  ",
            "expected a file of weights"),
        new Hostile("length of one", little(1, 8) + "{}", "expected a header of 2 to 2 bytes"),
        of(
            "cut JSON",
            "{\"a\":{\"dtype\":\"F32\"",
            "",
            "header: character 19: expected JSON but: Unexpected end-of-input"),
        of("no JSON", "{'a'}", "", "expected JSON but: Unexpected character"),
        of("UTF-32", "\0\0\0{", "", "expected a file of weights"),
        of("no UTF-8", "{\"\u00ff\":{}}", "", "expected UTF-8 but there are other bytes"),
        of(
            "a name that clears the screen",
            "{\"a\\u001b[2J\\n\":{\"dtype\":\"F4\"}}",
            "",
            "tensor \"a\\u001b[2J\\u000a\": expected a dtype of"),
        of(
            "one tensor too many",
            IntStream.rangeClosed(0, FileTensors.MOST)
                .mapToObj(
                    i -> "\"" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}")
                .collect(joining(",", "{", "}")),
            "",
            ": expected a header of at most 100000 tensors but there are more; check that it is a file of weights"),
        of("text behind the header", "{} x", "", "expected JSON but: Unrecognized token 'x'"),
        of("a second object", "{}{}", "", "header: character 3: expected the end but found {"),
        of("a name twice", "{" + A + "," + A + "}", DATA, "expected JSON but: Duplicate field 'a'"),
        of(
            "a field twice",
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F16\"}}",
            "",
            "Duplicate field 'dtype'"),
        of("a list for a tensor", "{\"a\":[]}", "", "expected an object but found ["),
        of(
            "metadata with a list",
            "{\"__metadata__\":{\"x\":[]}}",
            "",
            "expected a string but found ["),
        of(
            "lists in lists",
            "{\"a\":{\"x\":" + "[".repeat(100) + "]".repeat(100) + "}}",
            "",
            "expected JSON but: Document nesting depth; fetch the file again"),
        of(
            "a long name",
            "{\"" + "a".repeat(60_000) + "\":{}}",
            "",
            "expected JSON but: Name length"));
  }

  private static Stream<Hostile> tensors() {
    return Stream.of(
        of(
            "8-bit floats",
            "{" + tensor("a", "F8_E4M3", "[8]", "[0,8]") + "}",
            DATA,
            "tensor \"a\": expected a dtype of [F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL] but it is \"F8_E4M3\"; convert it to F32 or BF16 where it was made"),
        of("no dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", DATA, "but it is \"\""),
        of("a number for a dtype", "{\"a\":{\"dtype\":4}}", DATA, "expected a string but found 4"),
        sized("a negative size", "[-2]", "[0,8]", "of sizes from 0 on but the shape is [-2]"),
        sized("a fraction", "[1.5]", "[0,8]", "expected a whole number below 2^63 but found 1.5"),
        sized(
            "a huge size", "[9223372036854775808]", "[0,8]", "expected a whole number below 2^63"),
        sized(
            "too many values",
            "[4611686018427387904]",
            "[0,8]",
            "expected data_offsets that hold F32 of shape [4611686018427387904] inside the 8 bytes of data but they are [0, 8]; fetch the file again"),
        sized(
            "sizes that overflow",
            "[4294967296,4294967296,2]",
            "[0,8]",
            "of sizes from 0 on but the shape is [4294967296, 4294967296, 2]"),
        sized(
            "an empty shape that overflows",
            "[0,4611686018427387904,4]",
            "[0,0]",
            "of sizes from 0 on"),
        sized("65 axes", "[1" + ",1".repeat(64) + "]", "[0,4]", "expected at most 64 numbers"),
        sized("one offset", "[2]", "[8]", "but they are [8]"),
        sized("three offsets", "[2]", "[0,4,8]", "expected at most 2 numbers but found 8"),
        sized("a negative offset", "[2]", "[-8,0]", "but they are [-8, 0]"),
        sized("offsets the wrong way", "[2]", "[8,0]", "but they are [8, 0]"),
        sized("more bytes than values", "[1]", "[0,8]", "but they are [0, 8]"),
        sized("offsets over the end", "[3]", "[0,12]", "inside the 8 bytes of data"),
        of(
            "overlapping tensors",
            "{" + A + "," + tensor("b", "F32", "[1]", "[4,8]") + "}",
            DATA,
            "expected tensor \"b\" at byte 8 of the data, where the one before it ends, but it is at 4; fetch the file again"),
        of(
            "the same bytes twice",
            "{" + A + "," + tensor("b", "F32", "[2]", "[0,8]") + "}",
            DATA,
            "but it is at 0"),
        of(
            "a gap",
            "{" + tensor("a", "F32", "[1]", "[4,8]") + "}",
            DATA,
            "expected tensor \"a\" at byte 0"),
        of(
            "bytes of nobody",
            "{" + A + "}",
            DATA + "x",
            "expected the end of the file but there are 1 more bytes"));
  }

  private static Hostile sized(String name, String shape, String offsets, String sentence) {
    return of(name, "{" + tensor("a", "F32", shape, offsets) + "}", DATA, sentence);
  }

  private static String tensor(String name, String type, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, type, shape, offsets);
  }

  private static Hostile of(String name, String header, String data, String sentence) {
    return new Hostile(name, little(header.length(), 8) + header + data, sentence);
  }
}

package org.resnet4j.zoo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("StringConcatToTextBlock") // escapes say which characters there are
class LabelFileTest {
  private static final List<String> NAMES =
      List.of("tench, Tinca tinca", "jack-o'-lantern", "cr\u00e8me \"br\u00fbl\u00e9e\"");

  @TempDir Path folder;

  /** The texts of JSON and Python are as json.dumps, repr and pprint write them. */
  static Stream<String> texts() {
    return Stream.of(
        "tench, Tinca tinca\njack-o'-lantern\ncr\u00e8me \"br\u00fbl\u00e9e\"",
        "tench, Tinca tinca\r\njack-o'-lantern \r\n cr\u00e8me \"br\u00fbl\u00e9e\"\r\n\r\n \r\n",
        "tench, Tinca tinca\rjack-o'-lantern\rcr\u00e8me \"br\u00fbl\u00e9e\"\r",
        "0: tench, Tinca tinca\n1: jack-o'-lantern\n2: cr\u00e8me \"br\u00fbl\u00e9e\"\n",
        "000\ttench, Tinca tinca\n001\tjack-o'-lantern\n002\tcr\u00e8me \"br\u00fbl\u00e9e\"\n",
        "2 cr\u00e8me \"br\u00fbl\u00e9e\"\n0 tench, Tinca tinca\n1 jack-o'-lantern\n",
        "id,label\n"
            + "0,\"tench, Tinca tinca\"\n"
            + "1,jack-o'-lantern\n"
            + "2,\"cr\u00e8me \"\"br\u00fbl\u00e9e\"\"\"\n",
        "label,index\n"
            + "\"tench, Tinca tinca\",0\n"
            + "jack-o'-lantern,1\n"
            + "\"cr\u00e8me \"\"br\u00fbl\u00e9e\"\"\",2\n",
        "[\"tench, Tinca tinca\", \"jack-o'-lantern\", \"cr\\u00e8me \\\"br\\u00fbl\\u00e9e\\\"\"]",
        "{\"0\": \"tench, Tinca tinca\", \"2\": \"cr\\u00e8me \\\"br\\u00fbl\\u00e9e\\\"\", \"1\":"
            + " \"jack-o'-lantern\"}",
        "{\"jack-o'-lantern\": 1, \"tench, Tinca tinca\": 0, \"cr\u00e8me"
            + " \\\"br\u00fbl\u00e9e\\\"\": 2}",
        "{\"0\": [\"n01440764\", \"tench, Tinca tinca\"], \"1\": [\"n03590841\","
            + " \"jack-o'-lantern\"], \"2\": [\"x\", \"cr\u00e8me \\\"br\u00fbl\u00e9e\\\"\"]}",
        "{\"architectures\": [\"ResNet\"], \"id2label\": {\"0\": \"tench, Tinca tinca\", \"1\":"
            + " \"jack-o'-lantern\", \"2\": \"cr\u00e8me \\\"br\u00fbl\u00e9e\\\"\"}, \"label2id\":"
            + " {}}",
        "{0: 'tench, Tinca tinca', 1: \"jack-o'-lantern\", 2: 'cr\u00e8me \"br\u00fbl\u00e9e\"'}",
        "{0: 'tench, Tinca tinca',\n"
            + " 1: \"jack-o'-lantern\",\n"
            + " # the last\n"
            + " 2: 'cr\\xe8me \"br\\u00fbl\\u00e9e\"',}\n",
        "('tench, Tinca tinca', 'jack-o\\'-lantern', 'cr\u00e8me \"br\u00fbl\u00e9e\"')"
            .replace('(', '[')
            .replace(')', ']'),
        "{'tench, Tinca tinca': 0, \"jack-o'-lantern\": 1, 'cr\u00e8me \"br\u00fbl\u00e9e\"': 2}");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void labelsAreReadInTheOrderOfTheOutputs(String text) throws IOException {
    assertThat(read(text.getBytes(UTF_8))).isEqualTo(NAMES);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void byteOrderMarksAreNoPartOfALabel(String text) throws IOException {
    for (Charset charset :
        List.of(
            UTF_8, UTF_16LE, UTF_16BE, Charset.forName("UTF-32LE"), Charset.forName("UTF-32BE"))) {
      assertThat(read(("\ufeff" + text).getBytes(charset))).as("%s", charset).isEqualTo(NAMES);
    }
  }

  @ParameterizedTest
  @MethodSource("plain")
  void namesThatOnlyLookNumberedAreKept(List<String> names) throws IOException {
    assertThat(read(String.join("\n", names).getBytes(UTF_8))).isEqualTo(names);
  }

  static Stream<List<String>> plain() {
    return Stream.of(
        List.of("0", "1", "2"),
        List.of("2 doors", "4 doors", "van"),
        List.of("2 doors", "4 doors", "5 doors"),
        List.of("1 euro", "2 euro", "5 cent"),
        List.of("7-eleven", "aldi"),
        List.of("bread", "rolls, 6", "rolls, 12"));
  }

  @Test
  void thousandNumberedLinesAreSortedByNumber() throws IOException {
    List<String> lines =
        IntStream.range(0, 1000).map(i -> (i * 7) % 1000).mapToObj(i -> i + " c" + i).toList();
    assertThat(read(String.join("\n", lines).getBytes(UTF_8)))
        .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "c" + i).toList());
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of(new byte[0], "expected a name on each line but the file has none"),
        Arguments.of(bytes("\n \n"), "expected a name on each line but the file has none"),
        Arguments.of(
            bytes("a\n\nb"),
            "line 2: expected a name but it is blank; remove the line, or write the name that is"
                + " missing"),
        Arguments.of(
            "a\ncr\u00e8me\n".getBytes(ISO_8859_1),
            "line 2: expected text in UTF-8 but byte 4 is none; save the file as UTF-8"),
        Arguments.of(
            "a\nb".getBytes(UTF_16LE),
            "line 1: expected text but there is the control character 0; save the file as UTF-8"
                + " text"),
        Arguments.of(
            new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0, 'b'},
            "line 1: expected text in UTF-16LE but byte 4 is none; save the file as UTF-8"),
        Arguments.of(
            bytes("1: a\n2: b\n3: c\n"),
            "expected lines numbered from 0 to 2, each number once, but 3 numbers from 1 to 3 are"
                + " there; number them from 0, or remove the numbers"),
        Arguments.of(
            bytes("0,a\n0,b\n"),
            "expected lines numbered from 0 to 1, each number once, but 1 numbers from 0 to 0 are"
                + " there; number them from 0, or remove the numbers"),
        Arguments.of(
            bytes("x".repeat(1001)),
            "line 1: expected a name of at most 1000 characters but it has 1001; write one name a"
                + " line"),
        Arguments.of(bytes("[]"), "expected names of classes but there are none"),
        Arguments.of(bytes("{}"), "expected names of classes but there are none"),
        Arguments.of(
            bytes("[\"a\", 3]"), "class 1: expected a name but was \"3\"; write it as text"),
        Arguments.of(
            bytes("[\"a\", null]"), "class 1: expected a name but was \"null\"; write it as text"),
        Arguments.of(
            bytes("{\"0\": \"a\", \"2\": \"b\"}"),
            "expected numbers from 0 to 1, each once, but there is \"2\"; number the classes from"
                + " 0"),
        Arguments.of(
            bytes("{0: 'a', \"0\": 'b'}"),
            "expected each number once but 0 is there twice; correct it"),
        Arguments.of(
            bytes("{0: 'a', 0: 'b'}"),
            "line 1: expected a key that is a name or a number and is there once but there is '0';"
                + " correct it, or write one name a line without brackets"),
        Arguments.of(
            bytes("{0: 'a',\n 1: os.system('x')}"),
            "line 2: expected a name in quotes, a whole number, a list or a dictionary but there is"
                + " 'o'; correct it, or write one name a line without brackets"),
        Arguments.of(
            bytes("{0: 'a"),
            "line 1: expected the quote ' that ends a name but the file ends; correct it, or write"
                + " one name a line without brackets"),
        Arguments.of(
            bytes("[".repeat(100_000)),
            "line 1: expected at most 8 nested values but there is '['; correct it, or write one"
                + " name a line without brackets"),
        Arguments.of(
            bytes("{0: 'a'} x"),
            "line 1: expected the end of the file but there is 'x'; correct it, or write one name a"
                + " line without brackets"),
        Arguments.of(
            new byte[(4 << 20) + 1],
            "expected at most 4194304 bytes of labels but the file has more; choose a file of"
                + " labels"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedFilesAreRefusedInOneSentence(byte[] bytes, String sentence) throws IOException {
    Path file = Files.write(folder.resolve("labels.txt"), bytes);
    assertThatIOException()
        .isThrownBy(() -> LabelFile.read(file))
        .withMessage(file + ": " + sentence);
  }

  @Test
  void otherNumbersOfLabelsAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("labels.txt"), "background\na\nb\n");
    assertThat(LabelFile.read(file, 3)).hasSize(3);
    assertThatIOException()
        .isThrownBy(() -> LabelFile.read(file, 2))
        .withMessage(
            file
                + ": expected 2 names, one for each output of the network, but there are 3; remove"
                + " \"background\", the first");
    assertThatIOException()
        .isThrownBy(() -> LabelFile.read(file, 5))
        .withMessageEndingWith("but there are 3; choose the labels of this network");
  }

  private List<String> read(byte[] bytes) throws IOException {
    return LabelFile.read(Files.write(folder.resolve("labels.txt"), bytes));
  }
}

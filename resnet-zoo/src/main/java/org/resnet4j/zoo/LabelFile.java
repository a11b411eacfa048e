package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.support.BoundedFile;
import org.resnet4j.support.ForeignText;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * Reads the names of classes from files in common formats.
 *
 * <ul>
 *   <li>Text with one name a line, in the order of a network's outputs. Every line may have its
 *       number before it ({@code 0: tench}, {@code 0 tench}, {@code 0,tench}) or behind a comma or
 *       tab ({@code tench,0}).
 *   <li>JSON or a literal of Python: a list of names, a dictionary from numbers to names or from
 *       names to numbers, Keras's {@code {"0": ["n01440764", "tench"]}}, or a Hugging Face {@code
 *       config.json} with {@code id2label} or {@code label_names}.
 * </ul>
 *
 * <p>The encoding is UTF-8, or UTF-16 or UTF-32 with a byte-order mark.
 */
public final class LabelFile {
  private static final int MOST_BYTES = 4 << 20;
  private static final Json.Limits LIMITS = new Json.Limits(MOST_BYTES, 1 << 20, 8, 1000);

  private LabelFile() {}

  /**
   * Returns the names of {@code classes} classes, in the order of a network's outputs.
   *
   * @throws IOException that names the file and the line, with what was expected and what to do
   */
  public static List<String> read(Path file, int classes) throws IOException {
    List<String> names = read(file);
    if (names.size() != classes) {
      boolean background = names.size() == classes + 1 && names.get(0).equals("background");
      throw new IOException(
          "%s: expected %s names, one for each output of the network, but there are %s; %s"
              .formatted(
                  file,
                  classes,
                  names.size(),
                  background
                      ? "remove \"background\", the first"
                      : "choose the labels of this network"));
    }
    return names;
  }

  /**
   * Returns all names in the file, in the order of a network's outputs.
   *
   * @throws IOException that names the file and the line, with what was expected and what to do
   */
  public static List<String> read(Path file) throws IOException {
    byte[] bytes =
        BoundedFile.read(
            file,
            MOST_BYTES,
            "expected at most %s bytes of labels but the file has more; choose a file of labels"
                .formatted(MOST_BYTES));
    try {
      String text = text(bytes);
      String start = text.stripLeading();
      return start.startsWith("{") || start.startsWith("[")
          ? LabelTree.names(tree(text))
          : LabelLines.names(text);
    } catch (LabelException e) {
      throw new IOException(file + ": " + ForeignText.printable(e.getMessage()), e);
    }
  }

  /** Returns the characters after the byte-order mark, if there is one. */
  private static String text(byte[] bytes) throws LabelException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Charset charset = StandardCharsets.UTF_8;
    if (begins(bytes, 0xff, 0xfe, 0, 0)) {
      charset = Charset.forName("UTF-32LE");
      in.position(4);
    } else if (begins(bytes, 0, 0, 0xfe, 0xff)) {
      charset = Charset.forName("UTF-32BE");
      in.position(4);
    } else if (begins(bytes, 0xff, 0xfe)) {
      charset = StandardCharsets.UTF_16LE;
      in.position(2);
    } else if (begins(bytes, 0xfe, 0xff)) {
      charset = StandardCharsets.UTF_16BE;
      in.position(2);
    } else if (begins(bytes, 0xef, 0xbb, 0xbf)) {
      in.position(3);
    }
    CharsetDecoder decoder = charset.newDecoder();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    CoderResult result = decoder.decode(in, out, true);
    result = result.isError() ? result : decoder.flush(out);
    String text = out.flip().toString();
    long line = 1 + text.chars().filter(c -> c == '\n').count();
    if (result.isError()) {
      throw new LabelException(
          "line %s: expected text in %s but byte %s is none; save the file as UTF-8"
              .formatted(line, charset, in.position()));
    }
    int control = control(text);
    if (control >= 0) {
      throw new LabelException(
          "line %s: expected text but there is the control character %s; save the file as UTF-8 text"
              .formatted(
                  1 + text.substring(0, control).chars().filter(c -> c == '\n').count(),
                  (int) text.charAt(control)));
    }
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }

  private static boolean begins(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || bytes[i] != (byte) mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the position of the first control character other than tab and line break, or -1. */
  private static int control(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i)) && "\t\n\r\u0085".indexOf(text.charAt(i)) < 0) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the tree of JSON, or else of a literal of Python. */
  private static Object tree(String text) throws LabelException {
    try {
      Json.check(text, LIMITS);
      Object tree = Json.parse(text);
      if (tree != null) {
        return tree;
      }
      throw new LabelException("expected labels but there is null");
    } catch (JsonException noJson) {
      try {
        return PythonLiteral.parse(text);
      } catch (PythonLiteral.SyntaxException e) {
        throw new LabelException(
            e.getMessage() + "; correct it, or write one name a line without brackets");
      }
    }
  }
}

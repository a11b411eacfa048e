package org.resnet4j.zoo.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * JSON from a file, token by token: no tree that is larger than the file. Duplicate keys are
 * refused.
 */
final class JsonText implements Closeable {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
          .build();

  /** Reads the value of a field. */
  interface Field {
    void read(String name) throws IOException;
  }

  private static final int MOST_SHOWN = 40;

  /** Axes of nearly all tensors. */
  private static final int FEW = 8;

  private final String where;
  private final JsonParser parser;

  JsonText(String where, InputStream text) throws IOException {
    this.where = where;
    // Never guessed from the first bytes, as Jackson would.
    this.parser = FACTORY.createParser(new InputStreamReader(text, UTF_8.newDecoder()));
  }

  /** Calls {@code field} for each field of the object that comes next. */
  void object(Field field) throws IOException {
    expect(JsonToken.START_OBJECT, "an object");
    while (next() != JsonToken.END_OBJECT) {
      field.read(parser.currentName());
    }
  }

  String string() throws IOException {
    expect(JsonToken.VALUE_STRING, "a string");
    return text();
  }

  /** A list of at most {@code most} whole numbers. */
  long[] integers(int most) throws IOException {
    expect(JsonToken.START_ARRAY, "a list of whole numbers");
    long[] values = new long[Math.min(most, FEW)];
    int count = 0;
    while (next() != JsonToken.END_ARRAY) {
      if (count == most) {
        throw unexpected("at most " + most + " numbers");
      }
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw unexpected("a whole number below 2^63");
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, most);
      }
      values[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  void skip() throws IOException {
    next();
    try {
      parser.skipChildren();
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw refused(e);
    }
  }

  void end() throws IOException {
    if (next() != null) {
      throw unexpected("the end");
    }
  }

  private void expect(JsonToken token, String what) throws IOException {
    if (next() != token) {
      throw unexpected(what);
    }
  }

  private JsonToken next() throws IOException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw refused(e);
    }
  }

  private WeightFileException unexpected(String expected) throws IOException {
    String actual = parser.currentToken() == null ? "the end" : text();
    if (actual.length() > MOST_SHOWN) {
      actual = actual.substring(0, MOST_SHOWN) + "…";
    }
    return at("expected %s but found %s".formatted(expected, actual));
  }

  private String text() throws IOException {
    try {
      return parser.getText();
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw refused(e);
    }
  }

  /** Without what Jackson says of places: it does not know the file. */
  private WeightFileException refused(IOException cause) {
    String finding =
        cause instanceof JsonProcessingException json
            ? "JSON but: " + json.getOriginalMessage().split(" ?[(\\[\n]", 2)[0]
            : "UTF-8 but there are other bytes";
    WeightFileException refusal = at("expected " + finding);
    refusal.initCause(cause);
    return refusal;
  }

  private WeightFileException at(String finding) {
    return new WeightFileException(
        "%s: character %s: %s; %s"
            .formatted(
                where,
                parser.currentLocation().getCharOffset(),
                finding,
                WeightFileException.REFETCH));
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}

package org.resnet4j.support;

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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A reader of JSON token by token, without a tree. Duplicate keys are refused. */
public final class JsonText implements Closeable {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  /** A reader of the value of a field. */
  public interface Field {
    void read(String name) throws IOException;
  }

  private static final int MOST_SHOWN = 40;

  /** The initial capacity for integers, the number of axes of nearly all tensors. */
  private static final int FEW = 8;

  private final String where;
  private final BiFunction<String, @Nullable Throwable, ? extends IOException> refusal;
  private final JsonParser parser;

  /**
   * Creates a reader of {@code text} as UTF-8.
   *
   * @param where name of the text in messages
   * @param depth largest depth of nested objects and lists
   * @param refusal creates an exception from a finding with its position, and a cause
   */
  public JsonText(
      String where,
      InputStream text,
      int depth,
      BiFunction<String, @Nullable Throwable, ? extends IOException> refusal)
      throws IOException {
    this.where = where;
    this.refusal = refusal;
    JsonFactory factory =
        FACTORY
            .rebuild()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(depth).build())
            .build();
    // A reader fixes the encoding; Jackson would guess it from the first bytes.
    this.parser = factory.createParser(new InputStreamReader(text, UTF_8.newDecoder()));
  }

  /** Calls {@code field} for each field of the next object. */
  public void object(Field field) throws IOException {
    expect(JsonToken.START_OBJECT, "an object");
    while (next() != JsonToken.END_OBJECT) {
      field.read(parser.currentName());
    }
  }

  /** Returns the next string. */
  public String string() throws IOException {
    expect(JsonToken.VALUE_STRING, "a string");
    return text();
  }

  /** Returns the next list, of at most {@code most} whole numbers. */
  public long[] integers(int most) throws IOException {
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

  /** Skips the next value. */
  public void skip() throws IOException {
    next();
    try {
      parser.skipChildren();
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw refused(e);
    }
  }

  /** Throws if anything follows. */
  public void end() throws IOException {
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

  private IOException unexpected(String expected) throws IOException {
    String actual = parser.currentToken() == null ? "the end" : text();
    if (actual.length() > MOST_SHOWN) {
      actual = actual.substring(0, MOST_SHOWN) + "…";
    }
    return at("expected %s but found %s".formatted(expected, actual), null);
  }

  private String text() throws IOException {
    try {
      return parser.getText();
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw refused(e);
    }
  }

  /** Returns an exception without Jackson's location, which does not name the file. */
  private IOException refused(IOException cause) {
    String finding =
        cause instanceof JsonProcessingException json
            ? "JSON but: " + json.getOriginalMessage().split(" ?[(\\[\n]", 2)[0]
            : "UTF-8 but there are other bytes";
    return at("expected " + finding, cause);
  }

  private IOException at(String finding, @Nullable Throwable cause) {
    return refusal.apply(
        "%s: character %s: %s".formatted(where, parser.currentLocation().getCharOffset(), finding),
        cause);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}

package org.resnet4j.support;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes records, maps and lists as JSON and reads records back. It uses Jackson, relocated to a
 * package of this project so that it cannot conflict with the Jackson of a host application.
 *
 * <p>A tree, in and out, is made of {@code Map<String, Object>}, {@code List<Object>}, {@code
 * String}, {@code Number}, {@code Boolean} and null.
 */
public final class Json {
  /**
   * The largest accepted number of tokens; the confusion matrix of 1000 classes takes a million.
   */
  private static final int MOST_TOKENS = 1 << 22;

  /** The mapper, which uses only the fields of records: a method {@code isVector} is no field. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .annotationIntrospector(new Forms())
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final ObjectWriter WITH_NULLS = MAPPER.writer();

  private static final ObjectMapper WITHOUT_NULLS =
      MAPPER
          .copy()
          .setDefaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS));

  /**
   * The limits on JSON from outside.
   *
   * @param bytes size of the document in bytes
   * @param tokens number of tokens
   * @param depth depth of nested objects and lists
   * @param text length of one string or name in characters
   */
  public record Limits(long bytes, long tokens, int depth, int text) {}

  /**
   * A value that has a JSON form of its own, alone and as a field of a record. Its class needs a
   * static method {@code ofTree(Object)} that reads it and may throw {@link JsonException}.
   */
  public interface Form {
    /** Returns the tree of this value. */
    Map<String, Object> toTree();
  }

  /** Finds the methods of {@link Form}s. */
  private static final class Forms extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable Boolean hasAsValue(Annotated found) {
      return isForm(found, "toTree", 0) ? Boolean.TRUE : super.hasAsValue(found);
    }

    @Override
    public JsonCreator.@Nullable Mode findCreatorAnnotation(
        MapperConfig<?> config, Annotated found) {
      return isForm(found, "ofTree", 1)
          ? JsonCreator.Mode.DELEGATING
          : super.findCreatorAnnotation(config, found);
    }

    private static boolean isForm(Annotated found, String name, int parameters) {
      return found instanceof AnnotatedMethod method
          && method.getName().equals(name)
          && method.getParameterCount() == parameters
          && Form.class.isAssignableFrom(method.getDeclaringClass());
    }
  }

  private Json() {}

  /** Returns {@code value} as an indented document; null fields are left out. */
  public static String document(Object value) {
    return write(WITHOUT_NULLS.writerWithDefaultPrettyPrinter(), value) + "\n";
  }

  /** Prints {@code value} as an indented document; null fields are written. */
  public static void print(Object value, PrintWriter out) {
    // Line by line, because some printers expect one line per println.
    out.print(write(MAPPER.writerWithDefaultPrettyPrinter(), value));
    out.println();
    out.flush();
  }

  /** Returns {@code value} in one line; null fields are written. */
  public static String line(@Nullable Object value) {
    return write(WITH_NULLS, value);
  }

  private static String write(ObjectWriter writer, @Nullable Object value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a value that Jackson cannot write: " + value, e);
    }
  }

  /** Returns {@code value}, a record for example, as a tree. */
  public static Object tree(Object value) {
    return MAPPER.convertValue(value, Object.class);
  }

  /** Returns the tree for the JSON {@code text}; {@code null} yields null. */
  public static @Nullable Object parse(String text) throws JsonException {
    try {
      return MAPPER.readValue(text, Object.class);
    } catch (JsonProcessingException e) {
      throw new JsonException(JsonFinding.of(e), e);
    }
  }

  /**
   * Returns the record for the JSON {@code text}. Components that are not {@code @Nullable} must be
   * present.
   */
  public static <T extends Record> T read(String text, Class<T> type) throws JsonException {
    try {
      return complete(MAPPER.readValue(text, type));
    } catch (JsonProcessingException e) {
      throw new JsonException(JsonFinding.of(e), e);
    }
  }

  /** Returns the record for a tree. Components that are not {@code @Nullable} must be present. */
  public static <T extends Record> T read(@Nullable Object tree, Class<T> type)
      throws JsonException {
    try {
      return complete(MAPPER.treeToValue(MAPPER.valueToTree(tree), type));
    } catch (JsonProcessingException e) {
      throw new JsonException(JsonFinding.of(e), e);
    }
  }

  private static <T extends Record> T complete(@Nullable T record) throws JsonException {
    Optional<String> missing = record == null ? Optional.of("it is null") : missing(record);
    if (record == null || missing.isPresent()) {
      throw new JsonException(missing.orElseThrow());
    }
    return record;
  }

  private static Optional<String> missing(Record record) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value;
      try {
        // Records of other packages may be non-public.
        component.getAccessor().setAccessible(true);
        value = component.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("a record that cannot be read: " + component, e);
      }
      if (value == null && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        return Optional.of("it lacks \"" + component.getName() + "\"");
      }
      if (value instanceof Record inner) {
        Optional<String> missing = missing(inner);
        if (missing.isPresent()) {
          return missing;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Checks {@code text} without building a tree.
   *
   * @throws JsonException when it is not one JSON value, names a field of an object twice, or
   *     exceeds {@code limits}
   */
  public static void check(String text, Limits limits) throws JsonException {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.depth())
                    .maxTokenCount(limits.tokens())
                    .maxStringLength(limits.text())
                    .maxNameLength(limits.text())
                    .maxDocumentLength(limits.bytes())
                    .build())
            .build();
    try (JsonParser parser = factory.createParser(text)) {
      pass(parser, limits.text());
      if (parser.nextToken() != null) {
        throw new JsonException("Trailing token " + parser.currentToken() + " after the value");
      }
    } catch (JsonProcessingException e) {
      throw new JsonException(JsonFinding.of(e), e);
    } catch (JsonException e) {
      throw e;
    } catch (IOException e) {
      throw new AssertionError("text in memory that cannot be read", e);
    }
  }

  /**
   * Reads one value. The length of strings is checked here, because Jackson checks only long ones,
   * when it decodes them.
   */
  private static void pass(JsonParser parser, int most) throws IOException {
    int depth = 0;
    do {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw new JsonException("No content to read");
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_STRING && parser.getTextLength() > most) {
        throw new JsonException("String value length exceeds the maximum allowed, " + most);
      }
    } while (depth > 0);
  }
}

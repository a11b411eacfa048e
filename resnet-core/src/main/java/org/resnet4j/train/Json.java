package org.resnet4j.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records as JSON and back. */
final class Json {
  /** The confusion matrix of 1000 classes takes a million. */
  private static final int MOST_TOKENS = 1 << 22;

  /** Columns alone: a record's {@code isVector} is no column. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private Json() {}

  static String write(Object record) {
    try {
      return MAPPER.writeValueAsString(record) + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a record that Jackson cannot write: " + record, e);
    }
  }

  static JsonNode tree(Object record) {
    return MAPPER.valueToTree(record);
  }

  /** Returns a record of which nothing is null that may not be. */
  static <T extends Record> T read(String text, Class<T> type) throws JsonProcessingException {
    T record = MAPPER.readValue(text, type);
    Optional<String> missing = record == null ? Optional.of("it is null") : missing(record);
    if (missing.isPresent()) {
      throw new JsonMappingException(null, missing.orElseThrow());
    }
    return record;
  }

  private static Optional<String> missing(Record record) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value;
      try {
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
}

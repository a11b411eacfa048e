package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  private static final Json.Limits LIMITS = new Json.Limits(64, 12, 3, 8);

  private record Inner(String name) {}

  private record Outer(int count, List<Double> values, Inner inner, @Nullable String note) {
    /** A method that is no field of the record and must not be written. */
    @SuppressWarnings("unused") // Jackson would treat it as a property
    boolean isEmpty() {
      return count == 0;
    }
  }

  private static final Outer VALUE = new Outer(2, List.of(0.5, 1.0), new Inner("a"), null);

  @Test
  void recordRoundTripsThroughDocumentTreeAndLine() throws JsonException {
    assertThat(Json.read(Json.document(VALUE), Outer.class)).isEqualTo(VALUE);
    assertThat(Json.read(Json.line(VALUE), Outer.class)).isEqualTo(VALUE);
    assertThat(Json.read(Json.tree(VALUE), Outer.class)).isEqualTo(VALUE);
    assertThat(Json.tree(VALUE)).isEqualTo(Json.parse(Json.line(VALUE)));
  }

  @Test
  void documentsOmitNullsAndLinesAndPrintsKeepThem() {
    assertThat(Json.document(VALUE)).doesNotContain("note", "empty").contains("\n").endsWith("}\n");
    assertThat(Json.line(VALUE))
        .isEqualTo("{\"count\":2,\"values\":[0.5,1.0],\"inner\":{\"name\":\"a\"},\"note\":null}");
    StringWriter printed = new StringWriter();
    Json.print(Arrays.asList(1, null), new PrintWriter(printed));
    assertThat(printed.toString().strip()).isEqualTo("[ 1, null ]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "null|it is null",
        "{\"count\":1,\"values\":[],\"inner\":{}}|it lacks \"name\"",
        "{\"count\":1,\"inner\":{\"name\":\"a\"}}|it lacks \"values\"",
        "{\"count\":\"many\"}|many",
        "{|Unexpected end-of-input"
      })
  void incompleteRecordIsRefusedWithTheMissingField(String json, String message) {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.read(json, Outer.class))
        .withMessageContaining(message);
  }

  @Test
  void treeConsistsOfMapsAndLists() throws JsonException {
    assertThat(Json.parse("{\"a\":[1,true,\"x\",null,{}]}"))
        .isEqualTo(Map.of("a", Arrays.asList(1, true, "x", null, Map.of())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "''|No content",
        "{\"a\":1} 2|Trailing token",
        "{\"a\":1,\"a\":2}|Duplicate field",
        "[[[[1]]]]|nesting depth",
        "[1,2,3,4,5,6,7,8,9,10,11,12]|Token count",
        "[\"123456789\"]|String value length",
        "{\"123456789\":1}|Name length",
        "[1|Unexpected end-of-input"
      })
  void jsonBeyondALimitIsRefused(String json, String message) {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.check(json, LIMITS))
        .withMessageContaining(message);
  }

  @Test
  void jsonWithinTheLimitsIsAccepted() {
    assertThatCode(() -> Json.check("{\"a\":[[1,2],\"1234567\"]} ", LIMITS))
        .doesNotThrowAnyException();
  }
}

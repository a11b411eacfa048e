package org.resnet4j.support;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns Jackson's exceptions into sentences without its classes, features and sources. */
final class JsonFinding {
  private static final int MOST_SHOWN = 60;

  /** The parts of Jackson's messages that only its users understand. */
  private static final Pattern INTERNAL =
      Pattern.compile(
          "\\n.*| \\(start marker.*| \\(for .*|: (was )?expect.*|[:,]? (from |enable )?`.*",
          Pattern.DOTALL);

  private JsonFinding() {}

  /**
   * Returns the finding in one line: the sentence of our own code where that refused a value, the
   * path of a field of another type, or a place in the text.
   */
  static String of(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof JsonException refusal) {
        return refusal.getMessage();
      }
      if (!(cause instanceof JsonProcessingException json)) {
        return path(e) + ForeignText.printable(ofOurs(cause));
      }
      if (!(json instanceof JsonMappingException)) {
        return syntax(json);
      }
      if (json instanceof MismatchedInputException mismatch && json.getCause() == null) {
        return ForeignText.printable(mismatch(mismatch));
      }
    }
    return path(e) + "it has a value that does not belong here";
  }

  /** Returns the message of a constructor that refused its arguments. */
  private static String ofOurs(Throwable cause) {
    String message = cause.getMessage();
    return cause instanceof NullPointerException || message == null
        ? "it lacks a field"
        : message.split("\\n", 2)[0];
  }

  private static String syntax(JsonProcessingException e) {
    String finding = INTERNAL.matcher(e.getOriginalMessage()).replaceFirst("");
    if (finding.lastIndexOf('(') > finding.lastIndexOf(')')) {
      finding += ")";
    }
    JsonLocation at = e.getLocation();
    return ForeignText.printable(finding)
        + (at == null || at.getLineNr() < 1
            ? ""
            : " at line " + at.getLineNr() + ", column " + at.getColumnNr());
  }

  private static String mismatch(MismatchedInputException e) {
    if (e.getOriginalMessage().startsWith("No content")) {
      return "No content to read";
    }
    String actual =
        e instanceof InvalidFormatException format
            ? TextNode.valueOf(String.valueOf(format.getValue())).toString()
            : "another kind of value";
    return "%sexpected %s but was %s"
        .formatted(path(e), kind(e.getTargetType()), ForeignText.start(actual, MOST_SHOWN));
  }

  /** Returns the names and indexes that lead to the value, and a colon; empty for the root. */
  private static String path(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    return mapping.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null
                        ? "[" + step.getIndex() + "]"
                        : "." + ForeignText.printable(step.getFieldName()))
            .collect(Collectors.joining())
            .replaceFirst("^\\.", "")
        + ": ";
  }

  private static String kind(@Nullable Class<?> type) {
    if (type == null) {
      return "another value";
    } else if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(constant -> ((Enum<?>) constant).name())
              .collect(Collectors.joining(", "));
    } else if (type == int.class
        || type == long.class
        || type == Integer.class
        || type == Long.class) {
      return "a whole number";
    } else if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return type == boolean.class ? "true or false" : "a number";
    } else if (CharSequence.class.isAssignableFrom(type)) {
      return "a text";
    } else if (type == Boolean.class) {
      return "true or false";
    }
    return Collection.class.isAssignableFrom(type) || type.isArray() ? "a list" : "an object";
  }
}

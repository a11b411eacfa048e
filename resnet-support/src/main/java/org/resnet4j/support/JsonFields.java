package org.resnet4j.support;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of an object in a tree of {@link Json}. Every method refuses a value of another
 * type in a sentence with the place, the expected and the actual value.
 */
public final class JsonFields {
  private static final int MOST_SHOWN = 60;

  /** A reader of one object of a list. */
  public interface Reader<T> {
    T read(JsonFields fields) throws JsonException;
  }

  private final String where;
  private final Map<?, ?> values;

  private JsonFields(String where, Map<?, ?> values) {
    this.where = where;
    this.values = values;
  }

  /**
   * Returns the fields of an object.
   *
   * @param where name of the object in messages
   */
  public static JsonFields of(String where, @Nullable Object tree) throws JsonException {
    if (tree instanceof Map<?, ?> values) {
      return new JsonFields(where, values);
    }
    throw unexpected(where, "an object", tree);
  }

  /** Refuses fields of other names, and returns this. */
  public JsonFields only(String... names) throws JsonException {
    for (Object name : values.keySet()) {
      if (!Arrays.asList(names).contains(name)) {
        throw new JsonException(
            "%s: expected only %s but there is also %s"
                .formatted(where, String.join(", ", names), shown(name)));
      }
    }
    return this;
  }

  /** Returns the object in a field. */
  public JsonFields object(String name) throws JsonException {
    return of(at(name), value(name));
  }

  /** Returns the objects of a list, each read by {@code reader}. */
  public <T> List<T> objects(String name, Reader<T> reader) throws JsonException {
    List<T> objects = new ArrayList<>();
    for (Object element : list(name, 0, Integer.MAX_VALUE)) {
      objects.add(reader.read(of(at(name) + "[" + objects.size() + "]", element)));
    }
    return objects;
  }

  /** Returns the constant whose name is in a field. */
  public <E extends Enum<E>> E constant(String name, Class<E> type) throws JsonException {
    Object value = value(name);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
    }
    String names = Arrays.toString(type.getEnumConstants());
    throw unexpected(at(name), "one of " + names.substring(1, names.length() - 1), value);
  }

  /** Returns the whole number of 32 bits in a field. */
  public int integer(String name) throws JsonException {
    return integer(at(name), value(name));
  }

  private static int integer(String where, @Nullable Object value) throws JsonException {
    if (value instanceof Integer number) {
      return number;
    }
    throw unexpected(where, "a whole number below 2^31", value);
  }

  /** Returns the finite number in a field. */
  public double number(String name) throws JsonException {
    return number(at(name), value(name));
  }

  private static double number(String where, @Nullable Object value) throws JsonException {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw unexpected(where, "a finite number", value);
  }

  /** Returns a list of {@code least} to {@code most} whole numbers of 32 bits. */
  public List<Integer> integers(String name, int least, int most) throws JsonException {
    List<Integer> integers = new ArrayList<>();
    for (Object element : list(name, least, most)) {
      integers.add(integer(at(name), element));
    }
    return integers;
  }

  /** Returns a list of {@code least} to {@code most} finite numbers. */
  public List<Double> numbers(String name, int least, int most) throws JsonException {
    List<Double> numbers = new ArrayList<>();
    for (Object element : list(name, least, most)) {
      numbers.add(number(at(name), element));
    }
    return numbers;
  }

  private List<?> list(String name, int least, int most) throws JsonException {
    Object value = value(name);
    if (value instanceof List<?> list && list.size() >= least && list.size() <= most) {
      return list;
    }
    String size =
        least == most
            ? " of " + most
            : most == Integer.MAX_VALUE ? "" : " of " + least + " to " + most;
    throw unexpected(at(name), "a list" + size, value);
  }

  private @Nullable Object value(String name) throws JsonException {
    if (!values.containsKey(name)) {
      throw new JsonException(where + ": it lacks \"" + name + "\"");
    }
    return values.get(name);
  }

  private String at(String name) {
    return where + ": " + name;
  }

  private static JsonException unexpected(String where, String expected, @Nullable Object actual) {
    return new JsonException(where + ": expected " + expected + " but was " + shown(actual));
  }

  /** Returns the start of a value on one line, with escapes for control characters. */
  private static String shown(@Nullable Object value) {
    String text = Json.line(value);
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
  }
}

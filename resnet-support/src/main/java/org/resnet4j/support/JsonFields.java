package org.resnet4j.support;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of an object in a tree of {@link Json}. Every method refuses a value of another
 * type by an {@link IllegalArgumentException} with the place, the expected and the actual value.
 * Methods that begin with "find" return nothing for a field that is missing or null; the others
 * refuse that, too.
 */
public final class JsonFields {
  private static final int MOST_SHOWN = 60;
  private static final String A_TEXT = "a text";

  /** The largest size that is read, far above any and far below overflow. */
  private static final int MOST_SIZE = 1 << 24;

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
  public static JsonFields of(String where, @Nullable Object tree) {
    if (tree instanceof Map<?, ?> values) {
      return new JsonFields(where, values);
    }
    throw unexpected(where, "an object", tree);
  }

  /** Refuses fields of other names, and returns this. */
  public JsonFields only(String... names) {
    for (Object name : values.keySet()) {
      if (!Arrays.asList(names).contains(name)) {
        throw new IllegalArgumentException(
            "%s: expected only %s but there is also %s"
                .formatted(where, String.join(", ", names), shown(name)));
      }
    }
    return this;
  }

  /** Returns the object in a field. */
  public JsonFields object(String name) {
    return of(at(name), value(name));
  }

  /** Returns the objects of a list, each read by {@code reader}. */
  public <T> List<T> objects(String name, Function<JsonFields, T> reader) {
    List<T> objects = new ArrayList<>();
    for (Object element : list(name, 0, Integer.MAX_VALUE)) {
      objects.add(reader.apply(of(at(name) + "[" + objects.size() + "]", element)));
    }
    return objects;
  }

  /** Returns the constant whose name is in a field. */
  public <E extends Enum<E>> E constant(String name, Class<E> type) {
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
  public int integer(String name) {
    return integer(at(name), value(name));
  }

  private static int integer(String where, @Nullable Object value) {
    if (value instanceof Integer number) {
      return number;
    }
    throw unexpected(where, "a whole number below 2^31", value);
  }

  /** Returns the finite number in a field. */
  public double number(String name) {
    return number(at(name), value(name));
  }

  private static double number(String where, @Nullable Object value) {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw unexpected(where, "a finite number", value);
  }

  /** Returns a list of {@code least} to {@code most} whole numbers of 32 bits. */
  public List<Integer> integers(String name, int least, int most) {
    List<Integer> integers = new ArrayList<>();
    for (Object element : list(name, least, most)) {
      integers.add(integer(at(name), element));
    }
    return integers;
  }

  /** Returns a list of {@code least} to {@code most} finite numbers. */
  public List<Double> numbers(String name, int least, int most) {
    List<Double> numbers = new ArrayList<>();
    for (Object element : list(name, least, most)) {
      numbers.add(number(at(name), element));
    }
    return numbers;
  }

  private List<?> list(String name, int least, int most) {
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

  /** Returns the names and values of all fields. */
  public Map<?, ?> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Returns the text in a field. */
  public String text(String name) {
    return as(name, value(name), String.class, A_TEXT);
  }

  /** Returns the truth value in a field. */
  public boolean flag(String name) {
    return as(name, value(name), Boolean.class, "true or false");
  }

  /** Returns a field's value. */
  public Optional<Object> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** Returns the object in a field. */
  public Optional<JsonFields> findObject(String name) {
    return find(name).map(value -> of(at(name), value));
  }

  /** Returns the text in a field. */
  public Optional<String> findText(String name) {
    return find(name).map(value -> as(name, value, String.class, A_TEXT));
  }

  /** Returns the truth value in a field. */
  public Optional<Boolean> findFlag(String name) {
    return find(name).map(value -> as(name, value, Boolean.class, "true or false"));
  }

  /** Returns the finite number in a field. */
  public Optional<Double> findNumber(String name) {
    return find(name).map(value -> number(at(name), value));
  }

  /** Returns a whole number from 1 to 2^24. */
  public Optional<Integer> findSize(String name) {
    return find(name).map(value -> size(name, value));
  }

  /** Returns a list of finite numbers. */
  public Optional<List<Double>> findNumbers(String name) {
    return find(name).map(value -> numbers(name, 0, Integer.MAX_VALUE));
  }

  /** Returns a list of whole numbers from 1 to 2^24. */
  public Optional<int[]> findSizes(String name) {
    return find(name)
        .map(value -> list(name, 0, Integer.MAX_VALUE))
        .map(sizes -> sizes.stream().mapToInt(size -> size(name, size)).toArray());
  }

  /** Returns an exception for a value of the right type that is not accepted. */
  public IllegalArgumentException refused(String name, String expected, Object actual) {
    return unexpected(at(name), expected, actual);
  }

  private int size(String name, @Nullable Object value) {
    double size = number(at(name), value);
    if (size < 1 || size > MOST_SIZE || size != Math.rint(size)) {
      throw unexpected(at(name), "a whole number from 1 to 2^24", value);
    }
    return (int) size;
  }

  private <T> T as(String name, @Nullable Object value, Class<T> type, String expected) {
    if (!type.isInstance(value)) {
      throw unexpected(at(name), expected, value);
    }
    return type.cast(value);
  }

  private @Nullable Object value(String name) {
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException(where + ": it lacks \"" + name + "\"");
    }
    return values.get(name);
  }

  private String at(String name) {
    return where + ": " + name;
  }

  private static IllegalArgumentException unexpected(
      String where, String expected, @Nullable Object actual) {
    return new IllegalArgumentException(
        where + ": expected " + expected + " but was " + shown(actual));
  }

  /** Returns the start of a value on one line, with escapes for control characters. */
  private static String shown(@Nullable Object value) {
    return ForeignText.start(Json.line(value), MOST_SHOWN);
  }
}

package org.resnet4j.weightfile.pickle;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Foreign;
import org.resnet4j.weightfile.pickle.PickleValue.Global;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/** The arguments of a function call in a pickle. */
public final class PickleArguments {
  private final String function;
  private final List<Object> values;
  private final PickleBudget budget;

  PickleArguments(String function, List<Object> values, PickleBudget budget) {
    this.function = function;
    this.values = values;
    this.budget = budget;
  }

  /** Returns the name of the function. */
  String function() {
    return function;
  }

  PickleBudget budget() {
    return budget;
  }

  /**
   * Returns {@code others} of the same pickle as the arguments of {@code what}, its name in
   * messages.
   */
  public PickleArguments nested(String what, List<Object> others) {
    return new PickleArguments(what, others, budget);
  }

  /** Returns an exception with the position in the file. */
  public WeightFileException refused(String finding) {
    return budget.refused(finding);
  }

  public int size() {
    return values.size();
  }

  public Object get(int i) throws WeightFileException {
    if (i >= values.size()) {
      throw budget.refused(
          "expected more than %s arguments for %s".formatted(values.size(), function));
    }
    return values.get(i);
  }

  /** Returns the object that a class which is not run would make from these arguments. */
  Foreign object() {
    return new Foreign(function, values);
  }

  /** A conversion of one argument. */
  interface Conversion {
    Object of(int i) throws WeightFileException;
  }

  /** Returns an argument unchanged if it is a foreign object, and else converted. */
  Object foreignOr(int i, Conversion conversion) throws WeightFileException {
    return get(i) instanceof Foreign object ? object : conversion.of(i);
  }

  Storage storage(int i) throws WeightFileException {
    return expect(i, Storage.class, "a storage");
  }

  StridedTensor tensor(int i) throws WeightFileException {
    return expect(i, StridedTensor.class, "a tensor");
  }

  public Sequence sequence(int i) throws WeightFileException {
    return expect(i, Sequence.class, "a list or tuple");
  }

  public Global global(int i) throws WeightFileException {
    return expect(i, Global.class, "a class or function");
  }

  public long integer(int i) throws WeightFileException {
    return expect(i, Long.class, "a whole number");
  }

  long[] integers(int i) throws WeightFileException {
    List<Object> items = sequence(i).items();
    if (items.size() > StoredTensor.MOST_AXES) {
      throw unexpected(i, "at most " + StoredTensor.MOST_AXES + " axes", items.size() + " numbers");
    }
    long[] numbers = new long[items.size()];
    for (int k = 0; k < numbers.length; k++) {
      if (!(items.get(k) instanceof Long number)) {
        throw unexpected(i, "whole numbers", kind(items.get(k)));
      }
      numbers[k] = number;
    }
    return numbers;
  }

  private <T> T expect(int i, Class<T> type, String what) throws WeightFileException {
    Object value = get(i);
    if (!type.isInstance(value)) {
      throw unexpected(i, what, kind(value));
    }
    return type.cast(value);
  }

  private WeightFileException unexpected(int i, String expected, String actual) {
    return budget.refused(
        "expected %s as argument %s of %s but it is %s".formatted(expected, i, function, actual));
  }

  /** Returns a description of a value's kind, without its content. */
  public static String kind(@Nullable Object value) {
    if (value instanceof Global global) {
      return global.name();
    }
    if (value instanceof Foreign object) {
      return "an object of " + object.type();
    }
    if (value instanceof Dict) {
      return "a dictionary";
    }
    if (value instanceof Sequence) {
      return "a list";
    }
    if (value instanceof StridedTensor) {
      return "a tensor";
    }
    if (value instanceof Storage) {
      return "a storage";
    }
    if (value instanceof String) {
      return "a string";
    }
    return value instanceof Number ? "a number" : "something else";
  }
}

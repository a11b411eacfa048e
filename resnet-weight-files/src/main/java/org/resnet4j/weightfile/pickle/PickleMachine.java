package org.resnet4j.weightfile.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Foreign;
import org.resnet4j.weightfile.pickle.PickleValue.Global;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Special;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/**
 * The stack and the memo that the operations of a pickle change. It calls only the code of {@link
 * PickleGlobals}; objects of other classes become {@link Foreign} values.
 */
final class PickleMachine {
  /** The largest number of foreign classes that are listed; a pickle may name more. */
  private static final int MOST_FOREIGN = 20;

  final PickleInput in;
  private final Persistent persistent;
  private final PickleBudget budget;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final List<String> foreign = new ArrayList<>();

  PickleMachine(PickleInput in, Persistent persistent) {
    this.in = in;
    this.persistent = persistent;
    this.budget = new PickleBudget(in);
  }

  /** Returns the only value that a complete pickle leaves on the stack. */
  Object result() throws WeightFileException {
    Object result = pop();
    if (!stack.isEmpty()) {
      throw refused(
          "expected the end of the pickle with one value but %s are left".formatted(stack.size()));
    }
    return result;
  }

  /** Returns the first names of classes and functions that are unknown here. */
  List<String> foreign() {
    return foreign;
  }

  void push(Object value) throws WeightFileException {
    budget.spend(1);
    stack.add(value);
  }

  Object pop() throws WeightFileException {
    Object top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  Object top() throws WeightFileException {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == Special.MARK) {
      throw refused("expected a value on the pickle's stack but there is none");
    }
    return stack.get(stack.size() - 1);
  }

  /** Removes the topmost mark and returns the values above it. */
  List<Object> popToMark() throws WeightFileException {
    int mark = stack.size() - 1;
    while (mark >= 0 && stack.get(mark) != Special.MARK) {
      mark--;
    }
    if (mark < 0) {
      throw refused("expected a mark on the pickle's stack but there is none");
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(above);
    above.clear();
    stack.remove(mark);
    return items;
  }

  void popMarked() throws WeightFileException {
    if (!stack.isEmpty() && stack.get(stack.size() - 1) == Special.MARK) {
      stack.remove(stack.size() - 1);
    } else {
      pop();
    }
  }

  void tuple(int size) throws WeightFileException {
    Object[] items = new Object[size];
    for (int i = size - 1; i >= 0; i--) {
      items[i] = pop();
    }
    push(new Sequence(List.of(items)));
  }

  void append(List<Object> items) throws WeightFileException {
    Object target = top();
    if (target instanceof Foreign object) {
      object.addAll(items);
    } else if (target instanceof Sequence list) {
      list.addAll(items);
    } else {
      throw refused("expected a list to append to but it is " + PickleArguments.kind(target));
    }
  }

  void setItems(List<Object> items) throws WeightFileException {
    Object target = top();
    if (target instanceof Foreign object) {
      object.addAll(items);
      return;
    }
    if (!(target instanceof Dict dict) || items.size() % 2 != 0) {
      throw refused(
          "expected a dictionary and pairs for it but it is " + PickleArguments.kind(target));
    }
    dict.addAll(items);
  }

  void memoize(long index) throws WeightFileException {
    budget.spend(1);
    memo.put(index, top());
  }

  void memoizeNext() throws WeightFileException {
    memoize(memo.size());
  }

  void recall(long index) throws WeightFileException {
    Object value = memo.get(index);
    if (value == null) {
      throw refused("expected a value under number %s of the memo".formatted(index));
    }
    push(value);
  }

  void global(String module, String name) throws WeightFileException {
    if (PickleGlobals.isHarmful(module, name)) {
      throw in.refused(
          "the pickle names %s.%s, which is not data; nothing of it was run"
              .formatted(module, name),
          PickleBudget.SAVE_WEIGHTS);
    }
    Global global = PickleGlobals.byName(module, name);
    if (global == null) {
      global = new Global(module + "." + name, true, null);
      if (foreign.size() < MOST_FOREIGN && !foreign.contains(global.name())) {
        foreign.add(global.name());
      }
    }
    push(global);
  }

  void stackGlobal() throws WeightFileException {
    Object name = pop();
    Object module = pop();
    if (!(name instanceof String nameText) || !(module instanceof String moduleText)) {
      throw refused("expected the name of a class but it is " + PickleArguments.kind(name));
    }
    global(moduleText, nameText);
  }

  /** Calls the function below its arguments on the stack. */
  void reduce() throws WeightFileException {
    Object arguments = pop();
    Object function = pop();
    if (arguments instanceof Sequence sequence && function instanceof Foreign object) {
      push(new Foreign(object.type(), sequence.items()));
    } else if (arguments instanceof Sequence sequence && function instanceof Global global) {
      push(PickleGlobals.call(global, sequence.items(), budget));
    } else {
      throw refused("expected a function to call but it is " + PickleArguments.kind(function));
    }
  }

  /** Drops the attributes of a tensor or container, and keeps those of a foreign object. */
  void build() throws WeightFileException {
    Object attributes = pop();
    Object target = top();
    if (target instanceof Foreign object) {
      object.addAll(List.of(attributes));
    } else if (!(target instanceof Dict) && !(target instanceof StridedTensor)) {
      throw refused(
          "expected an object that has attributes but it is " + PickleArguments.kind(target));
    }
  }

  void persistentId() throws WeightFileException {
    Object id = pop();
    if (!(id instanceof Sequence tuple)) {
      throw refused("expected a tuple that names a storage but it is " + PickleArguments.kind(id));
    }
    push(persistent.load(new PickleArguments("a storage's name", tuple.items(), budget)));
  }

  WeightFileException refused(String finding) {
    return budget.refused(finding);
  }
}

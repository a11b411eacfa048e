package org.resnet4j.weightfile.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Global;
import org.resnet4j.weightfile.pickle.PickleValue.Opaque;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Special;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/**
 * The stack and the memo that the operations of a pickle change. It calls only the code of {@link
 * PickleGlobals}.
 */
final class PickleMachine {
  final PickleInput in;
  private final Persistent persistent;
  private final PickleBudget budget;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

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
    if (!(top() instanceof Sequence list)) {
      throw refused("expected a list to append to but it is " + PickleArguments.kind(top()));
    }
    list.addAll(items);
  }

  void setItems(List<Object> items) throws WeightFileException {
    Object target = top();
    if (target instanceof Opaque) {
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
    Global global = PickleGlobals.byName(module, name);
    if (global == null) {
      throw in.refused(
          "the pickle names %s.%s, which is not data; nothing of it was run"
              .formatted(module, name),
          PickleBudget.SAVE_WEIGHTS);
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
    if (!(function instanceof Global global) || !(arguments instanceof Sequence sequence)) {
      throw refused("expected a function to call but it is " + PickleArguments.kind(function));
    }
    push(PickleGlobals.call(global, sequence.items(), budget));
  }

  /** Drops the attributes of a tensor or container, which weights do not need. */
  void build() throws WeightFileException {
    pop();
    Object target = top();
    if (!(target instanceof Dict)
        && !(target instanceof StridedTensor)
        && !(target instanceof Opaque)) {
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

package org.resnet4j.weightfile.pickle;

import java.io.IOException;
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
 * The machine of Python's pickles (protocols 2 to 5), reduced to data: it calls no code but that of
 * {@link PickleGlobals}, and builds at most {@link #MOST_VALUES} values.
 */
public final class Pickle {
  /** A ResNet-1202 with its optimiser's state has about a tenth of it. */
  private static final int MOST_VALUES = 1 << 21;

  public static final String SAVE_WEIGHTS =
      "load it in Python where you trust it and save only torch.save(model.state_dict(), \"weights.pth\")";

  /** Finds what a pickle keeps outside of itself. */
  public interface Persistent {
    Object load(PickleArguments id) throws WeightFileException;
  }

  final PickleInput in;
  private final Persistent persistent;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int values;

  private Pickle(PickleInput in, Persistent persistent) {
    this.in = in;
    this.persistent = persistent;
  }

  /** The value of the next pickle of {@code in}, which is then behind it. */
  public static Object load(PickleInput in, Persistent persistent) throws IOException {
    Pickle pickle = new Pickle(in, persistent);
    for (int code = in.u8(); code != PickleOp.STOP; code = in.u8()) {
      PickleOp.of(code, in).action().run(pickle);
    }
    Object result = pickle.pop();
    if (!pickle.stack.isEmpty()) {
      throw pickle.refused(
          "expected the end of the pickle with one value but %s are left"
              .formatted(pickle.stack.size()));
    }
    return result;
  }

  /** The value of a pickle that keeps nothing outside of itself. */
  public static Object load(PickleInput in) throws IOException {
    return load(
        in,
        id -> {
          throw in.refused("expected plain data but it names a storage");
        });
  }

  void push(Object value) throws WeightFileException {
    spend(1);
    stack.add(value);
  }

  /** Counts values against the most there may be. */
  private void spend(int count) throws WeightFileException {
    if (count > MOST_VALUES - values) {
      throw in.refused("expected at most %s values".formatted(MOST_VALUES), SAVE_WEIGHTS);
    }
    values += count;
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

  /** What lies above the topmost mark, which goes too. */
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
    spend(1);
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
          SAVE_WEIGHTS);
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

  /** Calls the function below its arguments. */
  void reduce() throws WeightFileException {
    Object arguments = pop();
    Object function = pop();
    if (!(function instanceof Global global) || !(arguments instanceof Sequence sequence)) {
      throw refused("expected a function to call but it is " + PickleArguments.kind(function));
    }
    push(call(global, sequence.items()));
  }

  Object call(Global function, List<Object> arguments) throws WeightFileException {
    if (function.call() == null) {
      throw in.refused("the pickle calls %s".formatted(function.name()), SAVE_WEIGHTS);
    }
    return function.call().of(new PickleArguments(function.name(), arguments, this));
  }

  /** Attributes say nothing of tensors and containers: they are dropped. */
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
    push(persistent.load(new PickleArguments("a storage's name", tuple.items(), this)));
  }

  /** A dictionary of pairs, as Python 2 pickled {@code OrderedDict}. */
  Dict dictOf(List<Object> pairs) throws WeightFileException {
    spend(pairs.size());
    List<Object> items = new ArrayList<>();
    for (Object pair : pairs) {
      if (!(pair instanceof Sequence sequence) || sequence.items().size() != 2) {
        throw refused("expected pairs of key and value but there is " + PickleArguments.kind(pair));
      }
      items.addAll(sequence.items());
    }
    Dict dict = new Dict();
    dict.addAll(items);
    return dict;
  }

  public WeightFileException refused(String finding) {
    return in.refused(finding);
  }
}

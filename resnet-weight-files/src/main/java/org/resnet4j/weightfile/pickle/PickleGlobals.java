package org.resnet4j.weightfile.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Global;
import org.resnet4j.weightfile.pickle.PickleValue.Opaque;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/**
 * The table of all classes and functions that a pickle may name, with their replacements. These are
 * tensors and their storages, containers, and objects without weights that training scripts save
 * too.
 */
final class PickleGlobals {
  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          Map.entry("DoubleStorage", ElementType.F64),
          Map.entry("FloatStorage", ElementType.F32),
          Map.entry("HalfStorage", ElementType.F16),
          Map.entry("BFloat16Storage", ElementType.BF16),
          Map.entry("LongStorage", ElementType.I64),
          Map.entry("IntStorage", ElementType.I32),
          Map.entry("ShortStorage", ElementType.I16),
          Map.entry("CharStorage", ElementType.I8),
          Map.entry("ByteStorage", ElementType.U8),
          Map.entry("BoolStorage", ElementType.BOOL));

  private static final Map<String, ElementType> DATA_TYPES =
      Map.ofEntries(
          Map.entry("float64", ElementType.F64),
          Map.entry("float32", ElementType.F32),
          Map.entry("float16", ElementType.F16),
          Map.entry("bfloat16", ElementType.BF16),
          Map.entry("int64", ElementType.I64),
          Map.entry("int32", ElementType.I32),
          Map.entry("int16", ElementType.I16),
          Map.entry("int8", ElementType.I8),
          Map.entry("uint64", ElementType.U64),
          Map.entry("uint32", ElementType.U32),
          Map.entry("uint16", ElementType.U16),
          Map.entry("uint8", ElementType.U8),
          Map.entry("bool", ElementType.BOOL));

  /** The storages without an element type, counted in bytes. */
  private static final List<String> UNTYPED =
      List.of("torch.storage.UntypedStorage", "torch.storage._UntypedStorage");

  /** The functions whose results are ignored, since they cannot hold a network's weights. */
  private static final List<String> OPAQUE =
      List.of(
          "_codecs.encode",
          "argparse.Namespace",
          "builtins.bool",
          "builtins.bytearray",
          "builtins.bytes",
          "builtins.complex",
          "builtins.float",
          "builtins.int",
          "builtins.slice",
          "builtins.str",
          "numpy._core.multiarray._reconstruct",
          "numpy._core.multiarray.scalar",
          "numpy.core.multiarray._reconstruct",
          "numpy.core.multiarray.scalar",
          "numpy.dtype",
          "numpy.ndarray",
          "pathlib.Path",
          "pathlib.PosixPath",
          "pathlib.PurePosixPath",
          "pathlib.WindowsPath",
          "torch.device");

  /** The functions that return the tensor they are called with. */
  private static final List<String> FIRST_TENSOR =
      List.of(
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.autograd.variable.Variable",
          "torch.nn.parameter.Parameter");

  /** A replacement of a Python function. */
  private interface Call {
    Object of(PickleArguments arguments) throws WeightFileException;
  }

  private static final Map<String, Call> CALLS = calls();

  private static final Map<String, Global> ALL = all();

  private PickleGlobals() {}

  /** Returns the global of that name; null when a pickle may not name it. */
  static @Nullable Global byName(String module, String name) {
    // Python 2 calls the module __builtin__.
    String known = module.equals("__builtin__") ? "builtins" : module;
    return ALL.get(known + "." + name);
  }

  /** Returns the result of {@code function} for {@code arguments}. */
  static Object call(Global function, List<Object> arguments, PickleBudget budget)
      throws WeightFileException {
    Call call = CALLS.get(function.name());
    if (call == null) {
      throw budget.refused(
          "the pickle calls %s".formatted(function.name()), PickleBudget.SAVE_WEIGHTS);
    }
    return call.of(new PickleArguments(function.name(), arguments, budget));
  }

  private static Map<String, Call> calls() {
    Map<String, Call> calls = new HashMap<>();
    OPAQUE.forEach(name -> calls.put(name, arguments -> Opaque.OPAQUE));
    FIRST_TENSOR.forEach(name -> calls.put(name, arguments -> arguments.tensor(0)));
    for (String name : List.of("list", "tuple", "set", "frozenset")) {
      calls.put("builtins." + name, PickleGlobals::sequence);
    }
    calls.put("torch.Size", PickleGlobals::sequence);
    calls.put("builtins.dict", PickleGlobals::dict);
    calls.put("collections.Counter", PickleGlobals::dict);
    calls.put("collections.OrderedDict", PickleGlobals::dict);
    calls.put("collections.defaultdict", arguments -> new Dict());
    calls.put("torch._utils._rebuild_tensor", PickleGlobals::tensor);
    calls.put("torch._utils._rebuild_tensor_v2", PickleGlobals::tensor);
    calls.put("torch._utils._rebuild_tensor_v3", PickleGlobals::typedTensor);
    calls.put("torch._tensor._rebuild_from_type", PickleGlobals::subclass);
    calls.put("torch._tensor._rebuild_from_type_v2", PickleGlobals::subclass);
    return Map.copyOf(calls);
  }

  private static Map<String, Global> all() {
    Map<String, Global> all = new HashMap<>();
    STORAGES.forEach(
        (name, type) -> {
          put(all, "torch." + name, type);
          put(all, "torch.cuda." + name, type);
        });
    DATA_TYPES.forEach((name, type) -> put(all, "torch." + name, type));
    UNTYPED.forEach(name -> put(all, name, null));
    put(all, "torch.Tensor", null);
    CALLS.keySet().forEach(name -> put(all, name, null));
    return Map.copyOf(all);
  }

  private static void put(Map<String, Global> all, String name, @Nullable ElementType type) {
    all.put(name, new Global(name, CALLS.containsKey(name), type));
  }

  /** Returns the argument itself, because a copy for every call could outgrow the file. */
  private static Object sequence(PickleArguments arguments) throws WeightFileException {
    return arguments.size() == 0 ? new Sequence(List.of()) : arguments.sequence(0);
  }

  private static Object dict(PickleArguments arguments) throws WeightFileException {
    if (arguments.size() == 0) {
      return new Dict();
    }
    return arguments.get(0) instanceof Dict dict ? dict : dictOf(arguments);
  }

  /** Returns a dictionary of pairs, the form in which Python 2 pickled {@code OrderedDict}. */
  private static Dict dictOf(PickleArguments arguments) throws WeightFileException {
    List<Object> pairs = arguments.sequence(0).items();
    arguments.budget().spend(pairs.size());
    List<Object> items = new ArrayList<>();
    for (Object pair : pairs) {
      if (!(pair instanceof Sequence sequence) || sequence.items().size() != 2) {
        throw arguments.refused(
            "expected pairs of key and value but there is " + PickleArguments.kind(pair));
      }
      items.addAll(sequence.items());
    }
    Dict dict = new Dict();
    dict.addAll(items);
    return dict;
  }

  /** Returns a tensor from {@code (storage, offset, size, stride, …)}. */
  private static Object tensor(PickleArguments arguments) throws WeightFileException {
    Storage storage = arguments.storage(0);
    if (storage.type() == null) {
      throw arguments.refused("expected a storage with a type for " + arguments.function());
    }
    return strided(arguments, storage, storage.type());
  }

  /**
   * Returns a tensor from {@code (storage, offset, size, stride, requires_grad, hooks, dtype, …)}.
   */
  private static Object typedTensor(PickleArguments arguments) throws WeightFileException {
    Global dtype = arguments.global(6);
    if (dtype.type() == null) {
      throw arguments.refused(
          "expected a data type of %s but it is %s".formatted(DATA_TYPES.keySet(), dtype));
    }
    return strided(arguments, arguments.storage(0), dtype.type());
  }

  private static StridedTensor strided(PickleArguments arguments, Storage storage, ElementType type)
      throws WeightFileException {
    return new StridedTensor(
        storage, type, arguments.integer(1), arguments.integers(2), arguments.integers(3));
  }

  /**
   * Returns the tensor of a subclass without its state, from {@code (function, class, its
   * arguments, state)}.
   */
  private static Object subclass(PickleArguments arguments) throws WeightFileException {
    Global function = arguments.global(0);
    if (function.name().startsWith("torch._tensor.")) {
      throw arguments.refused("expected a function that makes a tensor");
    }
    return call(function, arguments.sequence(2).items(), arguments.budget());
  }
}

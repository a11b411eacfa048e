package org.resnet4j.weightfile.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Foreign;
import org.resnet4j.weightfile.pickle.PickleValue.Global;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;

/**
 * The table of the classes and functions that lead to tensors, with their replacements: tensors,
 * their storages and containers. Every other class stays a name, and its objects are {@link
 * Foreign}.
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

  /** The classes of settings and numbers that training scripts save beside weights. */
  private static final List<String> SETTINGS =
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

  /** The modules whose functions only attacks name. */
  private static final Set<String> HARMFUL_MODULES =
      Set.of(
          "os",
          "posix",
          "nt",
          "subprocess",
          "sys",
          "pty",
          "socket",
          "shutil",
          "importlib",
          "runpy",
          "ctypes",
          "webbrowser");

  /** The built-in functions that only attacks name. */
  private static final Set<String> HARMFUL_BUILTINS =
      Set.of("eval", "exec", "execfile", "compile", "open", "input", "breakpoint", "__import__");

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

  /** Returns the global of that name; null when there is no replacement for it. */
  static @Nullable Global byName(String module, String name) {
    return ALL.get(known(module) + "." + name);
  }

  /**
   * Returns whether a pickle that names this function is an attack. Nothing is run in any case; the
   * file is refused as a warning.
   */
  static boolean isHarmful(String module, String name) {
    return HARMFUL_MODULES.contains(module.split("\\.", 2)[0])
        || (known(module).equals("builtins") && HARMFUL_BUILTINS.contains(name));
  }

  /** Returns the name of a module in Python 3; Python 2 calls one of them __builtin__. */
  private static String known(String module) {
    return module.equals("__builtin__") ? "builtins" : module;
  }

  /** Returns the result of {@code function} for {@code arguments}. */
  static Object call(Global function, List<Object> arguments, PickleBudget budget)
      throws WeightFileException {
    Call call = CALLS.get(function.name());
    if (call == null && function.callable()) {
      return new Foreign(made(function, arguments), arguments);
    }
    if (call == null) {
      throw budget.refused(
          "the pickle calls %s".formatted(function.name()), PickleBudget.SAVE_WEIGHTS);
    }
    return call.of(new PickleArguments(function.name(), arguments, budget));
  }

  /** Returns the class of the object that a call makes. */
  private static String made(Global function, List<Object> arguments) {
    boolean generic = function.name().equals("copyreg._reconstructor");
    return generic && !arguments.isEmpty() && arguments.get(0) instanceof Global type
        ? type.name()
        : function.name();
  }

  private static Map<String, Call> calls() {
    Map<String, Call> calls = new HashMap<>();
    SETTINGS.forEach(name -> calls.put(name, PickleArguments::object));
    FIRST_TENSOR.forEach(
        name -> calls.put(name, arguments -> arguments.foreignOr(0, arguments::tensor)));
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
    return arguments.size() == 0
        ? new Sequence(List.of())
        : arguments.foreignOr(0, arguments::sequence);
  }

  private static Object dict(PickleArguments arguments) throws WeightFileException {
    if (arguments.size() == 0) {
      return new Dict();
    }
    return arguments.get(0) instanceof Dict dict
        ? dict
        : arguments.foreignOr(0, i -> dictOf(arguments));
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
    return arguments.foreignOr(0, i -> tensorIn(arguments));
  }

  private static Object tensorIn(PickleArguments arguments) throws WeightFileException {
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
    if (dtype.type() == null && dtype.callable() && !CALLS.containsKey(dtype.name())) {
      return new Foreign(dtype.name());
    }
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

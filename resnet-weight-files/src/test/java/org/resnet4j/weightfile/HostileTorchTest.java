package org.resnet4j.weightfile;

import static org.resnet4j.weightfile.Hostile.latin1;
import static org.resnet4j.weightfile.Hostile.little;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Malformed PyTorch files are refused; pickles are written operation by operation, one character a
 * byte.
 */
class HostileTorchTest {
  private static final String PROTOCOL = "\u0080\u0002";
  private static final String REMEDY =
      "; load it in Python where you trust it and save only torch.save(model.state_dict(),"
          + " \"weights.pth\")";

  /** A storage with key 0 and two floats. */
  private static final String STORAGE = storage("ctorch\nFloatStorage\n", "0", integer(2));

  private static final String MAGIC = PROTOCOL + "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";
  private static final String LEGACY = MAGIC + PROTOCOL + "M\u00e9\u0003." + PROTOCOL + "}.";

  @ParameterizedTest
  @MethodSource("files")
  void hostileFileIsRefusedInOneSentence(Hostile file, @TempDir Path folder) throws IOException {
    file.assertRefused(folder);
  }

  static Stream<Hostile> files() {
    return Stream.of(code(), machine(), cycles(), tensors(), storages(), archives(), legacy())
        .flatMap(files -> files);
  }

  private static Stream<Hostile> code() {
    return Stream.of(
        pickle(
            "a call of the shell",
            "cposix\nsystem\n" + text("touch /tmp/x") + "\u0085R.",
            "zip entry \"archive/data.pkl\": offset 16: the pickle names posix.system, which is not"
                + " data; nothing of it was run"
                + REMEDY),
        pickle(
            "a call of the shell, protocol 4",
            "\u008c\u0002os\u008c\u0006system\u0093.",
            "the pickle names os.system,"),
        pickle("Python 2's eval", "c__builtin__\neval\n.", "the pickle names __builtin__.eval,"),
        pickle(
            "an import in an object's arguments",
            "cmy\nC\n(cimportlib.util\nfind_spec\ntR.",
            "the pickle names importlib.util.find_spec,"),
        pickle(
            "a nested load",
            "ctorch.storage\n_load_from_bytes\n.",
            "but it is torch.storage._load_from_bytes; load it in Python"),
        pickle(
            "an unknown class",
            "cmy.train\nConfig\n)\u0081}b.",
            "expected a dictionary of tensors but it is an object of my.train.Config" + REMEDY),
        pickle(
            "complex numbers",
            "ctorch\nComplexFloatStorage\n.",
            "expected a dictionary of tensors but it is torch.ComplexFloatStorage"),
        pickle(
            "quantised tensors",
            "ctorch._utils\n_rebuild_qtensor\n.",
            "expected a dictionary of tensors but it is torch._utils._rebuild_qtensor"),
        pickle(
            "INST",
            "(iposix\nsystem\n.",
            "expected an operation that torch.save writes but it is 0x69" + REMEDY),
        pickle("EXT1", "\u0082\u0001.", "but it is 0x82"),
        pickle(
            "a call of a class",
            "ctorch\nFloatStorage\n)R.",
            "the pickle calls torch.FloatStorage" + REMEDY),
        pickle(
            "a call of a number", "K\u0001)R.", "expected a function to call but it is a number"),
        pickle(
            "attributes of a function",
            "ctorch\nSize\n}b.",
            "expected an object that has attributes but it is torch.Size"),
        pickle(
            "a class named by a number",
            "K\u0001K\u0001\u0093.",
            "expected the name of a class but it is a number"));
  }

  private static Stream<Hostile> machine() {
    return Stream.of(
        pickle("nothing", "", "offset 2: expected 1 more bytes of the pickle but there are 0"),
        pickle(
            "no end",
            "}",
            "expected 1 more bytes of the pickle but there are 0; fetch the file again"),
        pickle("protocol 6", "\u0080\u0006}.", "expected a pickle of protocol 2 to 5 but it is 6"),
        pickle("an empty stack", ".", "expected a value on the pickle's stack but there is none"),
        pickle("two values", "}}.", "expected the end of the pickle with one value but 1 are left"),
        pickle("a value below a mark", "}(a.", "expected a value on the pickle's stack"),
        pickle("no mark", "}t.", "expected a mark on the pickle's stack but there is none"),
        pickle("a mark in the end", "(.", "expected a value on the pickle's stack"),
        pickle("an empty memo", "h\u0007.", "expected a value under number 7 of the memo"),
        pickle(
            "a far memo",
            "}r\u00ff\u00ff\u00ff\u00ff.",
            "expected a dictionary of tensors but it is one of []" + REMEDY),
        pickle(
            "an append to a dictionary",
            "}K\u0001a.",
            "expected a list to append to but it is a dictionary"),
        pickle(
            "an item of a list",
            "]K\u0001K\u0001s.",
            "expected a dictionary and pairs for it but it is a list"),
        pickle("half a pair", "}(K\u0001u.", "expected a dictionary and pairs for it"),
        pickle(
            "a huge string",
            "X\u00ff\u00ff\u00ff\u00ff.",
            "expected 4294967295 more bytes of the pickle but there are 1"),
        pickle(
            "a string of 2^62 bytes",
            "\u008d" + little(1L << 62, 8),
            "expected 4611686018427387904 more bytes"),
        pickle(
            "a string of -1 bytes",
            "\u008d" + little(-1, 8),
            "expected 18446744073709551615 more bytes"),
        pickle(
            "a short string of -1 bytes",
            "T" + little(-1, 4),
            "expected 18446744073709551615 more bytes"),
        pickle(
            "a huge number",
            "\u008b" + little(1 << 30, 4),
            "expected a whole number of at most 64 bytes but it claims 1073741824"),
        pickle("a number of -1 bytes", "\u008b" + little(-1, 4), "but it claims -1"),
        pickle(
            "a long name", "c" + "a".repeat(2000) + "\n", "expected a name of at most 1000 bytes"),
        pickle(
            "three million lists",
            "]".repeat(3_000_000) + ".",
            "expected at most 2097152 values" + REMEDY),
        pickle(
            "a list doubled again and again",
            "(" + "2".repeat(10) + ".",
            "expected a value on the pickle's stack"));
  }

  private static Stream<Hostile> cycles() {
    String self = "_rebuild_from_type_v2\n";
    StringBuilder doubled = new StringBuilder("]");
    for (int i = 0; i < 200; i++) {
      doubled.append("q\u00000](h\u0000h\u0000e");
    }
    String key = text("k".repeat(100)) + "q\u00000";
    return Stream.of(
        pickle(
            "an object in itself",
            "cmy\nC\n)\u0081q\u0000h\u0000b.",
            "expected a dictionary of tensors but it is an object of my.C"),
        pickle("an object of itself", "cmy\nC\n]q\u0000\u0081h\u0000h\u0000ab.", "expected"),
        pickle("lists doubled 200 times", doubled + ".", "but it is a list"),
        pickle(
            "objects called 100,000 times",
            "cmy\nC\n" + ")R".repeat(100_000) + ".",
            "but it is an object of my.C"),
        pickle(
            "20,000 dictionaries with long paths",
            key + "](" + "}h\u0000}h\u0000}h\u0000}sss".repeat(20_000) + "e.",
            "but it is a list"),
        pickle(
            "a class that is a key of itself",
            "cmy\nD\n)\u0081q\u0000h\u0000h\u0000s.",
            "but it is an object of my.D"),
        pickle(
            "a list in itself",
            "]q\u0000h\u0000a.",
            "expected a dictionary of tensors but it is a list"),
        pickle(
            "a dictionary in itself",
            "}q\u0000" + text("state_dict") + "h\u0000s.",
            "expected a dictionary of tensors but it is one of [state_dict]"),
        pickle(
            "an average in itself",
            "}q\u0000" + text("ema") + "h\u0000s.",
            "expected a dictionary of tensors but it is one of [ema]"),
        pickle(
            "a dictionary as its own key",
            "}q\u0000h\u0000h\u0000s.",
            "expected a dictionary of tensors but it is one of […]"),
        pickle(
            "a shape in itself",
            tensor("K\u0000", "]q\u0000h\u0000a", "K\u0001\u0085"),
            "expected whole numbers as argument 2 of torch._utils._rebuild_tensor_v2 but it is a"
                + " list"),
        pickle(
            "a function that makes itself",
            "ctorch._tensor\n" + self + "q\u0001]q\u0000(h\u0001ctorch\nTensor\nh\u0000NeR.",
            "expected a function that makes a tensor"),
        pickle(
            "pairs in themselves",
            "ccollections\nOrderedDict\n]q\u0000h\u0000a\u0085R.",
            "expected pairs of key and value but there is a list"));
  }

  private static Stream<Hostile> tensors() {
    String none = "K\u0000";
    String one = "K\u0001\u0085";
    String two = "K\u0002\u0085";
    String minus = "J" + little(-1, 4);
    String huge = "\u008a\u0008" + little(1L << 62, 8);
    String inside = "tensor \"w\": expected values inside its 8 bytes but it claims F32 of shape ";
    return Stream.of(
        state(
            "a negative offset", minus, two, one, inside + "[2] with strides [1] from byte -4 on"),
        state(
            "a huge offset",
            huge,
            two,
            one,
            "expected an offset inside the file but it is 4611686018427387904"),
        state(
            "an offset to the end",
            "K\u0001",
            two,
            one,
            inside + "[2] with strides [1] from byte 4 on; fetch the file again"),
        state("a negative size", none, minus + "\u0085", one, inside + "[-1]"),
        state("a huge size", none, huge + "\u0085", one, inside + "[4611686018427387904]"),
        state("sizes that overflow", none, huge + huge + "\u0086", "K\u0000K\u0000\u0086", inside),
        state(
            "a negative stride",
            "K\u0001",
            two,
            minus + "\u0085",
            inside + "[2] with strides [-1]"),
        state(
            "a huge stride",
            none,
            two,
            huge + "\u0085",
            inside + "[2] with strides [4611686018427387904]"),
        state("a stride over the end", none, two, two, inside + "[2] with strides [2]"),
        state(
            "one value a million times",
            none,
            "J" + little(1_000_000, 4) + "\u0085",
            "K\u0000\u0085",
            inside + "[1000000] with strides [0]"),
        state("fewer strides than sizes", none, two, ")", inside + "[2] with strides []"),
        state(
            "65 axes",
            none,
            "(" + "K\u0001".repeat(65) + "t",
            one,
            "expected at most 64 axes as argument 2"),
        state(
            "a string for a size",
            none,
            text("2") + "\u0085",
            one,
            "expected whole numbers as argument 2"),
        state(
            "a float for an offset",
            "G" + "\u0000".repeat(8),
            two,
            one,
            "expected a whole number as argument 1"),
        pickle(
            "no arguments",
            "}" + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n)Rs.",
            "expected more than 0 arguments for torch._utils._rebuild_tensor_v2"),
        pickle(
            "a list for a storage",
            "ctorch._utils\n_rebuild_tensor_v2\n(]K\u0000))tR.",
            "expected a storage as argument 0 of"),
        pickle(
            "a number for a name",
            "}K\u0001" + tensor(none, two, one) + "s.",
            "expected a dictionary of tensors but it is one of […]"),
        pickle(
            "a number for one of the names",
            "}K\u0001" + tensor(none, two, one) + "s" + text("w") + tensor(none, two, one) + "s.",
            "expected names of tensors but one is a number"));
  }

  private static Stream<Hostile> storages() {
    String big = "\u008a\u0008" + little(1L << 60, 8);
    return Stream.of(
        stored(
            "a storage out of the archive",
            storage("ctorch\nFloatStorage\n", "../data.pkl", integer(2)),
            "expected the zip entry \"archive/data/../data.pkl\" but it is not there; save it again"
                + " with torch.save of PyTorch 1.6 or newer"),
        stored(
            "a storage that is not there",
            storage("ctorch\nFloatStorage\n", "7", integer(2)),
            "expected the zip entry \"archive/data/7\""),
        stored(
            "a storage of 2^60 elements",
            storage("ctorch\nFloatStorage\n", "0", big),
            "expected a storage of 1152921504606846976 elements but storage 0 has 8 bytes"),
        stored(
            "a storage of -1 elements",
            storage("ctorch\nFloatStorage\n", "0", integer(-1)),
            "expected a storage of -1 elements"),
        stored(
            "a function for a class",
            storage("ctorch\nSize\n", "0", integer(2)),
            "expected a storage's class but it is torch.Size"),
        stored(
            "a data type for a class",
            storage("ctorch\nfloat32\n", "0", integer(2)),
            "expected a storage's class but it is torch.float32"),
        stored(
            "memory without a type",
            storage("ctorch.storage\nUntypedStorage\n", "0", integer(8)),
            "expected a storage with a type for torch._utils._rebuild_tensor_v2"),
        stored(
            "a module",
            "(" + text("module") + "NNNtQ",
            "expected the name of a storage in the pickle"),
        stored(
            "a number for a storage",
            "K\u0001Q",
            "expected a tuple that names a storage but it is a number"),
        stored(
            "half a name of a storage",
            text("storage") + "\u0085Q",
            "expected more than 1 arguments for a storage's name"));
  }

  private static Stream<Hostile> archives() {
    byte[] pickle =
        latin1(
            PROTOCOL
                + "}"
                + text("w")
                + tensor("K\u0000", "K\u0002\u0085", "K\u0001\u0085")
                + "s.");
    Map<String, byte[]> archive =
        new TreeMap<>(Map.of("archive/data.pkl", pickle, "archive/data/0", new byte[8]));
    return Stream.of(
        new Hostile(
            "a compressed archive",
            Hostile.zip(archive, ZipEntry.DEFLATED),
            "zip entry \"archive/data.pkl\": expected it stored but it is compressed; save it again"
                + " with torch.save"),
        new Hostile(
            "two pickles",
            Hostile.zip(with(archive, "other/data.pkl", pickle)),
            "expected one entry NAME/data.pkl of a PyTorch checkpoint but there are 2"),
        new Hostile(
            "a middle-endian machine",
            Hostile.zip(with(archive, "archive/byteorder", latin1("middle"))),
            "zip entry \"archive/byteorder\": expected little or big but it is \"middle\""));
  }

  static Stream<Hostile> legacy() {
    String pickle =
        PROTOCOL
            + "}"
            + text("w")
            + call(legacyStorage(2, "N"), "K\u0000", "K\u0002\u0085", "K\u0001\u0085")
            + "s.";
    String keys = PROTOCOL + "]" + text("0") + "a.";
    String outside =
        PROTOCOL
            + "}"
            + text("w")
            + call(
                legacyStorage(2, "(" + text("1") + "K\u0001K\u0002t"),
                "K\u0000",
                "K\u0001\u0085",
                "K\u0001\u0085")
            + "s.";
    return Stream.of(
        new Hostile(
            "another magic number",
            PROTOCOL + "K\u0001.",
            "offset 5: expected PyTorch's magic number 119547037146038801333356; if it is a pickle"
                + " of another program, load it in Python"),
        new Hostile(
            "another version", MAGIC + PROTOCOL + "K\u0001.", "expected PyTorch's version 1001"),
        new Hostile(
            "a storage in the machine's pickle",
            MAGIC + PROTOCOL + "M\u00e9\u0003." + PROTOCOL + ")Q.",
            "expected plain data but it names a storage"),
        new Hostile(
            "no keys",
            LEGACY + pickle + PROTOCOL + "K\u0001.",
            "expected the keys of storages but it is a number"),
        new Hostile(
            "a key of nobody",
            LEGACY + pickle + PROTOCOL + "]" + text("5") + "a.",
            "expected the key of a storage that the pickle named"),
        new Hostile(
            "a key twice",
            LEGACY
                + pickle
                + PROTOCOL
                + "]("
                + text("0")
                + text("0")
                + "e."
                + little(2, 8)
                + "12345678",
            "expected the key of a storage"),
        new Hostile(
            "elements missing",
            LEGACY + pickle + keys + little(2, 8) + "1234567",
            "bytes but the file ends at"),
        new Hostile(
            "another count",
            LEGACY + pickle + keys + little(3, 8) + "12345678",
            "expected the 2 elements of storage 0 but it claims 3"),
        new Hostile(
            "no storages",
            LEGACY + pickle + PROTOCOL + "].",
            "expected the elements of storage 0 but they are not there"),
        new Hostile(
            "a view out of its storage",
            LEGACY + outside,
            "expected a view inside the 2 elements of storage 0 but it is 2 from 1 on"),
        new Hostile(
            "PyTorch 0.1",
            "x".repeat(257) + "ustar" + "x".repeat(300),
            "is a tar, as PyTorch wrote before 0.2"));
  }

  private static Hostile pickle(String name, String operations, String sentence) {
    byte[] pickle = latin1(PROTOCOL + operations);
    return new Hostile(
        name,
        Hostile.zip(
            new TreeMap<>(Map.of("archive/data.pkl", pickle, "archive/data/0", new byte[8]))),
        sentence);
  }

  private static Hostile state(
      String name, String offset, String size, String stride, String sentence) {
    return pickle(name, "}" + text("w") + tensor(offset, size, stride) + "s.", sentence);
  }

  private static Hostile stored(String name, String storage, String sentence) {
    return pickle(
        name,
        "}" + text("w") + call(storage, "K\u0000", "K\u0002\u0085", "K\u0001\u0085") + "s.",
        sentence);
  }

  private static String tensor(String offset, String size, String stride) {
    return call(STORAGE, offset, size, stride);
  }

  private static String call(String storage, String offset, String size, String stride) {
    return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + size + stride + "\u0089}tR";
  }

  private static String storage(String type, String key, String count) {
    return "(" + text("storage") + type + text(key) + text("cpu") + count + "tQ";
  }

  private static String legacyStorage(int count, String view) {
    return "("
        + text("storage")
        + "ctorch\nFloatStorage\n"
        + text("0")
        + text("cpu")
        + integer(count)
        + view
        + "tQ";
  }

  private static String integer(int value) {
    return "J" + little(value, 4);
  }

  private static String text(String value) {
    return "X" + little(value.length(), 4) + value;
  }

  private static Map<String, byte[]> with(Map<String, byte[]> map, String name, byte[] bytes) {
    Map<String, byte[]> more = new TreeMap<>(map);
    more.put(name, bytes);
    return more;
  }
}

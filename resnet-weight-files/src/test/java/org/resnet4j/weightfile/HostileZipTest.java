package org.resnet4j.weightfile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.resnet4j.weightfile.Hostile.latin1;
import static org.resnet4j.weightfile.Hostile.little;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.tensors.FileTensors;

/** Malformed zips and NumPy arrays in them are refused. */
class HostileZipTest {
  private static final String ARRAY = npy("'<f4'", "False", "(2,)") + "12345678";

  @ParameterizedTest
  @MethodSource("files")
  void hostileFileIsRefusedInOneSentence(Hostile file, @TempDir Path folder) throws IOException {
    file.assertRefused(folder);
  }

  static Stream<Hostile> files() {
    return Stream.concat(zips(), arrays());
  }

  private static Stream<Hostile> zips() {
    byte[] array = latin1(ARRAY);
    Map<String, byte[]> two = new LinkedHashMap<>();
    two.put("a.npy", array);
    two.put("b.npy", array);
    byte[] bomb = latin1(npy("'<f4'", "False", "(5000000,)") + "\0".repeat(20_000_000));
    return Stream.of(
        new Hostile("only its first bytes", "PK\3\4", "expected a whole zip but: "),
        new Hostile(
            "a name out of the archive",
            Hostile.zip(Map.of("../../a.npy", array)),
            "zip entry \"../../a.npy\": expected a name inside the archive"),
        new Hostile(
            "an absolute name",
            Hostile.zip(Map.of("/etc/a.npy", array)),
            "zip entry \"/etc/a.npy\": expected a name inside the archive"),
        new Hostile(
            "a name of Windows",
            Hostile.zip(Map.of("..\\a.npy", array)),
            "zip entry \"../a.npy\": expected a name inside the archive"),
        new Hostile(
            "a name twice",
            replaced(Hostile.zip(two), "b.npy", "a.npy"),
            "zip entry \"a.npy\": expected every name once"),
        new Hostile(
            "two entries in one place",
            overlapping(Hostile.zip(two)),
            "expected no overlap but it overlaps the entry before it"),
        new Hostile(
            "one entry too many",
            zipOfEmptyEntries(FileTensors.MOST + 1),
            ": expected a zip of at most 100000 entries but there are more; check that it is a file"
                + " of weights"),
        new Hostile(
            "an encrypted entry",
            patched(Hostile.zip(Map.of("a.npy", array)), 8, 1),
            "zip entry \"a.npy\": expected no encryption"),
        new Hostile(
            "another compression",
            patched(Hostile.zip(Map.of("a.npy", array)), 10, 12),
            "expected it stored or deflated but its method is 12"),
        new Hostile(
            "two sizes",
            patched(Hostile.zip(Map.of("a.npy", array)), 24, 7),
            "expected one size but it claims 7 bytes in "),
        new Hostile(
            "zeros blown up",
            Hostile.zip(Map.of("a.npy", bomb), ZipEntry.DEFLATED),
            "zip entry \"a.npy\": expected entries of at most 16 times the file but they claim"
                + " 20000074 bytes; fetch the file again"),
        new Hostile(
            "zeros blown up behind a small size",
            patched(
                Hostile.zip(Map.of("a.npy", latin1(ARRAY + "\0".repeat(1000))), ZipEntry.DEFLATED),
                24,
                ARRAY.length()),
            "zip entry \"a.npy\": expected " + ARRAY.length() + " bytes but: there are more"),
        new Hostile(
            "less than its size",
            patched(
                Hostile.zip(
                    Map.of("a.npy", latin1(npy("'<f4'", "False", "(2,)") + "1234")),
                    ZipEntry.DEFLATED),
                24,
                ARRAY.length()),
            "expected " + ARRAY.length() + " bytes but: it ends at byte " + (ARRAY.length() - 4)),
        new Hostile(
            "another checksum",
            replaced(Hostile.zip(Map.of("a.npy", array)), "12345678", "12345679"),
            "bytes but: their checksum is "),
        new Hostile(
            "an entry that is no array",
            Hostile.zip(new LinkedHashMap<>(Map.of("a.npy", array, "evil.class", array))),
            "zip entry \"evil.class\": expected only arrays, NAME.npy; remove the entry"),
        new Hostile(
            "nothing known", Hostile.zip(Map.of("x", array)), "expected a file of weights ("));
  }

  static Stream<Hostile> arrays() {
    String objects = new String(Goldens.bytes("npy_object.bin"), ISO_8859_1);
    return Stream.of(
        array(
            "objects",
            objects,
            "expected an array of floats or integers but it holds Python objects: {'descr': '|O',"
                + " 'fortran_order': False, 'shape': (1,), }; save it with numpy.asarray(x,"
                + " dtype='float32')"),
        array(
            "records",
            npy("[('a', '<f4')]", "False", "(1,)"),
            "expected an array of floats or integers but it holds records: {"),
        array(
            "complex numbers",
            npy("'<c8'", "False", "(1,)"),
            "expected an array of floats or integers but it holds complex numbers: {"),
        array(
            "text",
            npy("'<U5'", "False", "(1,)"),
            "expected an array of floats or integers but it holds text: {"),
        array(
            "long doubles",
            npy("'<f16'", "True", "(1,)"),
            "expected an array of floats or integers but it holds floats of another size than 2, 4"
                + " or 8 bytes: {"),
        array(
            "code for a header",
            npy("__import__('os')", "False", "(1,)"),
            "but its header is {'descr': __import__('os'),"),
        array(
            "version 9",
            "\u0093NUMPY\u0009\u0000\u0010\u0000",
            "expected the bytes \\x93NUMPY and a version from 1 to 3 at its start"),
        array(
            "a cut magic number",
            "\u0093NUMPY",
            "expected 8 bytes from byte 0 on but there are 6 in all"),
        array(
            "a cut header",
            "\u0093NUMPY\u0001\u0000\u00ff\u0000{",
            "expected 255 bytes from byte 10 on but there are 11 in all"),
        array(
            "a huge header",
            "\u0093NUMPY\u0002\u0000" + little(-1, 4),
            "expected a header of at most 65536 bytes but it claims 4294967295"),
        array(
            "a huge shape",
            npy("'<f4'", "False", "(999999999999999999,)") + "1234",
            "expected F32 of shape [999999999999999999] but there are 4 bytes of data"),
        array(
            "a shape that overflows",
            npy("'<f4'", "True", "(99999999999, 99999999999)"),
            "of sizes from 0 on but the shape is [99999999999, 99999999999]"),
        array(
            "a size of 20 digits",
            npy("'<f4'", "False", "(99999999999999999999,)"),
            "expected a shape of at most 64 axes with sizes of at most 18 digits but it is"
                + " (99999999999999999999,)"),
        array(
            "a negative size",
            npy("'<f4'", "False", "(-1,)"),
            "expected an array of floats or integers"),
        array(
            "65 axes",
            npy("'<f4'", "False", "(" + "1,".repeat(65) + ")"),
            "expected a shape of at most 64 axes with sizes of at most 18 digits"),
        array(
            "too few bytes",
            npy("'<f4'", "False", "(2,)") + "1234567",
            "expected F32 of shape [2] but there are 7 bytes of data; fetch the file again"),
        array(
            "too many bytes",
            npy("'<f4'", "False", "(2,)") + "123456789",
            "expected F32 of shape [2] but there are 9 bytes"));
  }

  private static Hostile array(String name, String bytes, String sentence) {
    return new Hostile(name, bytes, sentence);
  }

  private static String npy(String type, String fortran, String shape) {
    String header =
        "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(type, fortran, shape);
    return "\u0093NUMPY\u0001\u0000" + little(header.length(), 2) + header;
  }

  /** Overwrites {@code field}, a number of two bytes, in the last entry of the directory. */
  private static byte[] patched(byte[] zip, int field, int value) {
    byte[] patched = zip.clone();
    int at = new String(zip, ISO_8859_1).lastIndexOf("PK\1\2") + field;
    patched[at] = (byte) value;
    patched[at + 1] = (byte) (value >> 8);
    return patched;
  }

  /** Returns a zip in which both entries of the directory refer to the first file. */
  private static byte[] overlapping(byte[] zip) {
    return patched(zip, 42, 0);
  }

  private static byte[] replaced(byte[] bytes, String from, String to) {
    return latin1(new String(bytes, ISO_8859_1).replace(from, to));
  }

  /** Returns a zip of more than 65,535 entries, whose counts and offsets are in zip64. */
  private static byte[] zipOfEmptyEntries(int count) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      entries.put(i + ".npy", new byte[0]);
    }
    return Hostile.zip(entries);
  }
}

package org.resnet4j.weightfile.hdf5;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.resnet4j.weightfile.FormulaGoldens;

/** Golden HDF5 files with some bytes overwritten, or made to mislead, and the expected messages. */
public final class MalformedHdf5 {
  private static final int HEADER = Hdf5Header.ATTRIBUTE;

  private MalformedHdf5() {}

  /** A malformed file and the expected message. */
  public record Case(String name, byte[] file, String sentence) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Returns a golden file with some bytes overwritten. */
  private static Case malformed(
      String name, String golden, Consumer<Patch> change, String sentence) {
    try {
      byte[] bytes = FormulaGoldens.bytes("keras/" + golden);
      change.accept(new Patch(bytes, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
      return new Case(name, bytes, sentence);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Case malformed(String golden, String sentence) {
    return malformed(golden, golden, patch -> {}, sentence);
  }

  /** A finder and overwriter of structures in a file. */
  record Patch(byte[] bytes, ByteBuffer file) {
    private static final int ROOT_ADDRESS = 64;

    int root() {
      return (int) file.getLong(ROOT_ADDRESS);
    }

    int find(String signature) {
      int at = new String(bytes, ISO_8859_1).indexOf(signature);
      assertThat(at).as(signature).isNotNegative();
      return at;
    }

    /** Returns the address of the first data set: an object whose first message is its shape. */
    int dataset() {
      for (int at = 0; at < file.capacity() - 24; at += 8) {
        if (file.getShort(at) == 1
            && file.getInt(at + 4) == 1
            && file.getShort(at + 16) == Hdf5Header.DATASPACE) {
          return at;
        }
      }
      throw new AssertionError("there is no data set");
    }

    /** Returns the address of the data of the first chunk of the first tree of chunks. */
    int chunk() {
      // Four axes, and one for the bytes of a value.
      return (int) file.getLong(find("TREE\1\0") + 24 + 8 + 8 * 5);
    }

    /** Returns the address of the data of an object's message, following a continuation. */
    int message(int header, int type) {
      int at = header + 16;
      while (file.getShort(at) != type) {
        at =
            file.getShort(at) == 0x10 ? (int) file.getLong(at + 8) : at + 8 + file.getShort(at + 2);
      }
      return at + 8;
    }
  }

  public static Stream<Case> cases() {
    return Stream.of(superblocks(), objects(), groups(), datasets(), attributes(), goldens())
        .flatMap(cases -> cases);
  }

  private static Stream<Case> superblocks() {
    String golden = "applications.h5";
    return Stream.of(
        malformed(
            "no signature",
            golden,
            p -> p.file.put(1, (byte) 'X'),
            "expected an HDF5 file but its signature is not there; is it one?"),
        malformed(
            "another version",
            golden,
            p -> p.file.put(8, (byte) 9),
            "offset 8: expected a superblock of version 0 to 3 but was 9"),
        malformed(
            "addresses of 4 bytes",
            golden,
            p -> p.file.put(13, (byte) 4),
            "expected addresses and lengths of 8 bytes but they have 4 and 8; save it with h5py's defaults, as Keras does"),
        malformed(
            "another base",
            golden,
            p -> p.file.putLong(24, 8),
            "expected the base address 0 but was 8"),
        malformed(
            "more bytes than there are",
            golden,
            p -> p.file.putLong(40, 1L << 40),
            "expected 1099511627776 bytes, as the superblock says, but the file has 36472; fetch the file again"),
        malformed(
            "a root outside",
            golden,
            p -> p.file.putLong(64, 1L << 40),
            "offset 1099511627776: expected an object of 1 bytes but the file ends at 36472"),
        malformed(
            "a root at -1",
            golden,
            p -> p.file.putLong(64, -1),
            "expected an object of 1 bytes but the file ends at 36472"));
  }

  private static Stream<Case> objects() {
    String golden = "applications.h5";
    return Stream.of(
        malformed(
            "an object of version 7",
            golden,
            p -> p.file.put(p.root(), (byte) 7),
            "expected the signature OHDR but was \"????\""),
        malformed(
            "an object of 4 GiB",
            golden,
            p -> p.file.putInt(p.root() + 8, -1),
            "expected an object's messages of 4294967295 bytes but the file ends at 36472"),
        malformed(
            "a message of 64 KiB",
            golden,
            p -> p.file.putShort(p.root() + 18, (short) -1),
            "expected a message of 65535 bytes but "),
        malformed(
            "messages that go on with themselves",
            golden,
            p ->
                p.file
                    .putShort(p.root() + 16, (short) 0x10)
                    .putLong(p.root() + 24, p.root() + 16)
                    .putLong(p.root() + 32, 24),
            "expected structures that are read once but they refer to one another repeatedly"),
        malformed(
            "a place without an address",
            golden,
            p -> p.file.putShort(p.root() + 16, (short) 0x10).putShort(p.root() + 18, (short) 8),
            "expected a continuation of 16 bytes but it has fewer"),
        malformed(
            "a shared message",
            golden,
            p -> p.file.put(p.message(p.root(), HEADER) - 4, (byte) 2),
            "expected no shared messages but there is one"));
  }

  private static Stream<Case> groups() {
    String golden = "applications.h5";
    return Stream.of(
        malformed(
            "no tree",
            golden,
            p -> p.file.put(p.find("TREE"), (byte) 'X'),
            "expected the signature TREE but was \"XREE\""),
        malformed(
            "a tree of chunks",
            golden,
            p -> p.file.put(p.find("TREE") + 4, (byte) 1),
            "expected a B-tree of kind 0 and a level below 255 but was kind 1 and level 0"),
        malformed(
            "a tree in a circle",
            golden,
            p ->
                p.file
                    .put(p.find("TREE") + 5, (byte) 1)
                    .putLong(p.find("TREE") + 32, p.find("TREE")),
            "expected a B-tree of kind 0 and a level below 1 but was kind 0 and level 1"),
        malformed(
            "a tree with more than there is",
            golden,
            p -> p.file.putShort(p.find("TREE") + 6, (short) -1),
            "expected a B-tree of 1048560 bytes but the file ends at 36472"),
        malformed(
            "a tree with a table twice",
            golden,
            p ->
                p.file
                    .putShort(p.find("TREE") + 6, (short) 2)
                    .putLong(p.find("TREE") + 48, p.find("SNOD")),
            "expected every name once but \""),
        malformed(
            "no table",
            golden,
            p -> p.file.put(p.find("SNOD"), (byte) 'X'),
            "expected the signature SNOD but was \"XNOD\""),
        malformed(
            "a table with more than there is",
            golden,
            p -> p.file.putShort(p.find("SNOD") + 6, (short) -1),
            "expected a symbol table of 2621400 bytes but the file ends at 36472"),
        malformed(
            "a name outside",
            golden,
            p -> p.file.putLong(p.find("SNOD") + 8, 1L << 33),
            "expected a name in a heap of "),
        malformed(
            "no heap",
            golden,
            p -> p.file.put(p.find("HEAP"), (byte) 'X'),
            "expected the signature HEAP but was \"XEAP\""),
        malformed(
            "a heap of 2 EiB",
            golden,
            p -> p.file.putLong(p.find("HEAP") + 8, 1L << 61),
            "expected a group's names of 2305843009213693952 bytes but the file ends at 36472"),
        malformed(
            "an object outside",
            golden,
            p -> p.file.putLong(p.find("SNOD") + 16, 1L << 33),
            "expected an object of 1 bytes but the file ends at 36472"));
  }

  private static Stream<Case> datasets() {
    String golden = "strings.h5";
    int space = Hdf5Header.DATASPACE;
    int layout = Hdf5Header.LAYOUT;
    return Stream.of(
        malformed(
            "200 axes",
            golden,
            p -> p.file.put(p.message(p.dataset(), space) + 1, (byte) 200),
            "expected the sizes of 200 axes but "),
        malformed(
            "another version of shape",
            golden,
            p -> p.file.put(p.message(p.dataset(), space), (byte) 3),
            "expected a shape of version 1 or 2 but was 3"),
        malformed(
            "a negative size",
            golden,
            p -> p.file.putLong(p.message(p.dataset(), space) + 8, -5),
            "expected at most 64 axes of sizes from 0 on but the shape is [-5"),
        malformed(
            "sizes that overflow",
            golden,
            p -> p.file.putLong(p.message(p.dataset(), space) + 8, 1L << 62),
            "from 0 on but the shape is [4611686018427387904"),
        malformed(
            "more values than bytes",
            golden,
            p -> p.file.putLong(p.message(p.dataset(), space) + 8, 1L << 32),
            "in the file but it has "),
        malformed(
            "a compound type",
            golden,
            p -> p.file.put(p.message(p.dataset(), Hdf5Header.DATATYPE), (byte) 0x16),
            "but its type is of class 6 and 4 bytes"),
        malformed(
            "a float of 3 bytes",
            golden,
            p -> p.file.putInt(p.message(p.dataset(), Hdf5Header.DATATYPE) + 4, 3),
            "but its type is of class 1 and 3 bytes"),
        malformed(
            "a layout of version 9",
            golden,
            p -> p.file.put(p.message(p.dataset(), layout), (byte) 9),
            "but was version 9, class 1 in "),
        malformed(
            "data outside",
            golden,
            p -> p.file.putLong(p.message(p.dataset(), layout) + 2, 1L << 40),
            "in the file but it has 16 at 1099511627776 of "),
        malformed(
            "data nowhere",
            golden,
            p -> p.file.putLong(p.message(p.dataset(), layout) + 2, -1),
            "in the file but it has 16 at -1 of "),
        malformed(
            "other data than values",
            golden,
            p -> p.file.putLong(p.message(p.dataset(), layout) + 10, 17),
            "in the file but it has 17 at "));
  }

  private static Stream<Case> attributes() {
    return Stream.of(
        malformed(
            "a heap of texts with another signature",
            "strings.h5",
            p -> p.file.put(p.find("GCOL"), (byte) 'X'),
            "expected the signature GCOL but was \"XCOL\""),
        malformed(
            "a heap of texts of 2 EiB",
            "strings.h5",
            p -> p.file.putLong(p.find("GCOL") + 8, 1L << 61),
            "expected a global heap of 2305843009213693952 bytes but "),
        malformed(
            "a text that is not there",
            "strings.h5",
            p -> p.file.putShort(p.find("GCOL") + 16, (short) 77),
            "in this heap but it is not there"),
        malformed(
            "a text without an end",
            "strings.h5",
            p -> p.file.putLong(p.find("GCOL") + 24, Long.MAX_VALUE),
            "in this heap but it is not there"),
        malformed(
            "a layer that is not there",
            "strings.h5",
            p -> p.file.put(p.find("GCOL") + 32, (byte) 'x'),
            "expected \"xonv1_conv\" in it but it is not there"),
        malformed(
            "an attribute of version 8",
            "strings.h5",
            p -> p.file.put(p.message(p.root(), HEADER), (byte) 8),
            "expected an attribute of version 1 to 3"),
        malformed(
            "an attribute longer than its message",
            "strings.h5",
            p -> p.file.putShort(p.message(p.root(), HEADER) + 2, (short) -1),
            "expected an attribute of at least "));
  }

  private static Stream<Case> goldens() {
    return Stream.of(
        malformed(
            "external.h5",
            "link \"a\": expected data in this file but it is in \"/etc/passwd\"; do not trust this file"),
        malformed(
            "circle.h5",
            "expected links that lead to something but they lead in circles; do not trust this file"),
        malformed("loop.weights.h5", "expected groups 32 deep at most; do not trust this file"),
        malformed(
            "heap.h5",
            "expected a group with a symbol table but its links are in a heap; save it with h5py's defaults, as Keras does"),
        malformed(
            "lzf.h5",
            "expected data compressed with deflate or not at all but its filter is number 32000"),
        malformed(
            "bomb.h5",
            "expected chunks of 4-byte values, and with their dataset at most 16 times the file, but they are [4096, 1024] of 4 bytes for [4096, 1024]"),
        malformed("sparse.h5", "expected 4 chunks but there are 1"),
        malformed(
            "a damaged chunk",
            "model.h5",
            p -> p.file.putLong(p.chunk(), 0x1122334455667788L),
            "expected a deflated chunk of at most "));
  }
}

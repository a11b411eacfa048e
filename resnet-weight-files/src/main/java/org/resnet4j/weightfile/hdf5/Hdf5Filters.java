package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.resnet4j.tensors.WeightFileException;

/**
 * The filters that were applied to chunks before they were stored, section IV.A.2.l of the
 * specification.
 */
record Hdf5Filters(List<Integer> kinds) {
  static final Hdf5Filters NONE = new Hdf5Filters(List.of());

  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final int CHECKSUM_BYTES = 4;

  static Hdf5Filters read(Hdf5Bytes bytes, long address, ByteBuffer data) throws IOException {
    List<Integer> kinds = new ArrayList<>();
    try {
      int version = data.get(0);
      int count = data.get(1) & 0xff;
      int at = version == 1 ? 8 : 2;
      for (int i = 0; i < count; i++) {
        int kind = Short.toUnsignedInt(data.getShort(at));
        boolean named = version == 1 || kind >= 256;
        int name = named ? Short.toUnsignedInt(data.getShort(at + 2)) : 0;
        int values = Short.toUnsignedInt(data.getShort(at + (named ? 6 : 4)));
        at += (named ? 8 : 6) + (version == 1 ? (name + 7) / 8 * 8 : name) + 4 * values;
        at += version == 1 && values % 2 == 1 ? 4 : 0;
        kinds.add(kind);
      }
    } catch (IndexOutOfBoundsException e) {
      throw bytes.at(address, "expected filters but their message ends within one");
    }
    for (int kind : kinds) {
      if (kind < DEFLATE || kind > FLETCHER32) {
        throw bytes.unsupported(
            address,
            "expected data compressed with deflate or not at all but its filter is number %s"
                .formatted(kind));
      }
    }
    return new Hdf5Filters(List.copyOf(kinds));
  }

  /**
   * Undoes the filters.
   *
   * @param skipped bit mask of filters that were not applied to this chunk
   * @param size size of the chunk in bytes
   */
  byte[] decode(String where, byte[] stored, int skipped, int size, int elementBytes)
      throws WeightFileException {
    byte[] chunk = stored;
    for (int i = kinds.size() - 1; i >= 0; i--) {
      if ((skipped & 1 << i) == 0) {
        chunk =
            switch (kinds.get(i)) {
              case DEFLATE -> inflated(where, chunk, size + CHECKSUM_BYTES * kinds.size());
              case SHUFFLE -> unshuffled(chunk, elementBytes);
              default -> withoutChecksum(where, chunk);
            };
      }
    }
    if (chunk.length != size) {
      throw new WeightFileException(
          "%s: expected a chunk of %s bytes but it has %s; %s"
              .formatted(where, size, chunk.length, WeightFileException.REFETCH));
    }
    return chunk;
  }

  private static byte[] inflated(String where, byte[] stored, int most) throws WeightFileException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      byte[] chunk = new byte[most];
      int length = inflater.inflate(chunk);
      if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
        throw new DataFormatException("there is more");
      }
      if (!inflater.finished()) {
        throw new DataFormatException("it ends too early");
      }
      return Arrays.copyOf(chunk, length);
    } catch (DataFormatException e) {
      throw new WeightFileException(
          "%s: expected a deflated chunk of at most %s bytes but: %s; %s"
              .formatted(where, most, e.getMessage(), WeightFileException.REFETCH),
          e);
    } finally {
      inflater.end();
    }
  }

  /**
   * Undoes the shuffle filter, which stores all first bytes of the elements, then all second bytes.
   */
  private static byte[] unshuffled(byte[] stored, int elementBytes) {
    int count = stored.length / elementBytes;
    byte[] chunk = stored.clone();
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < elementBytes; j++) {
        chunk[i * elementBytes + j] = stored[j * count + i];
      }
    }
    return chunk;
  }

  private static byte[] withoutChecksum(String where, byte[] stored) throws WeightFileException {
    if (stored.length < CHECKSUM_BYTES) {
      throw new WeightFileException(
          "%s: expected a chunk with a checksum but it has %s bytes; %s"
              .formatted(where, stored.length, WeightFileException.REFETCH));
    }
    return Arrays.copyOf(stored, stored.length - CHECKSUM_BYTES);
  }
}

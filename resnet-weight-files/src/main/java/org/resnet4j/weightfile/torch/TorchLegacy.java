package org.resnet4j.weightfile.torch;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.Pickle;
import org.resnet4j.weightfile.pickle.PickleArguments;
import org.resnet4j.weightfile.pickle.PickleInput;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Special;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;

/**
 * Reads files of {@code torch.save} before PyTorch 1.6. They have five pickles (magic number,
 * version, machine, object, keys of storages), then for each key the number of elements and the
 * elements, little-endian.
 */
final class TorchLegacy {
  /** The magic number, {@code torch.serialization.MAGIC_NUMBER}. */
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private static final Long VERSION = 1001L;

  /** The remedy for a plain pickle. */
  private static final String NOT_TORCH =
      "if it is a pickle of another program, load it in Python where you trust it and save its"
          + " tensors with torch.save, or its arrays with numpy.savez";

  private final FileBytes file;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private final Map<String, Content> contents = new HashMap<>();
  private final Pickle.Loaded root;

  private TorchLegacy(FileBytes file) throws IOException {
    this.file = file;
    ContentStream bytes = new ContentStream(file.slice(0, file.size()));
    PickleInput in = new PickleInput(file.where(), bytes, 0);
    expect(in, "magic number", MAGIC);
    expect(in, "version", VERSION);
    // The machine is ignored, as in PyTorch.
    Pickle.load(in);
    this.root = Pickle.load(in, this::storage);
    place(in, Pickle.load(in));
  }

  static TorchLegacy read(FileBytes file) throws IOException {
    return new TorchLegacy(file);
  }

  private static void expect(PickleInput in, String what, Object expected) throws IOException {
    Object actual = Pickle.load(in);
    if (!actual.equals(expected)) {
      throw in.refused("expected PyTorch's %s %s".formatted(what, expected), NOT_TORCH);
    }
  }

  /** Returns the saved object. */
  Pickle.Loaded root() {
    return root;
  }

  Content content(Storage storage) throws WeightFileException {
    Content content = contents.get(storage.key());
    if (content == null) {
      throw new WeightFileException(
          "%s: expected the elements of storage %s but they are not there; %s"
              .formatted(file.where(), storage.key(), WeightFileException.REFETCH));
    }
    return content;
  }

  /**
   * Returns the storage of an id as in {@link TorchStorage#of}, followed by {@code None} or by a
   * view {@code (key, offset, size)}.
   */
  private Object storage(PickleArguments id) throws WeightFileException {
    if ("module".equals(id.get(0))) {
      return TorchStorage.read(id);
    }
    Storage whole = TorchStorage.of(id);
    Storage known = storages.putIfAbsent(whole.key(), whole);
    if (known != null && (known.type() != whole.type() || known.count() != whole.count())) {
      throw id.refused("expected storage %s as before".formatted(whole.key()));
    }
    if (id.size() < 6 || id.get(5) == Special.NONE) {
      return whole;
    }
    PickleArguments view = id.nested("a view of a storage", id.sequence(5).items());
    long first = view.integer(1);
    long count = view.integer(2);
    if (first < 0 || count < 0 || first > whole.count() - count) {
      throw id.refused(
          "expected a view inside the %s elements of storage %s but it is %s from %s on"
              .formatted(whole.count(), whole.key(), count, first));
    }
    return new Storage(whole.key(), whole.type(), whole.count(), first);
  }

  /** Determines the position of each storage. */
  private void place(PickleInput in, Object keys) throws IOException {
    if (!(keys instanceof Sequence sequence)) {
      throw in.refused("expected the keys of storages but it is " + PickleArguments.kind(keys));
    }
    List<Object> items = sequence.items();
    long position = in.position();
    for (Object key : items) {
      Storage storage = key instanceof String text ? storages.get(text) : null;
      if (storage == null || contents.containsKey(storage.key())) {
        throw in.refused("expected the key of a storage that the pickle named");
      }
      position = place(storage, position);
    }
  }

  private long place(Storage storage, long position) throws IOException {
    ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(position, count);
    if (count.getLong(0) != storage.count() || storage.count() < 0) {
      throw WeightFileException.at(
          file.where(),
          position,
          "expected the %s elements of storage %s but it claims %s"
              .formatted(storage.count(), storage.key(), count.getLong(0)),
          WeightFileException.REFETCH);
    }
    long start = position + Long.BYTES;
    int size = storage.type() == null ? 1 : storage.type().size();
    file.require(start, 0);
    if (storage.count() > (file.size() - start) / size) {
      file.require(start, Math.max(storage.count(), file.size()));
    }
    contents.put(storage.key(), file.slice(start, storage.count() * size));
    return start + storage.count() * size;
  }
}

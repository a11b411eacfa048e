package org.resnet4j.weightfile.torch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.RenamedTensors;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.Pickle;
import org.resnet4j.weightfile.pickle.PickleInput;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;
import org.resnet4j.weightfile.zip.ZipEntries;

/**
 * Reads files of {@code torch.save}: a state dict, alone or in the dictionary of a training script.
 * The pickle is read as data. An object of any class other than a tensor, a container or a number
 * is read over and never made; a file whose weights are inside one is refused.
 */
public final class TorchCheckpoint {
  private static final String RESAVE = "save it again with torch.save of PyTorch 1.6 or newer";

  private TorchCheckpoint() {}

  /** A resolver of storages, for use once the entire file is known. */
  private interface Storages {
    Content of(Storage storage) throws WeightFileException;
  }

  /**
   * Opens a checkpoint in zip format.
   *
   * @param key path of the weights in it, such as {@code state_dict_ema}; empty to find them
   * @throws IOException when the file is damaged, has no tensors, or several networks and no key
   */
  public static Tensors openZip(Path file, String key) throws IOException {
    ZipEntries zip = ZipEntries.open(FileBytes.open(file));
    try {
      String folder = folder(zip);
      String name = folder + "data.pkl";
      Content pickle = zip.stored(name, RESAVE);
      String where = "%s: zip entry \"%s\"".formatted(zip.file().where(), name);
      Pickle.Loaded root =
          Pickle.load(new PickleInput(where, new ContentStream(pickle), 0), TorchStorage::read);
      return tensors(
          zip.file().where(),
          StateDict.find(zip.file().where(), root, key),
          byteOrder(zip, folder),
          storage -> zip.stored(folder + "data/" + storage.key(), RESAVE),
          zip);
    } catch (Throwable e) {
      zip.close();
      throw e;
    }
  }

  /** Returns the only folder of the archive, which PyTorch names after the file. */
  private static String folder(ZipEntries zip) throws WeightFileException {
    List<String> found =
        zip.all().keySet().stream().filter(name -> name.matches("[^/]*/data\\.pkl")).toList();
    if (found.size() != 1) {
      throw new WeightFileException(
          "%s: expected one entry NAME/data.pkl of a PyTorch checkpoint but there are %s; %s"
              .formatted(zip.file().where(), found.size(), RESAVE));
    }
    String folder = found.get(0).substring(0, found.get(0).indexOf('/') + 1);
    if (zip.all().containsKey(folder + "constants.pkl")) {
      throw new WeightFileException(
          "%s: is a TorchScript archive, which holds code; load it in Python with torch.jit.load and save torch.save(model.state_dict(), \"weights.pth\")"
              .formatted(zip.file().where()));
    }
    return folder;
  }

  private static ByteOrder byteOrder(ZipEntries zip, String folder) throws IOException {
    if (!zip.all().containsKey(folder + "byteorder")) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    Content content = zip.stored(folder + "byteorder", RESAVE);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(content.size(), 16));
    try (Content.Cursor cursor = content.open()) {
      cursor.read(0, bytes);
    }
    String order = new String(bytes.array(), US_ASCII);
    return switch (order) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new WeightFileException(
              "%s: zip entry \"%sbyteorder\": expected little or big but it is \"%s\"; %s"
                  .formatted(zip.file().where(), folder, order, RESAVE));
    };
  }

  /** Opens a checkpoint of PyTorch before 1.6, like {@link #openZip}. */
  public static Tensors openLegacy(Path file, String key) throws IOException {
    FileBytes bytes = FileBytes.open(file);
    try {
      TorchLegacy legacy = TorchLegacy.read(bytes);
      StateDict.Found found = StateDict.find(bytes.where(), legacy.root(), key);
      return tensors(bytes.where(), found, ByteOrder.LITTLE_ENDIAN, legacy::content, bytes);
    } catch (Throwable e) {
      bytes.close();
      throw e;
    }
  }

  private static Tensors tensors(
      String where, StateDict.Found found, ByteOrder order, Storages storages, Closeable file)
      throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, StridedTensor> entry : found.tensors().entrySet()) {
      StridedTensor tensor = entry.getValue();
      String name = "%s: tensor \"%s\"".formatted(where, entry.getKey());
      Content content = storages.of(tensor.storage());
      requireHeld(name, tensor.storage(), content);
      tensors.put(
          entry.getKey(),
          StoredTensor.checked(
              name,
              tensor.type(),
              order,
              tensor.shape(),
              tensor.strides(),
              offset(name, tensor),
              content));
    }
    return RenamedTensors.under(
        found.rest(), new FileTensors(where, tensors, file, found.selection()));
  }

  private static void requireHeld(String where, Storage storage, Content content)
      throws WeightFileException {
    int size = storage.type() == null ? 1 : storage.type().size();
    if (storage.count() < 0 || storage.count() > content.size() / size) {
      throw new WeightFileException(
          "%s: expected a storage of %s elements but storage %s has %s bytes; %s"
              .formatted(
                  where,
                  storage.count(),
                  storage.key(),
                  content.size(),
                  WeightFileException.REFETCH));
    }
  }

  private static long offset(String where, StridedTensor tensor) throws WeightFileException {
    try {
      long first = Math.addExact(tensor.storage().first(), tensor.offset());
      return Math.multiplyExact(first, (long) tensor.type().size());
    } catch (ArithmeticException e) {
      throw new WeightFileException(
          "%s: expected an offset inside the file but it is %s; %s"
              .formatted(where, tensor.offset(), WeightFileException.REFETCH),
          e);
    }
  }
}

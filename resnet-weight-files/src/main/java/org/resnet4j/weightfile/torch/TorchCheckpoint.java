package org.resnet4j.weightfile.torch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.Pickle;
import org.resnet4j.weightfile.pickle.PickleInput;
import org.resnet4j.weightfile.pickle.PickleValue.Storage;
import org.resnet4j.weightfile.pickle.PickleValue.StridedTensor;
import org.resnet4j.weightfile.zip.FirstBytes;
import org.resnet4j.weightfile.zip.ZipEntries;

/**
 * Reads files of {@code torch.save}: a state dict, alone or in the dictionary of a training script.
 * The pickle is read as data. A name in it other than a tensor's, a container's or a number's is
 * refused and never run.
 */
public final class TorchCheckpoint {
  private static final String RESAVE = "save it again with torch.save of PyTorch 1.6 or newer";

  private TorchCheckpoint() {}

  /**
   * Opens a checkpoint in zip or older format.
   *
   * @throws IOException when it is neither, is damaged, holds more than data, or has no tensors
   */
  public static Tensors open(Path file, Copy copy) throws IOException {
    FirstBytes first = FirstBytes.of(file);
    return first.startsWith(FirstBytes.ZIP) ? openZip(file, copy) : openLegacy(file, copy);
  }

  /** A resolver of storages, for use once the entire file is known. */
  private interface Storages {
    Content of(Storage storage) throws WeightFileException;
  }

  public static Tensors openZip(Path file, Copy copy) throws IOException {
    ZipEntries zip = ZipEntries.open(FileBytes.open(file));
    try {
      String folder = folder(zip);
      String name = folder + "data.pkl";
      Content pickle = zip.stored(name, RESAVE);
      String where = "%s: zip entry \"%s\"".formatted(zip.file().where(), name);
      Object root =
          Pickle.load(new PickleInput(where, new ContentStream(pickle), 0), TorchStorage::of);
      Map<String, StridedTensor> tensors = StateDict.find(zip.file().where(), root, copy);
      return tensors(
          zip.file().where(),
          tensors,
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

  public static Tensors openLegacy(Path file, Copy copy) throws IOException {
    FileBytes bytes = FileBytes.open(file);
    try {
      TorchLegacy legacy = TorchLegacy.read(bytes);
      Map<String, StridedTensor> tensors = StateDict.find(bytes.where(), legacy.root(), copy);
      return tensors(bytes.where(), tensors, ByteOrder.LITTLE_ENDIAN, legacy::content, bytes);
    } catch (Throwable e) {
      bytes.close();
      throw e;
    }
  }

  private static Tensors tensors(
      String where,
      Map<String, StridedTensor> found,
      ByteOrder order,
      Storages storages,
      java.io.Closeable file)
      throws WeightFileException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, StridedTensor> entry : new ArrayList<>(found.entrySet())) {
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
    return new FileTensors(where, tensors, file);
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

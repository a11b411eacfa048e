package org.resnet4j.weightfile.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.HeapContent;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.hdf5.Hdf5File;
import org.resnet4j.weightfile.hdf5.Hdf5Node;
import org.resnet4j.weightfile.zip.FirstBytes;
import org.resnet4j.weightfile.zip.ZipEntries;

/**
 * Reads {@code .keras} files of Keras 3, which are zips with the model's configuration and its
 * weights in HDF5. The configuration describes the network. Names are those of {@link KerasHdf5}.
 */
public final class KerasArchive {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";

  private KerasArchive() {}

  /** Returns whether the file is a zip that begins like those of Keras. */
  public static boolean recognises(FirstBytes first) {
    return first.zipEntries().contains(CONFIG) && first.zipEntries().contains("metadata.json");
  }

  /**
   * Opens {@code file}, without an optimizer's state.
   *
   * @throws WeightFileException when it was not saved by Keras or is inconsistent
   */
  public static Tensors open(Path file) throws IOException {
    ZipEntries zip = ZipEntries.open(FileBytes.open(file));
    try {
      KerasConfig config = KerasConfig.parse(file + ": " + CONFIG, config(zip));
      Hdf5Node root = Hdf5File.root(file + ": " + WEIGHTS, weights(zip));
      Map<String, StoredTensor> tensors = KerasVariables.read(root, config.layers());
      FileGraph graph = KerasGraph.of(config, tensors.keySet());
      return new FileTensors(file.toString(), tensors, zip, Selection.WHOLE, graph);
    } catch (Throwable e) {
      zip.close();
      throw e;
    }
  }

  private static ZipArchiveEntry entry(ZipEntries zip, String name) throws WeightFileException {
    ZipArchiveEntry entry = zip.all().get(name);
    if (entry == null) {
      throw new WeightFileException(
          "%s: expected the zip entry \"%s\" but it is not there; save the model with Keras, in one piece"
              .formatted(zip.file().where(), name));
    }
    return entry;
  }

  private static byte[] config(ZipEntries zip) throws IOException {
    ZipArchiveEntry entry = entry(zip, CONFIG);
    if (entry.getSize() > KerasConfig.MOST_BYTES) {
      throw new WeightFileException(
          "%s: expected a configuration of at most %s bytes but it has %s; do not trust this file"
              .formatted(zip.file().where(), KerasConfig.MOST_BYTES, entry.getSize()));
    }
    return bytes(zip, entry).array();
  }

  /** Returns the weights; Keras stores them, but another program may have compressed them. */
  private static Content weights(ZipEntries zip) throws IOException {
    ZipArchiveEntry entry = entry(zip, WEIGHTS);
    return entry.getMethod() == ZipEntry.STORED
        ? zip.stored(WEIGHTS, WeightFileException.REFETCH)
        : new HeapContent(bytes(zip, entry));
  }

  private static ByteBuffer bytes(ZipEntries zip, ZipArchiveEntry entry) throws IOException {
    Content content = zip.streamed(entry);
    if (content.size() > Integer.MAX_VALUE - 8) {
      throw new WeightFileException(
          "%s: expected at most 2 GiB in the compressed entry \"%s\" but it has %s bytes; store it"
              .formatted(zip.file().where(), entry.getName(), content.size()));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
    try (Content.Cursor cursor = content.open()) {
      cursor.read(0, bytes);
      cursor.finish();
    }
    return bytes.flip();
  }
}

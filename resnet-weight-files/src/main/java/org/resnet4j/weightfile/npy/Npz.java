package org.resnet4j.weightfile.npy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.zip.ZipEntries;

/**
 * Reads files of {@code numpy.savez}, which are zips of {@code NAME.npy}, compressed or not, and of
 * {@code numpy.save}.
 */
public final class Npz {
  public static final String SUFFIX = ".npy";

  private Npz() {}

  public static Tensors open(Path file) throws IOException {
    ZipEntries zip = ZipEntries.open(FileBytes.open(file));
    try {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (ZipArchiveEntry entry : zip.all().values()) {
        String name = entry.getName();
        String where = "%s: zip entry \"%s\"".formatted(file, name);
        if (!name.endsWith(SUFFIX)) {
          throw new WeightFileException(
              "%s: expected only arrays, NAME.npy; remove the entry".formatted(where));
        }
        tensors.put(
            name.substring(0, name.length() - SUFFIX.length()),
            Npy.read(where, zip.streamed(entry)));
      }
      return new FileTensors(file.toString(), tensors, zip);
    } catch (Throwable e) {
      zip.close();
      throw e;
    }
  }

  /** Opens one array, named after its file. */
  public static Tensors openSingle(Path file) throws IOException {
    FileBytes bytes = FileBytes.open(file);
    try {
      String fileName = String.valueOf(file.getFileName());
      String name =
          fileName.endsWith(SUFFIX)
              ? fileName.substring(0, fileName.length() - SUFFIX.length())
              : fileName;
      StoredTensor tensor = Npy.read(bytes.where(), bytes.slice(0, bytes.size()));
      return new FileTensors(bytes.where(), Map.of(name, tensor), bytes);
    } catch (Throwable e) {
      bytes.close();
      throw e;
    }
  }
}

package org.resnet4j.weightfile.onnx;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.WeightFileException;

/**
 * The files beside an ONNX model that hold its data. No file outside of the model's folder is
 * opened: absolute paths, {@code ..} and symbolic links are refused.
 */
final class ExternalData implements Closeable {
  private static final int MOST_FILES = 256;

  private final Path folder;
  private final Map<String, FileBytes> files = new HashMap<>();

  /** Creates the external data of the model in {@code model}. */
  ExternalData(Path model) {
    Path parent = model.toAbsolutePath().getParent();
    if (parent == null) {
      throw new AssertionError("a file is in a folder");
    }
    folder = parent;
  }

  /**
   * Returns the bytes that {@code entry} describes.
   *
   * @param entry {@code location}, relative to the folder, {@code offset} and {@code length} in
   *     bytes; without a length the rest of the file
   */
  Content content(String where, Map<String, String> entry) throws IOException {
    FileBytes file = file(where, entry.getOrDefault("location", ""));
    long offset = number(where, "offset", entry.getOrDefault("offset", "0"));
    file.require(offset, 0);
    long rest = file.size() - offset;
    String length = entry.get("length");
    return file.slice(offset, length == null ? rest : number(where, "length", length));
  }

  private FileBytes file(String where, String location) throws IOException {
    FileBytes known = files.get(location);
    if (known != null) {
      return known;
    }
    if (files.size() == MOST_FILES) {
      throw refused(where, "data in at most %s files".formatted(MOST_FILES), location);
    }
    FileBytes file = FileBytes.open(confined(where, location));
    files.put(location, file);
    return file;
  }

  private Path confined(String where, String location) throws WeightFileException {
    Path relative = relative(where, location);
    Path path = folder;
    for (Path part : relative) {
      path = path.resolve(part);
      if (Files.isSymbolicLink(path)) {
        throw refused(where, "no symbolic link in the place of its data", location);
      }
    }
    return path;
  }

  private Path relative(String where, String location) throws WeightFileException {
    try {
      Path path = folder.getFileSystem().getPath(location);
      boolean inside = !path.isAbsolute() && path.getRoot() == null && !location.isEmpty();
      for (Path part : path) {
        inside &= !part.toString().equals("..");
      }
      // The model may have been made on another operating system.
      if (inside && location.indexOf('\\') < 0 && location.indexOf(':') < 0) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw refused(where, "a path of this system", location);
    }
    throw refused(where, "data in the folder of the model", location);
  }

  private static long number(String where, String key, String text) throws WeightFileException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new WeightFileException(
          "%s: expected a whole number of bytes as %s of its external data but was \"%s\"; %s"
              .formatted(where, key, shortened(text), WeightFileException.REFETCH));
    }
  }

  private static WeightFileException refused(String where, String expected, String location) {
    return new WeightFileException(
        "%s: expected %s but its location is \"%s\"; do not trust this model"
            .formatted(where, expected, shortened(location)));
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  @Override
  public void close() throws IOException {
    for (FileBytes file : files.values()) {
      file.close();
    }
  }
}

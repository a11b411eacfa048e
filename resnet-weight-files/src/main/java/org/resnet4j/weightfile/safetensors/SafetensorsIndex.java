package org.resnet4j.weightfile.safetensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.resnet4j.support.JsonText;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;

/**
 * Reads {@code model.safetensors.index.json}, which names the file of each tensor when {@code
 * huggingface_hub} splits a large model.
 */
public final class SafetensorsIndex {
  private final FileBytes index;
  private final Path folder;
  private final Map<String, Map<String, StoredTensor>> shards = new HashMap<>();
  private final Deque<FileBytes> files = new ArrayDeque<>();

  private SafetensorsIndex(FileBytes index, Path folder) {
    this.index = index;
    this.folder = folder;
  }

  public static Tensors open(Path file) throws IOException {
    try (FileBytes bytes = FileBytes.open(file)) {
      SafetensorsIndex index = new SafetensorsIndex(bytes, file.resolveSibling(""));
      Closeable all = () -> closeAll(index.files);
      try {
        return new FileTensors(bytes.where(), index.tensors(), all);
      } catch (Throwable e) {
        all.close();
        throw e;
      }
    }
  }

  private static void closeAll(Deque<FileBytes> files) throws IOException {
    for (FileBytes file : files) {
      file.close();
    }
  }

  private Map<String, StoredTensor> tensors() throws IOException {
    if (index.size() > SafetensorsHeader.MOST_HEADER_BYTES) {
      throw new WeightFileException(
          "%s: expected an index of at most %s bytes but there are %s; is it the file you mean?"
              .formatted(index.where(), SafetensorsHeader.MOST_HEADER_BYTES, index.size()));
    }
    Map<String, String> weightMap = weightMap();
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : weightMap.entrySet()) {
      tensors.put(entry.getKey(), find(entry.getKey(), entry.getValue()));
    }
    return tensors;
  }

  private Map<String, String> weightMap() throws IOException {
    Map<String, String> weightMap = new LinkedHashMap<>();
    boolean[] found = {false};
    try (JsonText json =
        new JsonText(
            index.where(),
            new ContentStream(index.slice(0, index.size())),
            SafetensorsHeader.DEEPEST,
            WeightFileException::damaged)) {
      json.object(
          field -> {
            if (field.equals("weight_map")) {
              found[0] = true;
              json.object(name -> weightMap.put(name, json.string()));
            } else {
              json.skip();
            }
          });
      json.end();
    }
    if (!found[0]) {
      throw new WeightFileException(
          index.where()
              + ": expected the index of a safetensors model, but its JSON has no weight_map; name the .safetensors file");
    }
    return weightMap;
  }

  private StoredTensor find(String name, String shard) throws IOException {
    Map<String, StoredTensor> tensors = shards.get(shard);
    if (tensors == null) {
      tensors = openShard(shard);
      shards.put(shard, tensors);
    }
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new WeightFileException(
          "%s: expected tensor \"%s\" in %s but it is not there; fetch index and files from one place"
              .formatted(index.where(), name, shard));
    }
    return tensor;
  }

  private Map<String, StoredTensor> openShard(String shard) throws IOException {
    Path path = inside(shard);
    if (!Files.isRegularFile(path)) {
      throw new WeightFileException(
          "%s: expected the file %s beside it but there is none; fetch all files of the model"
              .formatted(index.where(), shard));
    }
    FileBytes file = FileBytes.open(path);
    files.add(file);
    return SafetensorsHeader.read(file);
  }

  /**
   * Returns the path of a file in the index's folder; names that lead out of the folder are
   * refused.
   */
  private Path inside(String shard) throws WeightFileException {
    Path name = null;
    try {
      name = Path.of(shard);
    } catch (InvalidPathException e) {
      // The name is refused below.
    }
    if (name == null
        || name.isAbsolute()
        || name.getNameCount() != 1
        || shard.isEmpty()
        || shard.equals(".")
        || shard.equals("..")
        || shard.indexOf('\\') >= 0
        || !shard.equals(name.toString())) {
      throw new WeightFileException(
          "%s: expected names of files in its folder but it names \"%s\"; put the files beside it and correct the name"
              .formatted(index.where(), shard));
    }
    return folder.resolve(name);
  }
}

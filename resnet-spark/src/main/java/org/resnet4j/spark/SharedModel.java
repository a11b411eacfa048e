package org.resnet4j.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.broadcast.Broadcast;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/**
 * A model on its way to the executors.
 *
 * @param key of its network there
 * @param zip the bytes of its file
 */
record SharedModel(String key, NetworkPart part, Broadcast<byte[]> zip) implements Serializable {

  /** Returns its network on this executor. */
  ExecutorNetworks.Lease lease() {
    return ExecutorNetworks.OF_THIS_JVM.lease(key, () -> part.compile(open(zip.value())));
  }

  /** Returns the model in the bytes of its zip. */
  static Model open(byte[] zip) {
    try {
      Path file = Files.createTempFile("resnet4j-model", ".zip");
      try {
        Files.write(file, zip);
        return Models.open(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Returns the bytes of the zip of {@code model}. */
  static byte[] zip(Model model) throws IOException {
    Path folder = Files.createTempDirectory("resnet4j-model");
    Path file = folder.resolve("model.zip");
    try {
      model.save(file);
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }
}

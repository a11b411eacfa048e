package org.resnet4j.zoo.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.resnet4j.weights.Tensors;

/** Reads all of a file of any bytes; only a refusal may come of it. */
final class KerasOnnxFuzz {
  private interface Opener {
    Tensors open(Path file) throws IOException;
  }

  private KerasOnnxFuzz() {}

  /** As the format that {@code name} ends with. */
  static void read(String name, byte[] bytes) {
    if (name.endsWith(".keras")) {
      archive(bytes);
    } else if (name.endsWith(".onnx")) {
      onnx(bytes);
    } else {
      hdf5(bytes);
    }
  }

  static void hdf5(byte[] bytes) {
    read(bytes, KerasHdf5::open);
  }

  static void archive(byte[] bytes) {
    read(bytes, KerasArchive::open);
  }

  static void onnx(byte[] bytes) {
    read(bytes, OnnxInitializers::open);
  }

  private static void read(byte[] bytes, Opener opener) {
    try {
      Path file = Files.write(Files.createTempFile("weights", ""), bytes);
      try (Tensors tensors = opener.open(file)) {
        for (String name : tensors.names()) {
          tensors.shape(name);
          tensors.read(name);
        }
      } catch (WeightFileException expected) {
        // That is what it should do.
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

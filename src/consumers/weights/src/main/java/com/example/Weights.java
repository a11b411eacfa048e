package com.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.resnet4j.weightfile.safetensors.Safetensors;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;

/** Reads a .safetensors, an .npy and an .onnx file that it wrote itself. */
public final class Weights {
  private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("weights");
    Path safetensors = folder.resolve("w.safetensors");
    Tensors source = Tensors.of("memory", Map.of("w", new Tensors.Tensor(new long[] {2, 3}, VALUES)));
    Safetensors.write(source, Map.of(), safetensors);
    requireValues(safetensors);
    requireValues(Files.write(folder.resolve("w.npy"), npy()));
    requireValues(Files.write(folder.resolve("w.onnx"), onnx()));
  }

  private static void requireValues(Path file) throws IOException {
    try (Tensors tensors = WeightFile.open(file)) {
      String name = tensors.names().iterator().next();
      float[] values = tensors.read(name);
      if (!Arrays.equals(values, VALUES) || !Arrays.equals(tensors.shape(name), new long[] {2, 3})) {
        throw new AssertionError(file + ": expected 1 to 6 but was " + Arrays.toString(values));
      }
      System.out.println("weights: " + file.getFileName() + " has " + name);
    }
  }

  private static byte[] npy() {
    byte[] header = ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + " ".repeat(58) + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file = ByteBuffer.allocate(10 + header.length + 24).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    file.putShort((short) header.length).put(header);
    file.asFloatBuffer().put(VALUES);
    return file.array();
  }

  /** ModelProto of version 8 and one initializer: dims 2 and 3, FLOAT, name w, raw data. */
  private static byte[] onnx() {
    ByteBuffer tensor = ByteBuffer.allocate(4 + 2 + 3 + 2 + 24).order(ByteOrder.LITTLE_ENDIAN);
    tensor.put(new byte[] {8, 2, 8, 3, 16, 1, 66, 1, 'w', 74, 24});
    tensor.asFloatBuffer().put(VALUES);
    byte[] graph = field(5, tensor.array());
    byte[] model = field(7, graph);
    return ByteBuffer.allocate(2 + model.length).put(new byte[] {8, 8}).put(model).array();
  }

  private static byte[] field(int number, byte[] content) {
    return ByteBuffer.allocate(2 + content.length).put((byte) (number << 3 | 2)).put((byte) content.length).put(content).array();
  }
}

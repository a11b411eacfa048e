package org.resnet4j.benchmarks.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.OnnxExport;
import org.resnet4j.onednn.Int8Calibration;
import org.resnet4j.onednn.Int8Ranges;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.support.Json;

/**
 * A folder with one network in every format that a baseline reads. Some images and their logits by
 * stock Deeplearning4j verify that every baseline runs the same network.
 */
public record NetworkFiles(Path folder) {
  /** Returns whether {@link #write} has completed. */
  public boolean exist() {
    return Files.exists(file("logits.bin"));
  }

  /**
   * Makes {@link #exist} and {@link #existInt8} return false until the files are written again, as
   * the code may have changed.
   */
  public void expire() throws IOException {
    Files.deleteIfExists(file("logits.bin"));
    Files.deleteIfExists(ranges());
  }

  /**
   * Writes all files.
   *
   * @param network built from {@code plan}; the softmax of its output is removed
   * @param images {@code [N, C, H, W]}
   */
  public void write(Plan plan, ComputationGraph network, INDArray images) throws IOException {
    Files.createDirectories(folder);
    Weights weights = Weights.of(plan, network);
    OnnxExport.write(plan, network, OnnxExport.BatchNorm.KEPT, onnx());
    for (Layout layout : Layout.values()) {
      for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
        TorchScriptFile.write(plan, weights, layout, precision, torchScript(layout, precision));
      }
    }
    Files.writeString(file("plan.json"), Json.line(PlanDocument.of(plan, weights)));
    Floats.write(file("weights.bin"), weights.all().stream().map(Tensor::values).toList());
    Floats.write(file("images.bin"), List.of(images.dup('c').data().asFloat()));
    Floats.write(file("logits.bin"), List.of(logits(network, images)));
  }

  /** Returns whether {@link #writeInt8} has completed. */
  public boolean existInt8() {
    return Files.exists(ranges());
  }

  /**
   * Writes the files for 8-bit integers. ONNX Runtime computes a sum in integers only if its inputs
   * are rounded too.
   *
   * @param network built from {@code plan}
   * @param images {@code [N, C, H, W]}, from which the ranges are measured
   * @throws IllegalArgumentException when the network has nothing to compute in integers
   */
  public void writeInt8(Plan plan, ComputationGraph network, INDArray images) throws IOException {
    Map<String, Float> ranges;
    try (Int8Calibration calibration = OneDnn.calibrate(network)) {
      calibration.observe(images);
      ranges = calibration.ranges().ranges();
    }
    Map<String, INDArray> activations = network.feedForward(images, false);
    Map<String, Float> all = new LinkedHashMap<>(ranges);
    for (Node node : plan.nodes()) {
      if (node instanceof Node.Add sum) {
        for (LayerPath summand : sum.inputs()) {
          String name = summand.vertex();
          INDArray activation = Objects.requireNonNull(activations.get(name));
          all.putIfAbsent(name, activation.amaxNumber().floatValue());
        }
      }
    }
    OnnxExport.writeInt8(plan, network, all, onnxInt8());
    Files.writeString(ranges(), Json.line(new Int8Ranges(ranges)));
  }

  /** Returns the ranges of activations in 8-bit integers. */
  public Int8Ranges int8Ranges() throws IOException {
    return Json.read(Files.readString(ranges()), Int8Ranges.class);
  }

  private Path ranges() {
    return file("ranges.json");
  }

  private static float[] logits(ComputationGraph network, INDArray images) {
    for (String name : network.getConfiguration().getNetworkOutputs()) {
      if (network.getLayer(name).conf().getLayer() instanceof BaseOutputLayer layer) {
        layer.setActivationFn(new ActivationIdentity());
      }
    }
    return network.outputSingle(images).dup('c').data().asFloat();
  }

  /** Returns the path of the ONNX file. */
  public Path onnx() {
    return file("model.onnx");
  }

  /** Returns the path of the ONNX file with QuantizeLinear and DequantizeLinear. */
  public Path onnxInt8() {
    return file("model-int8.onnx");
  }

  /** Returns the path of the TorchScript archive for a layout and precision. */
  public Path torchScript(Layout layout, Precision precision) {
    return file("%s-%s.pt".formatted(layout, precision));
  }

  /** Returns the images, one after the other. */
  public float[] images() throws IOException {
    return Floats.read(file("images.bin"));
  }

  /** Returns stock Deeplearning4j's logits for {@link #images}. */
  public float[] logits() throws IOException {
    return Floats.read(file("logits.bin"));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }
}

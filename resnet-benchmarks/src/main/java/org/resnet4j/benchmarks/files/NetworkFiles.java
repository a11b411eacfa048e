package org.resnet4j.benchmarks.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.OnnxExport;
import org.resnet4j.onednn.Precision;
import org.resnet4j.support.Json;

/**
 * A folder with one network in every form that a peer reads, and with some images and the logits
 * that stock Deeplearning4j has for them, so that every peer can show that it runs the same
 * network.
 */
public record NetworkFiles(Path folder) {
  /** Whether {@link #write} has been here. */
  public boolean exist() {
    return Files.exists(file("logits.bin"));
  }

  /** Has {@link #exist} answer no until they are written again, as the code may have changed. */
  public void expire() throws IOException {
    Files.deleteIfExists(file("logits.bin"));
  }

  /**
   * Writes all of them.
   *
   * @param network made from {@code plan}; it loses the softmax of its output
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

  private static float[] logits(ComputationGraph network, INDArray images) {
    for (String name : network.getConfiguration().getNetworkOutputs()) {
      if (network.getLayer(name).conf().getLayer() instanceof BaseOutputLayer layer) {
        layer.setActivationFn(new ActivationIdentity());
      }
    }
    return network.outputSingle(images).dup('c').data().asFloat();
  }

  /** The ONNX file. */
  public Path onnx() {
    return file("model.onnx");
  }

  /** The TorchScript archive of that layout and precision. */
  public Path torchScript(Layout layout, Precision precision) {
    return file("%s-%s.pt".formatted(layout, precision));
  }

  /** The images, one after the other. */
  public float[] images() throws IOException {
    return Floats.read(file("images.bin"));
  }

  /** Stock Deeplearning4j's logits for {@link #images}. */
  public float[] logits() throws IOException {
    return Floats.read(file("logits.bin"));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }
}

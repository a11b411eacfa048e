package org.resnet4j.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** The entries of a small model's zip, which tests change and write again. */
final class ModelEntries {
  final Map<String, byte[]> bytes = new LinkedHashMap<>();

  /** Returns the entries that Deeplearning4j itself writes for {@code network}. */
  static ModelEntries of(ComputationGraph network) {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try {
      ModelSerializer.writeModel(network, zip, true);
      return of(zip.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ModelEntries of(byte[] zip) throws IOException {
    ModelEntries entries = new ModelEntries();
    try (ZipInputStream in = new ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.bytes.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  /** Returns a network with most of the classes that a configuration can name. */
  static ComputationGraph network(DataType type) {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(type)
            .updater(new Adam(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2)))
            .weightInit(new NormalDistribution(0, 0.5))
            .l2(1e-4)
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(4, 4, 1))
            .addLayer(
                "conv",
                new ConvolutionLayer.Builder(3, 3)
                    .nOut(2)
                    .activation(Activation.RELU)
                    .dropOut(new Dropout(0.9))
                    .build(),
                "in")
            .addLayer("norm", new BatchNormalization(), "conv")
            .addLayer(
                "out",
                new OutputLayer.Builder(new LossMCXENT(Nd4j.createFromArray(1f, 2f)))
                    .nOut(2)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "norm")
            .setOutputs("out")
            .build();
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  String json() {
    return new String(get("configuration.json"), StandardCharsets.UTF_8);
  }

  void json(String json) {
    bytes.put("configuration.json", json.getBytes(StandardCharsets.UTF_8));
  }

  byte[] get(String name) {
    byte[] found = bytes.get(name);
    if (found == null) {
      throw new AssertionError("no entry " + name);
    }
    return found;
  }

  byte[] zip() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(1);
      for (Map.Entry<String, byte[]> entry : bytes.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  ComputationGraph read(ModelFile.Updater updater) throws IOException {
    return read(zip(), updater);
  }

  static ComputationGraph read(byte[] zip, ModelFile.Updater updater) throws IOException {
    try (ModelZip model = ModelZip.open("model.zip", new SeekableInMemoryByteChannel(zip))) {
      return Restored.from(model, updater == ModelFile.Updater.KEEP);
    }
  }
}

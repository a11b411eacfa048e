package org.resnet4j.zoo.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.weights.Tensors;
import org.resnet4j.zoo.Zoo;

class Dl4jZipTest {
  @TempDir Path folder;

  @Test
  void aNetworksZipHasItsParametersByTheirNames() throws IOException {
    ComputationGraph network = Zoo.create("resnet20_cifar");
    Path file = folder.resolve("weights");
    ModelSerializer.writeModel(network, file.toFile(), true);
    try (Tensors tensors = WeightFile.open(file)) {
      assertThat(tensors.names())
          .containsExactlyElementsOf(network.paramTable().keySet())
          .isNotEmpty();
      for (String name : tensors.names()) {
        assertThat(tensors.shape(name)).isEqualTo(network.getParam(name).shape());
        assertThat(tensors.read(name)).isEqualTo(network.getParam(name).dup('c').data().asFloat());
      }
    }
  }

  @Test
  void serialisedJavaObjectsInItAreRefused() throws IOException {
    Path clean = folder.resolve("clean");
    ModelSerializer.writeModel(Zoo.create("resnet20_cifar"), clean.toFile(), false);
    Path file = folder.resolve("weights");
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(clean));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        in.transferTo(out);
      }
      out.putNextEntry(new ZipEntry(ModelSerializer.PREPROCESSOR_BIN));
      out.write(1);
    }
    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "holds preprocessor.bin, a serialised Java object that could run code");
  }
}

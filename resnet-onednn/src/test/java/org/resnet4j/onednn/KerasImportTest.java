package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Small residual networks, configured as Keras 2 does and imported by {@code KerasModelImport}'s
 * builder, have the outputs, losses and gradients of stock Deeplearning4j in double precision.
 */
class KerasImportTest {
  private static final long[] BATCH = {3, 37, 29, 3};

  private static final String TRAINING =
      """
      {"loss": "categorical_crossentropy", "metrics": ["accuracy"], "optimizer_config":
      {"class_name": "SGD", "config": {"lr": 0.01, "momentum": 0.9, "decay": 0.0, "nesterov":
      false}}}""";

  /** A model in Keras's format. */
  record Sample(String name, String json) {
    ComputationGraph network(boolean training) throws Exception {
      ComputationGraphConfiguration configuration =
          new KerasModel()
              .modelBuilder()
              .modelJson(json)
              .trainingJson(training ? TRAINING : null)
              .enforceTrainingConfig(training)
              .buildModel()
              .getComputationGraphConfiguration();
      return Samples.network(configuration, 1);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Sample> samples() {
    return Stream.of(
        new Sample("ResNet50", first()),
        new Sample("ResNet50 of Keras before 2.2.3", oldest()),
        new Sample("ResNet50V2", second()));
  }

  /** Returns the stem, three blocks and head of {@code keras.applications.ResNet50}. */
  private static String first() {
    KerasJson keras = new KerasJson();
    String stem = keras.pool("MaxPooling2D", 3, 2, keras.pad(1, stem(keras)));
    String block = bottleneck(keras, 16, 1, true, stem);
    block = bottleneck(keras, 16, 1, false, block);
    block = bottleneck(keras, 32, 2, true, block);
    keras.dense(Samples.CLASSES, keras.globalPool(block));
    return keras.model();
  }

  /** Its stem pools without padding, and its head flattens pooled images. */
  private static String oldest() {
    KerasJson keras = new KerasJson();
    String stem = keras.pool("MaxPooling2D", 3, 2, stem(keras));
    String block = bottleneck(keras, 16, 1, true, stem);
    keras.dense(Samples.CLASSES, keras.flatten(keras.pool("AveragePooling2D", 3, 3, block)));
    return keras.model();
  }

  private static String stem(KerasJson keras) {
    String images = keras.pad(3, keras.input(37, 29, 3));
    return keras.relu(keras.norm(1e-3, keras.conv(16, 7, 2, "valid", images)));
  }

  /** Adds a block with its stride in the first convolution. */
  private static String bottleneck(
      KerasJson keras, int width, int stride, boolean projects, String in) {
    String a = keras.relu(keras.norm(1e-3, keras.conv(width, 1, stride, "valid", in)));
    String b = keras.relu(keras.norm(1e-3, keras.conv(width, 3, 1, "same", a)));
    String c = keras.norm(1e-3, keras.conv(4 * width, 1, 1, "valid", b));
    String shortcut =
        projects ? keras.norm(1e-3, keras.conv(4 * width, 1, stride, "valid", in)) : in;
    return keras.relu(keras.add(c, shortcut));
  }

  /** Returns blocks of {@code keras.applications.ResNet50V2}: one projects, one strides. */
  private static String second() {
    KerasJson keras = new KerasJson();
    String stem = keras.conv(16, 7, 2, "valid", keras.pad(3, keras.input(37, 29, 3)));
    String pooled = keras.pool("MaxPooling2D", 3, 2, keras.pad(1, stem));
    String active = keras.relu(keras.norm(1.001e-5, pooled));
    String block = keras.add(keras.conv(64, 1, 1, "valid", active), branch(keras, active, 1));
    active = keras.relu(keras.norm(1.001e-5, block));
    block = keras.add(keras.pool("MaxPooling2D", 1, 2, block), branch(keras, active, 2));
    active = keras.relu(keras.norm(1.001e-5, block));
    keras.dense(Samples.CLASSES, keras.globalPool(active));
    return keras.model();
  }

  private static String branch(KerasJson keras, String active, int stride) {
    String a = keras.relu(keras.norm(1.001e-5, keras.conv(16, 1, 1, "valid", active)));
    String b = keras.conv(16, 3, stride, "valid", keras.pad(1, a));
    return keras.conv(64, 1, 1, "valid", keras.relu(keras.norm(1.001e-5, b)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void outputEqualsStockDeeplearning4j(Sample sample) throws Exception {
    Oracle.inference(sample.network(false), Oracle.TOLERANCE, Samples.images(5, BATCH));
  }

  /**
   * The importer states a dropout that keeps everything, with which Deeplearning4j cannot train
   * NHWC convolutions: its gradient has other axes than its mask. The reference has no dropout.
   */
  @ParameterizedTest
  @MethodSource("samples")
  void lossAndGradientsEqualStockDeeplearning4j(Sample sample) throws Exception {
    ComputationGraph imported = sample.network(true);
    ComputationGraph fast = OneDnn.accelerate(imported);
    int dropouts = 0;
    for (GraphVertex vertex : imported.getConfiguration().getVertices().values()) {
      if (vertex instanceof LayerVertex layerVertex) {
        Layer layer = layerVertex.getLayerConf().getLayer();
        dropouts += layer.getIDropout() instanceof Dropout dropout && dropout.getP() == 1 ? 1 : 0;
        layer.setIDropout(null);
      }
    }
    assertThat(dropouts).isPositive();
    Oracle.training(
        imported,
        fast,
        Oracle.TOLERANCE,
        new MultiDataSet(Samples.images(5, BATCH), Samples.labels(6, 3, Samples.CLASSES)));
  }
}
